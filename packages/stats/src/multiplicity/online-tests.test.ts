import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addis, addisSpending } from "./addis.ts";
import { eLond, lond, londDependent } from "./lond.ts";
import { lordDependent, lordDiscarding, lordPlusPlus, lordThree } from "./lord.ts";
import { alphaSpending, onlineFallback } from "./online-familywise.ts";
import {
  beginTest,
  noOnlineTests,
  rememberOutcome,
  testOnline,
  type BegunTest,
  type OnlineDecision,
  type OnlineProcedure,
  type OnlineTests,
} from "./online-tests.ts";
import { alphaInvesting, saffron } from "./saffron.ts";
import type { Refused } from "../refused.ts";
import { mersenneRng } from "../numerics/random.ts";
import { normalSf } from "../numerics/special-functions.ts";

const PROCEDURES: Readonly<Record<string, OnlineProcedure>> = {
  "LORD++": lordPlusPlus(0.1),
  "LORD 3": lordThree(0.1),
  "dependent LORD": lordDependent(0.1),
  SAFFRON: saffron(0.1),
  LOND: lond(0.1),
  "alpha spending": alphaSpending(0.1),
  "alpha investing": alphaInvesting(0.1),
  ADDIS: addis(0.1),
  "ADDIS spending": addisSpending(0.1),
  "discarding LORD": lordDiscarding(0.1),
  "dependent LOND": londDependent(0.1),
  "online fallback": onlineFallback(0.1),
};

function accepted<T extends OnlineDecision | BegunTest>(answer: T | Refused): T {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

function remembered(answer: OnlineTests | Refused): OnlineTests {
  if ("kind" in answer) throw new Error(answer.message);
  return answer;
}

function rejections(procedure: OnlineProcedure, pValues: readonly number[]): readonly boolean[] {
  let tests = noOnlineTests;
  return pValues.map((p) => {
    const decision = accepted(testOnline(procedure, tests, p));
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
  const after = (p: number): number =>
    lordPlusPlus(0.1).level(accepted(testOnline(lordPlusPlus(0.1), noOnlineTests, p)).tests);
  expect(after(1e-9)).toBeGreaterThan(5 * after(0.9));
});

it("refuses a p-value that is none, and a procedure whose parameters are out of range", () => {
  for (const p of [NaN, 1.1, -0.1])
    expect(testOnline(lond(0.1), noOnlineTests, p)).toMatchObject({ kind: "refused", reason: "invalid-p-value" });
  for (const procedure of [
    lond(0),
    lordPlusPlus(1.5),
    lordPlusPlus(0.1, 0.2),
    lordThree(0.1, { initialWealth: 0.05, payout: 0.06 }),
    saffron(0.1, { lambda: 1 }),
    addis(0.1, { lambda: 0.6 }),
    addisSpending(NaN),
    lordDiscarding(0.1, { tau: 0 }),
    onlineFallback(Infinity),
  ])
    expect(beginTest(procedure, noOnlineTests)).toMatchObject({ kind: "refused", reason: "invalid-procedure" });
});

it("a p-value above tau costs a discarding procedure nothing", () => {
  for (const procedure of [addis(0.1), addisSpending(0.1), lordDiscarding(0.1)]) {
    const after = (p: number): number => procedure.level(accepted(testOnline(procedure, noOnlineTests, p)).tests);
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
          now = accepted(testOnline(procedure, now, pValue)).tests;
          const { level, tests } = accepted(beginTest(procedure, late));
          late = remembered(rememberOutcome(procedure, tests, { number: tests.count, pValue, level }));
        }
        expect(late).toEqual(now);
      }),
    );
  },
);

it.each(Object.entries(PROCEDURES))(
  "%s gives a test no more for outcomes still open than for the worst outcomes, p just above its level",
  (_, procedure) => {
    // What is open must not count as discarded nor as a candidate: SAFFRON*, ADDIS*. 0.3 is neither at lambda ¼ and tau ½.
    let [open, known] = [noOnlineTests, noOnlineTests];
    for (let i = 0; i < 5; i++) {
      open = accepted(beginTest(procedure, open)).tests;
      known = accepted(testOnline(procedure, known, procedure.lambda === 0.5 ? 0.7 : 0.3)).tests;
    }
    expect(procedure.level(open)).toBe(procedure.level(known));
  },
);

it("a discovery that comes late earns from when it is known, not from when it was begun", () => {
  const rule = lordPlusPlus(0.1);
  const first = accepted(beginTest(rule, noOnlineTests));
  const second = accepted(beginTest(rule, first.tests));
  const known = remembered(rememberOutcome(rule, second.tests, { number: 1, pValue: 1e-9, level: first.level }));
  const wealth = 0.01;
  const alone = alphaSpending(1 - 1e-16);
  const share = (t: number): number => alone.level({ ...noOnlineTests, count: t - 1 });
  expect(rule.level(known)).toBeCloseTo(wealth * share(3) + (0.1 - wealth) * share(1), 12);
});

it("LORD 3 pays a discovery at once, also one right after another", () => {
  // W = 0.01 − 0.01·g(1) + 0.09 after the first, and that less its g(1) plus 0.09 after the second; onlineFDR's C++ pays two tests late.
  const rule = lordThree(0.1);
  const g1 = rule.level(noOnlineTests) / 0.01;
  const first = accepted(testOnline(rule, noOnlineTests, 0));
  const second = accepted(testOnline(rule, first.tests, 0));
  const wealth = 0.1 - 0.01 * g1;
  expect(second.level).toBeCloseTo(wealth * g1, 12);
  expect(rule.level(second.tests)).toBeCloseTo((wealth - wealth * g1 + 0.09) * g1, 12);
});

it("online fallback hands on the level of a rejection, alpha spending does not", () => {
  const [rule, plain] = [onlineFallback(0.1), alphaSpending(0.1)];
  const first = accepted(testOnline(rule, noOnlineTests, 0));
  const second = accepted(testOnline(rule, first.tests, 0.9));
  expect(second.level).toBeCloseTo(first.level + plain.level(first.tests), 15);
  expect(rule.level(second.tests)).toBe(plain.level(second.tests));
});

describe("eLond", () => {
  it("keeps the false discovery rate at 10 % although all e-values share most of their noise", () => {
    // e = exp(3x − 4.5), x standard normal with 80 % of its variance shared by 50 tests, 10 of them real (x + 5): 1,000 streams,
    // the mean false discovery proportion has standard error at most 0.5/√1000.
    const rng = mersenneRng(97);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
    let [proportions, found] = [0, 0];
    for (let run = 0; run < 1000; run++) {
      const shared = normal();
      let tests = noOnlineTests;
      const decided = Array.from({ length: 50 }, (_, i) => {
        const x = Math.sqrt(0.8) * shared + Math.sqrt(0.2) * normal() + (i % 5 === 0 ? 5 : 0);
        const decision = accepted(eLond(tests, 3 * x - 4.5, 0.1));
        tests = decision.tests;
        return decision.rejected;
      });
      const all = decided.filter(Boolean).length;
      found += all;
      proportions += decided.filter((rejected, i) => rejected && i % 5 !== 0).length / Math.max(1, all);
    }
    expect(proportions / 1000).toBeLessThan(0.1 + (4 * 0.5) / Math.sqrt(1000));
    expect(found / 1000).toBeGreaterThan(5);
  });

  it("rejects from 1/level on, and not before", () => {
    expect(eLond(noOnlineTests, Math.log(1 / 0.0053516771) + 1e-6, 0.1)).toMatchObject({ rejected: true });
    expect(eLond(noOnlineTests, Math.log(1 / 0.0053516771) - 1e-6, 0.1)).toMatchObject({ rejected: false });
    expect(eLond(noOnlineTests, -Infinity, 0.1)).toMatchObject({ rejected: false });
    expect(eLond(noOnlineTests, Infinity, 0.1)).toMatchObject({ rejected: true });
    expect(eLond(noOnlineTests, NaN, 0.1)).toMatchObject({ kind: "refused", reason: "invalid-p-value" });
  });
});
