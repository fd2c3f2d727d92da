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
  readonly interceptStandardError: number;
  readonly slope: number;
  readonly slopeStandardError: number;
  /** Intercept at a slope of 1 (calibration in the large): above 0 when forecasts are too low on the whole. */
  readonly inTheLarge: number;
  readonly inTheLargeStandardError: number;
}

/**
 * Brier score and log loss, by weight.
 *
 * @param forecasts - probabilities of outcome 1.
 * @returns `too-few` without units of positive weight; `invalid-input` for a forecast outside [0, 1] or an outcome not 0 or 1.
 * @formula Brier = Σ w(p − y)²/Σ w; log loss = −Σ w[y log p + (1 − y) log(1 − p)]/Σ w
 * @assumes none; a mean over the units given
 * @see Brier (1950); Good (1952); Gneiting & Raftery (2007), "Strictly proper scoring rules", section 3.
 * @example
 * forecastScores([0.5, 1], [1, 1]).brier // => 0.125
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
 * Cox's calibration line: intercept and slope of the outcomes' log-odds on those of the forecasts, with standard errors.
 *
 * @param forecasts - strictly between 0 and 1.
 * @returns refusals as `logisticRegression`; `collinear` when all forecasts are equal, `separated` when they divide the outcomes.
 * @formula log-odds(y) = intercept + slope·log-odds(p); in the large: slope fixed at 1
 * @assumes independent units, not those the forecasts were fitted to
 * @see Cox (1958), "Two further applications of a model for binary regression"; Van Calster et al. (2016), "A calibration hierarchy
 * for risk models was defined", section 2.
 * @example
 * // 1 of 3 converts at a forecast of 1/3, 2 of 3 at 2/3: calibrated.
 * calibrationLine([1 / 3, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 2 / 3], [1, 0, 0, 1, 1, 0]).slope // => 1
 */
export function calibrationLine(
  forecasts: readonly number[],
  outcomes: readonly number[],
): CalibrationLine | Refused<LogisticRefusal> {
  const fault = forecastFault(forecasts, outcomes);
  if (fault !== null) return fault;
  if (!forecasts.every((p) => p > 0 && p < 1))
    return refuse(
      "invalid-input",
      "a forecast of 0 or 1 has no finite log-odds; bound the forecasts away from certainty",
    );
  const logOdds = forecasts.map((p) => Math.log(p) - Math.log1p(-p));
  const line = logisticRegression({ rows: logOdds.map((x) => [x]), outcomes }, { penalty: 0 });
  if (line.kind === "refused") return line;
  const large = logisticRegression({ rows: logOdds.map(() => []), outcomes, offsets: logOdds }, { penalty: 0 });
  if (large.kind === "refused") return large;
  return {
    kind: "estimate",
    intercept: line.intercept,
    interceptStandardError: Math.sqrt(line.covariance[0]?.[0] ?? NaN),
    slope: line.coefficients[0] ?? NaN,
    slopeStandardError: Math.sqrt(line.covariance[1]?.[1] ?? NaN),
    inTheLarge: large.intercept,
    inTheLargeStandardError: Math.sqrt(large.covariance[0]?.[0] ?? NaN),
  };
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
