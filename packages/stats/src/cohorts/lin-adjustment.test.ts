import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng, normalDraw } from "../numerics/random.ts";
import { jointMomentsOf, mergeJointMoments } from "./joint-moments.ts";
import { linAdjusted } from "./lin-adjustment.ts";
import { linearRegression } from "./linear-regression.ts";

const normal = normalDraw(mersenneRng(97), { mean: 0, standardDeviation: 1 });

/** Rows of outcome and two covariates; spread grows with the first covariate. */
function drawArm(n: number, effect: number): readonly (readonly number[])[] {
  return Array.from({ length: n }, () => {
    const [x, z] = [normal(), normal()];
    return [effect + (1 + effect) * x + 0.5 * z + normal() * (1 + 0.3 * Math.abs(x)), x, z];
  });
}

/** Lin's regression by least squares on rows. */
function fromRows(control: readonly (readonly number[])[], treatment: readonly (readonly number[])[]) {
  const all = [...control, ...treatment];
  const mean = (k: number): number => all.reduce((t, row) => t + (row[k] ?? NaN), 0) / all.length;
  const centred = (row: readonly number[]) => [(row[1] ?? NaN) - mean(1), (row[2] ?? NaN) - mean(2)];
  const fit = linearRegression(
    [
      ...control.map((row) => [1, 0, ...centred(row), 0, 0]),
      ...treatment.map((row) => [1, 1, ...centred(row), ...centred(row)]),
    ],
    all.map((row) => row[0] ?? NaN),
  );
  if (fit.kind === "refused") throw new Error(fit.message);
  return { estimate: fit.coefficients[1] ?? NaN, hc2: fit.standardErrors("HC2")[1] ?? NaN };
}

describe("linAdjusted", () => {
  it("has the estimate of Lin's regression to the last digits and its HC2 error to order 1/n", () => {
    for (const n of [60, 400, 3000]) {
      const [control, treatment] = [drawArm(n, 0), drawArm(2 * n, 0.4)];
      const rows = fromRows(control, treatment);
      const answer = linAdjusted(jointMomentsOf(control), jointMomentsOf(treatment));
      if (answer.kind === "refused") throw new Error(answer.message);
      expect(answer.estimate).toBeCloseTo(rows.estimate, 10);
      expect(Math.abs(answer.standardError / rows.hc2 - 1)).toBeLessThan(4 / n);
    }
  });

  it("is the plain difference without covariates", () => {
    expect(linAdjusted(jointMomentsOf([[1], [2], [3]]), jointMomentsOf([[2], [4], [6]]))).toMatchObject({
      estimate: 2,
      standardError: expect.closeTo(Math.sqrt(1 / 3 + 4 / 3), 12),
    });
  });

  it("is a little wider for the population than for the units at hand, where slopes differ", () => {
    const [c, t] = [jointMomentsOf(drawArm(200, 0)), jointMomentsOf(drawArm(200, 0.6))];
    const [units, population] = [linAdjusted(c, t), linAdjusted(c, t, { target: "population" })];
    if (units.kind === "refused" || population.kind === "refused") throw new Error("no refusal expected");
    expect(population.standardError).toBeGreaterThan(units.standardError);
    expect(population.estimate).toBe(units.estimate);
  });

  it("refuses repeated covariates, too few units, full explanation and unlike arms, each with its reason", () => {
    const arm = jointMomentsOf(drawArm(20, 0));
    const doubled = jointMomentsOf(drawArm(20, 0).map(([y = 0, x = 0]) => [y, x, 2 * x]));
    const explained = jointMomentsOf(drawArm(20, 0).map(([, x = 0, z = 0]) => [x + z, x, z]));
    expect(linAdjusted(arm, doubled)).toMatchObject({ reason: "collinear" });
    expect(linAdjusted(jointMomentsOf(drawArm(3, 0)), arm)).toMatchObject({ reason: "too-few" });
    expect(linAdjusted(explained, arm)).toMatchObject({ reason: "zero-variance" });
    expect(linAdjusted(arm, jointMomentsOf([[1], [2], [3]]))).toMatchObject({ reason: "invalid-input" });
  });
});

const rows = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
  maxLength: 12,
});

it("joint moments merge to what all rows at once give", () => {
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const merged = mergeJointMoments(jointMomentsOf(a), jointMomentsOf(b));
      const whole = jointMomentsOf([...a, ...b]);
      expect(merged.n).toBe(whole.n);
      merged.means.forEach((mean, i) => expect(mean).toBeCloseTo(whole.means[i] ?? NaN, 9));
      merged.products.flat().forEach((sum, i) => expect(sum).toBeCloseTo(whole.products.flat()[i] ?? NaN, 6));
    }),
  );
});
