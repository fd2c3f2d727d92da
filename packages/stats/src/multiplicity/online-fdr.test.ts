import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addis, addisSpending, londDependent, lordDiscarding } from "./online-fdr-discarding.ts";
import {
  alphaInvesting,
  alphaSpending,
  beginTest,
  lond,
  lordPlusPlus,
  noOnlineTests,
  rememberOutcome,
  saffron,
  testOnline,
  type OnlineProcedure,
} from "./online-fdr.ts";
import { mersenneRng } from "../numerics/random.ts";
import { normalSf } from "../numerics/special-functions.ts";

const PROCEDURES: Readonly<Record<string, OnlineProcedure>> = {
  "LORD++": lordPlusPlus(0.1),
  SAFFRON: saffron(0.1),
  LOND: lond(0.1),
  "alpha spending": alphaSpending(0.1),
  "alpha investing": alphaInvesting(0.1),
  ADDIS: addis(0.1),
  "ADDIS spending": addisSpending(0.1),
  "discarding LORD": lordDiscarding(0.1),
  "dependent LOND": londDependent(0.1),
};

function rejections(procedure: OnlineProcedure, pValues: readonly number[]): readonly boolean[] {
  let tests = noOnlineTests;
  return pValues.map((p) => {
    const decision = testOnline(procedure, tests, p);
    tests = decision.tests;
    return decision.rejected;
  });
}

describe.each(Object.entries(PROCEDURES))("%s", (_, procedure) => {
  it("keeps the false discovery rate at 10 % over 400 streams of 100 tests, a fifth of them real", () => {
    // The mean false discovery proportion has standard error at most 0.5/√400 = 0.025; four of them above 0.1.
    const rng = mersenneRng(89);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
    let proportions = 0;
    for (let run = 0; run < 400; run++) {
      const isReal = Array.from({ length: 100 }, () => rng.next() < 0.2);
      const rejected = rejections(
        procedure,
        isReal.map((real) => normalSf(normal() + (real ? 3.5 : 0))),
      );
      proportions +=
        rejected.filter((r, i) => r && isReal[i] !== true).length / Math.max(1, rejected.filter(Boolean).length);
    }
    expect(proportions / 400).toBeLessThan(0.1 + 4 * 0.025);
  });

  it("sets each level before its p-value is seen: what comes later changes nothing earlier", () => {
    const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(p, (pValues) => {
        expect(rejections(procedure, pValues).slice(0, -1)).toEqual(rejections(procedure, pValues.slice(0, -1)));
      }),
    );
  });
});

it("a discovery earns level for the tests that follow", () => {
  const after = (p: number): number => lordPlusPlus(0.1).level(testOnline(lordPlusPlus(0.1), noOnlineTests, p).tests);
  expect(after(1e-9)).toBeGreaterThan(5 * after(0.9));
});

it("throws on a p-value that is none", () => {
  expect(() => testOnline(lond(0.1), noOnlineTests, NaN)).toThrow(RangeError);
  expect(() => testOnline(lond(0.1), noOnlineTests, 1.1)).toThrow(RangeError);
});

it("a p-value above tau costs a discarding procedure nothing", () => {
  for (const procedure of [addis(0.1), addisSpending(0.1), lordDiscarding(0.1)]) {
    const after = (p: number): number => procedure.level(testOnline(procedure, noOnlineTests, p).tests);
    expect(after(0.9)).toBe(procedure.level(noOnlineTests));
    expect(after(0.4)).toBeLessThan(after(0.9));
  }
});

it.each(Object.entries(PROCEDURES))(
  "%s with outcomes known at once is the same as with late ones that never come late",
  (_, procedure) => {
    const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(p, (pValues) => {
        let [now, late] = [noOnlineTests, noOnlineTests];
        for (const pValue of pValues) {
          now = testOnline(procedure, now, pValue).tests;
          const { level, tests } = beginTest(procedure, late);
          late = rememberOutcome(procedure, tests, { number: tests.count, pValue, level });
        }
        expect(late).toEqual(now);
      }),
    );
  },
);

it("a discovery that comes late earns from when it is known, not from when it was begun", () => {
  const rule = lordPlusPlus(0.1);
  const first = beginTest(rule, noOnlineTests);
  const second = beginTest(rule, first.tests);
  const known = rememberOutcome(rule, second.tests, { number: 1, pValue: 1e-9, level: first.level });
  const wealth = 0.01;
  const alone = alphaSpending(1);
  const share = (t: number): number => alone.level({ ...noOnlineTests, count: t - 1 });
  expect(rule.level(known)).toBeCloseTo(wealth * share(3) + (0.1 - wealth) * share(1), 12);
});
