import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { multinomialProbabilities, multinomialRegression } from "./multinomial-regression.ts";

const ROWS = [
  [0.5, 1],
  [1.5, -1],
  [2, 0.3],
  [-1, 0.8],
  [0, -2],
  [1, 1],
  [-0.5, 0.2],
  [2.5, -0.7],
  [-1.5, 1.2],
  [0.3, 0.1],
];
const OUTCOMES = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
const TRUTH = { intercepts: [0.5, 0, -0.5], coefficients: [[1], [0], [-1]] };

describe("multinomialRegression", () => {
  it("is the rates by hand without columns that matter: the intercepts are the centred log shares", () => {
    const fit = accepted(
      multinomialRegression({ rows: [[0], [0], [0], [0], [0], [0]], outcomes: [0, 0, 0, 1, 1, 2] }, { penalty: 1 }),
    );
    const [half, third, sixth] = [Math.log(1 / 2), Math.log(1 / 3), Math.log(1 / 6)];
    const middle = (half + third + sixth) / 3;
    [half, third, sixth].forEach((share, c) => expect(fit.intercepts[c]).toBeCloseTo(share - middle, 10));
  });

  it("agrees with scikit-learn 1.2.1 (multi_class multinomial, newton-cg, tol 1e-14; C = 1/penalty)", () => {
    const weights = [1, 2, 1, 1, 0.5, 1, 3, 1, 1, 1];
    const fit = accepted(multinomialRegression({ rows: ROWS, outcomes: OUTCOMES, weights }, { penalty: 0.1 }));
    const intercepts = [1.741362912, -1.275414108, -0.465948805];
    const coefficients = [-0.879136629, 0.219382663, 0.724305842, -2.896716273, 0.154830788, 2.67733361];
    intercepts.forEach((a, c) => expect(fit.intercepts[c]).toBeCloseTo(a, 7));
    coefficients.forEach((b, k) => expect(fit.coefficients.flat()[k]).toBeCloseTo(b, 7));
  });

  it("is logisticRegression for two outcomes: twice the coefficient at half the penalty", () => {
    const outcomes = OUTCOMES.map((y) => Math.min(y, 1));
    const two = accepted(multinomialRegression({ rows: ROWS, outcomes }, { penalty: 1 }));
    const one = accepted(logisticRegression({ rows: ROWS, outcomes }, { penalty: 0.5 }));
    one.coefficients.forEach((b, k) => {
      expect((two.coefficients[1]?.[k] ?? NaN) - (two.coefficients[0]?.[k] ?? NaN)).toBeCloseTo(b, 9);
      expect((two.coefficients[1]?.[k] ?? NaN) + (two.coefficients[0]?.[k] ?? NaN)).toBeCloseTo(0, 9);
    });
    expect(two.logLikelihood).toBeCloseTo(one.logLikelihood, 9);
  });

  it("finds the coefficients it was simulated from, and starts warm where it ended", () => {
    const rng = mersenneRng(41);
    const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
    const rows = Array.from({ length: 4000 }, () => [draw()]);
    const outcomes = rows.map((row) => {
      const [none = 0, some = 0] = multinomialProbabilities(TRUTH, row);
      const u = rng.next();
      return u < none ? 0 : u < none + some ? 1 : 2;
    });
    const fit = accepted(multinomialRegression({ rows, outcomes }, { penalty: 0 }));
    // About 4,000·0.2 of information each: a standard error of 0.04 at most; four of them.
    TRUTH.coefficients.forEach(([b = NaN], c) =>
      expect(Math.abs((fit.coefficients[c]?.[0] ?? NaN) - b)).toBeLessThan(0.16),
    );
    const again = accepted(multinomialRegression({ rows, outcomes }, { penalty: 0, start: fit }));
    expect(again.iterations).toBeLessThan(fit.iterations);
  });

  it("does not care for the order of units, and takes a weight of 2 for two equal ones", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...OUTCOMES.keys()], { minLength: 10 }), (order) => {
        const plain = accepted(multinomialRegression({ rows: ROWS, outcomes: OUTCOMES }, { penalty: 2 }));
        const pick = <T>(xs: readonly T[]): T[] => order.flatMap((i) => xs.slice(i, i + 1));
        const weights = order.map(() => 2);
        const other = accepted(
          multinomialRegression({ rows: pick(ROWS), outcomes: pick(OUTCOMES), weights }, { penalty: 4 }),
        );
        other.coefficients.flat().forEach((b, k) => expect(plain.coefficients.flat()[k]).toBeCloseTo(b, 9));
      }),
      { numRuns: 20 },
    );
  });

  it("refuses what has no finite and unique answer", () => {
    const reason = (rows: number[][], outcomes: number[], penalty = 0): string => {
      const fit = multinomialRegression({ rows, outcomes }, { penalty });
      return fit.kind === "refused" ? fit.reason : fit.kind;
    };
    expect(reason([[1], [2], [3]], [0, 1, 2])).toBe("separated");
    expect(reason([[1], [2], [3]], [0, 1, 2], 1)).toBe("estimate");
    expect(reason([[1], [2], [3]], [0, 2, 2], 1)).toBe("one-class");
    expect(reason([[1], [2]], [0, 0], 1)).toBe("one-class");
    expect(reason([[1], [1], [1], [1]], [0, 1, 0, 1])).toBe("collinear");
    expect(reason([[1], [NaN]], [0, 1], 1)).toBe("invalid-input");
    expect(reason([[1], [2]], [0, 0.5], 1)).toBe("invalid-input");
    expect(reason([], [], 1)).toBe("too-few");
  });
});
