import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cuped } from "./cuped.ts";
import { momentsOf } from "./moments.ts";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import {
  mergePairedMoments,
  pairedMoments,
  ratioDifference,
  ratioLift,
  ratioMean,
  type PairedMoments,
} from "./ratio-metric.ts";
import { welchDifference } from "./welch.ts";

function pairs(rows: readonly (readonly [number, number])[]): PairedMoments {
  const [x, y] = [rows.map((r) => r[0]), rows.map((r) => r[1])];
  return pairedMoments(
    momentsOf(x),
    momentsOf(y),
    rows.reduce((t, r) => t + r[0] * r[1], 0),
  );
}

const rows = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 })), {
  minLength: 3,
  maxLength: 20,
});

describe("paired moments", () => {
  it("merge to those of all units", () => {
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const [merged, whole] = [mergePairedMoments(pairs(a), pairs(b)), pairs([...a, ...b])];
        expect(merged.coMoment).toBeCloseTo(whole.coMoment, 8);
        expect(merged.first.m2).toBeCloseTo(whole.first.m2, 8);
      }),
    );
  });
});

describe("ratio metrics", () => {
  it("with a denominator of 1 are plain means", () => {
    const rowsOf = (ys: readonly number[]): PairedMoments => pairs(ys.map((y) => [y, 1] as const));
    const [a, b] = [
      [1, 4, 6, 3],
      [2, 7, 9, 5, 5],
    ];
    expect(ratioDifference(rowsOf(a ?? []), rowsOf(b ?? []), { confidence: 0.95 })).toMatchObject({
      estimate: expect.closeTo(2.1, 12),
      standardError: expect.closeTo(Math.sqrt(13 / 3 / 4 + 6.8 / 5), 12),
    });
    expect(welchDifference(momentsOf(a ?? []), momentsOf(b ?? []), { confidence: 0.95 })).toMatchObject({
      standardError: expect.closeTo(Math.sqrt(13 / 3 / 4 + 6.8 / 5), 12),
    });
  });

  it("refuse a denominator of 0, a single unit and a ratio that is the same in every unit", () => {
    expect(
      ratioMean(
        pairs([
          [1, 0],
          [2, 0],
        ]),
      ),
    ).toMatchObject({ reason: "zero-baseline" });
    expect(ratioMean(pairs([[1, 3]]))).toMatchObject({ reason: "too-few" });
    const lockstep = pairs([
      [2, 1],
      [4, 2],
      [6, 3],
    ]);
    expect(ratioLift(lockstep, lockstep)).toMatchObject({ reason: "zero-variance" });
  });
});

describe("cuped", () => {
  it("is the plain difference for a covariate that does not vary", () => {
    const [a, b] = [
      [1, 4, 6, 3],
      [2, 7, 9, 5],
    ];
    const plain = welchDifference(momentsOf(a), momentsOf(b), { confidence: 0.95 });
    const adjusted = cuped(pairs(a.map((y) => [y, 7] as const)), pairs(b.map((y) => [y, 7] as const)), {
      scale: "absolute",
    });
    if (plain.kind === "refused" || adjusted.kind === "refused") throw new Error("no refusal expected");
    expect(adjusted).toMatchObject({
      theta: 0,
      estimate: expect.closeTo(plain.estimate, 12),
      standardError: expect.closeTo(plain.standardError, 12),
    });
  });

  it("takes out what the covariate explains: standard error down by √(1 − ρ²), estimate unbiased", () => {
    // Outcome = 2·covariate + noise of variance 1, covariate of variance 1: ρ² = 0.8, effect 0.5. 300 runs of 200 units an arm.
    const draw = normalDraw(mersenneRng(83), { mean: 0, standardDeviation: 1 });
    const arm = (effect: number): PairedMoments =>
      pairs(
        Array.from({ length: 200 }, () => {
          const x = draw();
          return [effect + 2 * x + draw(), x] as const;
        }),
      );
    let [estimates, ratio] = [0, 0];
    for (let run = 0; run < 300; run++) {
      const [control, treatment] = [arm(0), arm(0.5)];
      const adjusted = cuped(control, treatment, { scale: "absolute" });
      const plain = welchDifference(control.first, treatment.first, { confidence: 0.95 });
      if (adjusted.kind === "refused" || plain.kind === "refused") throw new Error("no refusal expected");
      estimates += adjusted.estimate / 300;
      ratio += adjusted.standardError / plain.standardError / 300;
    }
    expect(Math.abs(estimates - 0.5)).toBeLessThan((4 * Math.sqrt(2 / 200)) / Math.sqrt(300));
    expect(ratio).toBeCloseTo(Math.sqrt(0.2), 1);
  });

  it("refuses a covariate that is the outcome itself, and a lift on a control mean of 0", () => {
    const same = pairs([
      [1, 1],
      [4, 4],
      [6, 6],
    ]);
    expect(cuped(same, same, { scale: "absolute" })).toMatchObject({ reason: "zero-variance" });
    const centred = pairs([
      [-1, 3],
      [1, 4],
      [0, 9],
    ]);
    expect(cuped(centred, same, { scale: "relative" })).toMatchObject({ reason: "zero-baseline" });
  });
});
