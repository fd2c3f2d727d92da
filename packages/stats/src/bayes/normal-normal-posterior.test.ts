import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalNormal } from "./empirical-bayes.ts";
import { normalNormalPosterior } from "./normal-normal-posterior.ts";

function fitted(estimates: readonly number[], variances: readonly number[]) {
  const fit = normalNormalPosterior({ estimates, variances });
  if (fit.kind === "refused") throw new Error(fit.message);
  return fit;
}

describe("pooling a few segments", () => {
  it("gives Rubin's eight schools what SciPy's adaptive quadrature gives", () => {
    // scipy.integrate.quad over τ² at a relative tolerance of 1e-10, for schools A and E.
    const errors = [15, 10, 16, 11, 9, 11, 10, 18];
    const { effects } = fitted(
      [28, 8, -3, 7, -1, 1, 18, 12],
      errors.map((se) => se ** 2),
    );
    expect(effects[0]?.mean).toBeCloseTo(14.644611851379608, 9);
    expect(effects[0]?.standardError).toBeCloseTo(10.450822813342867, 9);
    expect(effects[4]?.mean).toBeCloseTo(3.3453954078815755, 9);
    expect(effects[4]?.standardError).toBeCloseTo(7.327294938372982, 9);
  });
  it("agrees with REML once hundreds of segments tell the spread, and is wider where few do", () => {
    const wave = (k: number) => Array.from({ length: k }, (_, i) => Math.sin(i * 12.9898));
    const many = fitted(
      wave(400),
      wave(400).map(() => 0.3),
    );
    const known = normalNormal({ estimates: wave(400), variances: wave(400).map(() => 0.3) });
    if (known.kind === "refused") throw new Error(known.message);
    expect((many.effects[7]?.standardError ?? 0) / (known.effects[7]?.standardError ?? 1)).toBeCloseTo(1, 1);
    const few = fitted(
      wave(5),
      wave(5).map(() => 0.3),
    );
    const taken = normalNormal({ estimates: wave(5), variances: wave(5).map(() => 0.3) });
    if (taken.kind === "refused") throw new Error(taken.message);
    expect(few.effects[2]?.standardError).toBeGreaterThan(taken.effects[2]?.standardError ?? Infinity);
  });
  it("refuses one effect, and a variance that is none", () => {
    expect(normalNormalPosterior({ estimates: [1], variances: [1] })).toMatchObject({ reason: "too-few" });
    expect(normalNormalPosterior({ estimates: [1, 2], variances: [1, 0] })).toMatchObject({ reason: "invalid-input" });
  });
});

describe("laws of pooling", () => {
  const segments = fc.array(
    fc.tuple(fc.double({ min: -100, max: 100, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true })),
    { minLength: 2, maxLength: 12 },
  );
  it("moves and stretches with its units", () => {
    fc.assert(
      fc.property(segments, fc.double({ min: 0.1, max: 10, noNaN: true }), (parts, scale) => {
        const [ys, vs] = [parts.map(([y]) => y), parts.map(([, v]) => v)];
        const plain = fitted(ys, vs);
        const moved = fitted(
          ys.map((y) => 5 + scale * y),
          vs.map((v) => scale * scale * v),
        );
        plain.effects.forEach(({ mean, standardError }, i) => {
          expect(moved.effects[i]?.mean).toBeCloseTo(5 + scale * mean, 6);
          expect(moved.effects[i]?.standardError).toBeCloseTo(scale * standardError, 6);
        });
      }),
    );
  });
  it("leaves every effect between its measurement and the reach of the others", () => {
    fc.assert(
      fc.property(segments, (parts) => {
        const ys = parts.map(([y]) => y);
        for (const { mean, shrinkage } of fitted(
          ys,
          parts.map(([, v]) => v),
        ).effects) {
          expect(mean).toBeGreaterThanOrEqual(Math.min(...ys) - 1e-9);
          expect(mean).toBeLessThanOrEqual(Math.max(...ys) + 1e-9);
          expect(shrinkage).toBeGreaterThanOrEqual(0);
          expect(shrinkage).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });
});
