import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logBinomial } from "../cohorts/one-proportion.ts";
import { mersenneRng } from "../numerics/random.ts";
import {
  initialTwoByTwo,
  stepTwoByTwo,
  twoByTwoEProcess,
  twoByTwoEvidence,
  type TwoByTwoBatch,
  type TwoByTwoState,
} from "./two-by-two-e-process.ts";

const arm = fc
  .integer({ min: 0, max: 30 })
  .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));
const batches = fc.array(fc.record({ control: arm, treatment: arm }), { maxLength: 12 });

function after(history: readonly TwoByTwoBatch[]): TwoByTwoState {
  return history.reduce<TwoByTwoState>((state, batch) => {
    const next = stepTwoByTwo(state, batch);
    if ("kind" in next) throw new Error(next.message);
    return next;
  }, initialTwoByTwo);
}

describe("twoByTwoEProcess", () => {
  it("is the published example: second unit pair after (1, 0) and (0, 0)", () => {
    // After (control 1, treatment 0): rates 1.18/1.36 and 0.18/1.36, pooled ½; both fail next: (0.18/1.36)(1.18/1.36)/¼.
    const answer = twoByTwoEProcess([
      { control: { n: 1, conversions: 1 }, treatment: { n: 1, conversions: 0 } },
      { control: { n: 1, conversions: 0 }, treatment: { n: 1, conversions: 0 } },
    ]);
    expect(answer).toMatchObject({ eValue: expect.closeTo((0.18 * 1.18) / 1.36 ** 2 / 0.25, 12), pValue: 1 });
  });

  it("batch by batch equals all at once", () => {
    fc.assert(
      fc.property(batches, (history) => {
        expect(twoByTwoEvidence(after(history))).toEqual(twoByTwoEProcess(history));
      }),
    );
  });

  it("is an e-value: whatever the past, its expected growth over one more batch is at most 1 when the rates are equal", () => {
    fc.assert(
      fc.property(
        batches,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (past, nControl, nTreatment, rate) => {
          const state = after(past);
          const probability = (n: number, x: number): number =>
            Math.exp(logBinomial(n, x) + x * Math.log(rate) + (n - x) * Math.log1p(-rate));
          let expected = 0;
          for (let x = 0; x <= nControl; x++) {
            for (let y = 0; y <= nTreatment; y++) {
              const next = stepTwoByTwo(state, {
                control: { n: nControl, conversions: x },
                treatment: { n: nTreatment, conversions: y },
              });
              if ("kind" in next) throw new Error(next.message);
              expected +=
                probability(nControl, x) * probability(nTreatment, y) * Math.exp(next.logEValue - state.logEValue);
            }
          }
          expect(expected).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does not move on an empty batch or one with a single arm", () => {
    const past = [{ control: { n: 5, conversions: 1 }, treatment: { n: 5, conversions: 4 } }];
    const oneArm = { control: { n: 9, conversions: 9 }, treatment: { n: 0, conversions: 0 } };
    expect(after([...past, oneArm]).logEValue).toBe(after(past).logEValue);
  });

  it("keeps its best evidence in the p-value, which never rises", () => {
    fc.assert(
      fc.property(batches, (history) => {
        let last = 1;
        for (let k = 0; k <= history.length; k++) {
          const { pValue } = twoByTwoEvidence(after(history.slice(0, k)));
          expect(pValue).toBeLessThanOrEqual(last);
          last = pValue;
        }
      }),
    );
  });

  it.each([0.002, 0.01])(
    "raises at most 5 in 100 false alarms under continuous looking at a base rate of %s, without any burn-in",
    (rate) => {
      // 500 A/A runs of 100 looks: Ville's inequality gives 0.05; below 0.05 + 4·√(0.05·0.95/500) = 0.089.
      const runs = 500;
      const rng = mersenneRng(17);
      const draw = (n: number): number => Array.from({ length: n }, () => rng.next()).filter((u) => u < rate).length;
      let alarms = 0;
      for (let run = 0; run < runs; run++) {
        const history = Array.from({ length: 100 }, () => ({
          control: { n: 50, conversions: draw(50) },
          treatment: { n: 50, conversions: draw(50) },
        }));
        const answer = twoByTwoEProcess(history);
        if (answer.kind === "estimate" && answer.pValue <= 0.05) alarms++;
      }
      expect(alarms / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
    },
  );

  it("finds a rate that fell from 10 % to 5 % within 3,000 units an arm in most of 100 runs", () => {
    const rng = mersenneRng(23);
    const draw = (n: number, rate: number): number =>
      Array.from({ length: n }, () => rng.next()).filter((u) => u < rate).length;
    let found = 0;
    for (let run = 0; run < 100; run++) {
      const answer = twoByTwoEProcess(
        Array.from({ length: 30 }, () => ({
          control: { n: 100, conversions: draw(100, 0.1) },
          treatment: { n: 100, conversions: draw(100, 0.05) },
        })),
      );
      if (answer.kind === "estimate" && answer.pValue <= 0.05) found++;
    }
    expect(found).toBeGreaterThan(90);
  });

  it("refuses counts that cannot be", () => {
    const fine = { n: 5, conversions: 1 };
    for (const bad of [
      { n: 5, conversions: 6 },
      { n: 5, conversions: -1 },
      { n: NaN, conversions: 0 },
      { n: Infinity, conversions: 1 },
    ]) {
      expect(twoByTwoEProcess([{ control: fine, treatment: bad }])).toMatchObject({
        kind: "refused",
        reason: "invalid-counts",
      });
    }
  });
});
