import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anytimeCoefficient, anytimeMultiplier } from "../anytime/anytime-valid-linear-model.ts";
import { linearRegression } from "./linear-regression.ts";
import { momentsOf } from "./moments.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { pooledTDifference } from "../numerics/student-t.ts";
import { welchDifference } from "./welch.ts";

describe("linearRegression", () => {
  it("on an arm indicator is the difference of means: classical errors are the pooled t-test's, HC2 are Welch's", () => {
    const arm = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const fit = linearRegression([...a.map(() => [1, 0]), ...b.map(() => [1, 1])], [...a, ...b]);
        const [pooled, welch] = [
          pooledTDifference(momentsOf(a), momentsOf(b), { confidence: 0.95 }),
          welchDifference(momentsOf(a), momentsOf(b), { confidence: 0.95 }),
        ];
        if (fit.kind === "refused" || pooled.kind === "refused" || welch.kind === "refused") return;
        expect(fit.coefficients[1]).toBeCloseTo(welch.estimate, 9);
        expect(fit.standardErrors("classical")[1]).toBeCloseTo(pooled.standardError, 9);
        expect(fit.standardErrors("HC2")[1]).toBeCloseTo(welch.standardError, 9);
      }),
    );
  });

  it("refuses collinear columns, too few units and anything not finite", () => {
    expect(
      linearRegression(
        [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        [1, 2, 3],
      ),
    ).toMatchObject({ reason: "collinear" });
    expect(
      linearRegression(
        [
          [1, 0],
          [1, 1],
        ],
        [1, 2],
      ),
    ).toMatchObject({ reason: "too-few" });
    expect(linearRegression([], [])).toMatchObject({ reason: "too-few" });
    expect(linearRegression([[1], [NaN], [1]], [1, 2, 3])).toMatchObject({ reason: "invalid-input" });
  });
});

describe("anytimeCoefficient", () => {
  it("leaves out 0 exactly when its e-value reaches 1/alpha", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.integer({ min: 3, max: 5000 }),
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        (estimate, n, g) => {
          const answer = anytimeCoefficient({ estimate, standardError: 1, n, degreesOfFreedom: n - 2, g, alpha: 0.05 });
          if (answer.kind === "refused") throw new Error(answer.message);
          const edge = Math.abs(Math.abs(estimate) - anytimeMultiplier({ n, degreesOfFreedom: n - 2, g, alpha: 0.05 }));
          expect(edge < 1e-9 || answer.pValue < 0.05 === (answer.interval.lower > 0 || answer.interval.upper < 0)).toBe(
            true,
          );
        },
      ),
    );
  });

  it("raises at most 5 in 100 false alarms when a Gaussian A/A is watched after every pair", () => {
    // 400 runs of 200 looks: below 0.05 + 4·√(0.05·0.95/400) = 0.094. The exact error law needs pairs in a fixed alternation.
    const draw = normalDraw(mersenneRng(97), { mean: 0, standardDeviation: 3 });
    let alarms = 0;
    for (let run = 0; run < 400; run++) {
      const [a, b]: [number[], number[]] = [[], []];
      let alarmed = false;
      for (let look = 0; look < 200 && !alarmed; look++) {
        a.push(draw());
        b.push(draw());
        const difference = pooledTDifference(momentsOf(a), momentsOf(b), { confidence: 0.95 });
        if (difference.kind === "refused") continue;
        const answer = anytimeCoefficient({ ...difference, n: a.length * 2, g: 10, alpha: 0.05 });
        alarmed = answer.kind === "estimate" && answer.pValue <= 0.05;
      }
      if (alarmed) alarms++;
    }
    expect(alarms / 400).toBeLessThan(0.094);
  });

  it("refuses no spread and settings that are none", () => {
    const good = { estimate: 1, standardError: 1, n: 10, degreesOfFreedom: 8, g: 1, alpha: 0.05 };
    expect(anytimeCoefficient({ ...good, standardError: 0 })).toMatchObject({ reason: "zero-standard-error" });
    expect(anytimeCoefficient({ ...good, g: 0 })).toMatchObject({ reason: "invalid-input" });
    expect(anytimeCoefficient({ ...good, estimate: NaN })).toMatchObject({ reason: "invalid-input" });
  });
});
