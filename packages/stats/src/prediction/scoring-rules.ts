import { logisticRegression, type LogisticRefusal } from "./logistic-regression.ts";
import { refuse, type Refused } from "../refused.ts";

/** Mean losses of probability forecasts: both proper, lower is better. `logLoss` is Infinity after one certain forecast that was wrong. */
export interface ForecastScores {
  readonly kind: "estimate";
  readonly brier: number;
  readonly logLoss: number;
}

/** log-odds(outcome) = intercept + slope·log-odds(forecast); 0 and 1 when calibrated, slope < 1 when over-confident. */
export interface CalibrationLine {
  readonly kind: "estimate";
  readonly intercept: number;
  readonly slope: number;
}

/**
 * Brier score and log loss, by weight.
 *
 * @param forecasts - probabilities of outcome 1.
 * @returns `too-few` without units of positive weight; `invalid-input` for a forecast outside [0, 1] or an outcome not 0 or 1.
 * @see Brier (1950); Good (1952); Gneiting & Raftery (2007), "Strictly proper scoring rules", section 3.
 */
export function forecastScores(
  forecasts: readonly number[],
  outcomes: readonly number[],
  weights?: readonly number[],
): ForecastScores | Refused<"invalid-input" | "too-few"> {
  const fault = forecastFault(forecasts, outcomes);
  if (fault !== null) return fault;
  if (weights !== undefined && (weights.length !== outcomes.length || !weights.every((w) => w >= 0 && w < Infinity)))
    return refuse("invalid-input", "weights must be finite, not negative and one a unit");
  let [total, squares, logs] = [0, 0, 0];
  forecasts.forEach((p, i) => {
    const [y, w] = [outcomes[i] ?? NaN, weights?.[i] ?? 1];
    if (w === 0) return;
    total += w;
    squares += w * (p - y) ** 2;
    logs -= w * (y === 1 ? Math.log(p) : Math.log1p(-p));
  });
  return total > 0
    ? { kind: "estimate", brier: squares / total, logLoss: logs / total }
    : refuse("too-few", "no unit has a positive weight");
}

/**
 * Cox's calibration line of forecasts strictly between 0 and 1.
 *
 * @returns refusals as `logisticRegression`; `collinear` when all forecasts are equal.
 * @see Cox (1958), "Two further applications of a model for binary regression"; Van Calster et al. (2016), section 2.
 */
export function calibrationLine(
  forecasts: readonly number[],
  outcomes: readonly number[],
): CalibrationLine | Refused<LogisticRefusal> {
  const fault = forecastFault(forecasts, outcomes);
  if (fault !== null) return fault;
  const fit = logisticRegression(
    { rows: forecasts.map((p) => [Math.log(p) - Math.log1p(-p)]), outcomes },
    { penalty: 0 },
  );
  return fit.kind === "refused"
    ? fit
    : { kind: "estimate", intercept: fit.intercept, slope: fit.coefficients[0] ?? NaN };
}

/** The first thing wrong with forecasts and outcomes, or null. */
export function forecastFault(
  forecasts: readonly number[],
  outcomes: readonly number[],
): Refused<"invalid-input" | "too-few"> | null {
  if (forecasts.length !== outcomes.length)
    return refuse("invalid-input", `${forecasts.length} forecasts for ${outcomes.length} outcomes`);
  if (forecasts.length === 0) return refuse("too-few", "no forecasts yet");
  if (!forecasts.every((p) => p >= 0 && p <= 1)) return refuse("invalid-input", "forecasts must be in [0, 1]");
  return outcomes.every((y) => y === 0 || y === 1) ? null : refuse("invalid-input", "outcomes must be 0 or 1");
}
