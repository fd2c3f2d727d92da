import { Matrix } from "ml-matrix";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { refuse, type Refused } from "../refused.ts";
import { jointFreedom, type ArmMean } from "./arm-mean.ts";
import { areJointMomentsValid, mergeJointMoments, type JointMoments } from "./joint-moments.ts";
import type { ComparisonRefusal } from "./welch.ts";

/** An adjusted difference, ready for `tComparison` or a confidence sequence, and the adjusted arms, ready for `logRatio` or `fieller`. */
export interface LinEffect {
  readonly kind: "lin";
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly control: ArmMean;
  readonly treatment: ArmMean;
}

/** Whether the effect is that on the units in the experiment, or on the population that they are a sample of (a little wider). */
export interface LinOptions {
  readonly target?: "units" | "population";
}

/**
 * Regression adjustment with a slope of its own in each arm (Lin's interacted regression), from sufficient statistics alone: never worse
 * than the plain difference in large samples.
 *
 * The estimate is that of least squares of outcome on arm, centred covariates and their products. The error is each arm's residual
 * spread, which agrees with HC2 to order 1/n; with few units and long-tailed covariates give the rows to `linearRegression` for HC2.
 *
 * @param control, treatment - outcome first, then covariates measured **before** exposure, the same in both arms.
 * @returns `too-few` unless each arm has two units more than covariates, `collinear` when covariates repeat each other, `zero-variance`
 * when they explain everything, `invalid-input` otherwise.
 * @formula τ = (ȳ_t − b_t'(x̄_t − x̄)) − (ȳ_c − b_c'(x̄_c − x̄)); var = Σ s²_a (1/n_a + (x̄_a − x̄)'S_a⁻¹(x̄_a − x̄)), s²_a = RSS_a/(n_a − k − 1)
 * @assumes units independent and randomised; covariates not affected by the treatment
 * @see Lin (2013), "Agnostic notes on regression adjustments to experimental data", section 4; Negi & Wooldridge (2021) for the population
 * @example
 * const c = jointMomentsOf([[1, 0], [3, 1], [4, 2], [8, 3]]);
 * const t = jointMomentsOf([[2, 0], [5, 1], [7, 2], [9, 3]]);
 * linAdjusted(c, t) // => { estimate: 1.75, standardError: 0.51235 }
 */
export function linAdjusted(
  control: JointMoments,
  treatment: JointMoments,
  { target = "units" }: LinOptions = {},
): LinEffect | Refused<ComparisonRefusal | "collinear"> {
  if (
    ![control, treatment].every(areJointMomentsValid) ||
    (control.n > 0 && treatment.n > 0 && !areAlike(control, treatment))
  )
    return refuse("invalid-input", "both arms need finite moments of the same outcome and covariates");
  const all = mergeJointMoments(control, treatment);
  const a = adjustedArm(control, all);
  if (a.kind === "refused") return a;
  const b = adjustedArm(treatment, all);
  if (b.kind === "refused") return b;
  const slopes = a.slopes.map((slope, i) => (b.slopes[i] ?? NaN) - slope);
  const drawn = target === "units" ? 0 : quadratic(all.products, slopes) / (all.n * (all.n - 1));
  return {
    kind: "lin",
    estimate: b.arm.mean - a.arm.mean,
    standardError: Math.sqrt(a.arm.standardError ** 2 + b.arm.standardError ** 2 + drawn),
    degreesOfFreedom: jointFreedom([a.arm, 1], [b.arm, 1]),
    control: a.arm,
    treatment: b.arm,
  };
}

function areAlike(a: JointMoments, b: JointMoments): boolean {
  return a.means.length === b.means.length && a.means.length > 0;
}

/** Mean of an arm's outcome as it would be at the mean covariates of all units. */
function adjustedArm(
  arm: JointMoments,
  all: JointMoments,
):
  | { readonly kind: "adjusted"; readonly arm: ArmMean; readonly slopes: readonly number[] }
  | Refused<ComparisonRefusal | "collinear"> {
  const covariates = Math.max(0, arm.means.length - 1);
  const degreesOfFreedom = arm.n - covariates - 1;
  if (degreesOfFreedom < 1)
    return refuse("too-few", `an arm with ${covariates} covariates needs ${covariates + 2} units, got ${arm.n}`);
  const [[total = NaN, ...crossed] = []] = arm.products;
  const inner = arm.products.slice(1).map((line) => line.slice(1));
  const factored = covariates === 0 ? null : scaledCholesky(new Matrix(inner));
  if (covariates > 0 && factored === null)
    return refuse("collinear", "a covariate is constant in an arm, or a combination of the others");
  const slopes = factored === null ? [] : [...factored.solve(crossed)];
  const residual = total - crossed.reduce((t, x, i) => t + x * (slopes[i] ?? NaN), 0);
  if (!(residual > 1e-12 * total)) return refuse("zero-variance", "nothing is left to vary in an arm");
  const off = arm.means.slice(1).map((mean, i) => mean - (all.means[i + 1] ?? NaN));
  const pull = factored === null ? 0 : factored.solve(off).reduce((t, x, i) => t + x * (off[i] ?? NaN), 0);
  return {
    kind: "adjusted",
    slopes,
    arm: {
      kind: "mean",
      mean: (arm.means[0] ?? NaN) - off.reduce((t, x, i) => t + x * (slopes[i] ?? NaN), 0),
      standardError: Math.sqrt((residual / degreesOfFreedom) * (1 / arm.n + pull)),
      degreesOfFreedom,
    },
  };
}

/** v'Sv over the covariates of S, whose first line and column are the outcome's. */
function quadratic(products: readonly (readonly number[])[], v: readonly number[]): number {
  return v.reduce((t, x, i) => t + v.reduce((s, y, j) => s + x * y * (products[i + 1]?.[j + 1] ?? NaN), 0), 0);
}
