import { logistic } from "./logistic-likelihood.ts";
import { logisticRegression, type LogisticRefusal } from "./logistic-regression.ts";
import { refuse, type Refused } from "../refused.ts";

/** Calibrated probability = 1/(1 + e^−(intercept + slope·score)). Platt writes A = −slope and B = −intercept. */
export interface PlattFit {
  readonly kind: "estimate";
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Calibrates scores by a logistic curve: two parameters, so the right choice with few positives.
 *
 * Targets are smoothed to (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2), which keeps the fit finite when the scores separate the outcomes.
 *
 * @param outcomes - 0 or 1 each.
 * @returns `one-class` without both outcomes, `collinear` when all scores are equal, `invalid-input` otherwise.
 * @formula P(y = 1) = 1/(1 + e^−(a + b·score)), fitted to targets (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2)
 * @assumes log-odds linear in the score; units other than those the score was fitted to
 * @see Platt (1999), "Probabilistic outputs for support vector machines", section 2.2; Lin, Lin & Weng (2007) for the targets.
 * @example
 * plattScaling([0, 0, 1, 1], [0, 0, 1, 1]).slope // => 2.197225
 */
export function plattScaling(
  scores: readonly number[],
  outcomes: readonly number[],
): PlattFit | Refused<LogisticRefusal> {
  if (outcomes.some((y) => y !== 0 && y !== 1)) return refuse("invalid-input", "outcomes must be 0 or 1");
  const positives = outcomes.filter((y) => y === 1).length;
  const negatives = outcomes.length - positives;
  if (positives === 0 || negatives === 0) return refuse("one-class", "calibration needs units of both outcomes");
  const fit = logisticRegression(
    {
      rows: scores.map((s) => [s]),
      outcomes: outcomes.map((y) => (y === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2))),
    },
    { penalty: 0 },
  );
  return fit.kind === "refused"
    ? fit
    : { kind: "estimate", slope: fit.coefficients[0] ?? NaN, intercept: fit.intercept };
}

/**
 * Calibrated probability of a score.
 *
 * @part plattScaling
 * @example
 * plattProbability({ kind: "estimate", slope: 1, intercept: 0 }, 0) // => 0.5
 */
export function plattProbability({ slope, intercept }: PlattFit, score: number): number {
  return logistic(intercept + slope * score);
}
