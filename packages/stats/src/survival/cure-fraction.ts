import { Matrix } from "ml-matrix";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { normalQuantile } from "../numerics/special-functions.ts";
import { logistic } from "../prediction/logistic-likelihood.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { cureLikelihood, type CurePoint } from "./cure-likelihood.ts";
import { survivalFault, type SurvivalInput } from "./survival-data.ts";
import { survivalDistribution } from "./survival-distribution.ts";

/** Share that ever converts, and Weibull delays of those who do: P(delay > t) = exp(−(t/scale)^shape). */
export interface CureFit {
  readonly kind: "estimate";
  /** Share of units that ever converts, with its interval; the cured are 1 − share. */
  readonly share: number;
  readonly interval: Interval;
  readonly shape: number;
  readonly scale: number;
  /** Median delay of those who convert. */
  readonly medianDelay: number;
  /** Of log-odds of the share, log shape, log scale: the inverse observed information. */
  readonly covariance: readonly (readonly number[])[];
  readonly logLikelihood: number;
}

/** Why a share that ever converts cannot be told; `no-plateau` asks to wait. */
export type CureRefusal = "invalid-input" | "too-few" | "no-plateau";

const ITERATIONS_MAX = 200;
const CONVERSIONS_MIN = 10;
/** Units that must have been followed, unconverted, for twice the median delay. */
const PLATEAU_MIN = 10;

/**
 * Weibull mixture cure model: the share of units that ever converts, apart from how long converters take.
 *
 * For forecasts only. Share and delay can be told apart only where the curve has levelled off, so it refuses until ten units have
 * been followed without conversion for at least twice the median delay of converters.
 *
 * @param input.times - positive for converters; a unit last seen at 0 says nothing and is passed over.
 * @returns `too-few` below ten conversions or with all at one time; `no-plateau` when follow-up is too short, or all seem to convert.
 * @formula S(t) = 1 − π + π·exp(−(t/s)^k); log-likelihood Σ d·[log π + log f(t)] + (1 − d)·log(1 − π + π·exp(−(t/s)^k))
 * @assumes Weibull delays among converters, one share for all units, censoring that tells nothing
 * @see Boag (1949), "Maximum likelihood estimates of the proportion of patients cured by cancer therapy"; Farewell (1982), "The use
 * of mixture models for the analysis of survival data with long-term survivors".
 * @example
 * const times = [1, 2, 2, 3, 3, 4, 4, 5, 6, 8, ...Array(30).fill(40)];
 * const fit = cureFraction({ times, events: times.map((t) => (t < 40 ? 1 : 0)) }, { confidence: 0.95 });
 * fit.share // => 0.25
 */
export function cureFraction(
  { times, events }: SurvivalInput,
  { confidence }: { readonly confidence: number },
): CureFit | Refused<CureRefusal> {
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const kept = Array.from(times, (_, i) => i).filter((i) => (times[i] ?? 0) > 0 || events[i] === 1);
  const units = { times: kept.map((i) => times[i] ?? 0), events: kept.map((i) => events[i] ?? 0) };
  const delays = units.times.filter((_, i) => units.events[i] === 1);
  if (delays.length < CONVERSIONS_MIN)
    return refuse("too-few", `${delays.length} conversions; a cure fraction needs ${CONVERSIONS_MIN}`);
  const start = survivalDistribution({ times: delays, events: delays.map(() => 1) }, "weibull");
  if (start.kind === "refused") return start;
  const seen = delays.length / units.times.length;
  const at = climb(units, [Math.log(seen / (1 - Math.min(seen, 0.98))), -Math.log(start.scale), start.location]);
  const covariance = at === null ? undefined : scaledCholesky(at.information)?.inverse();
  if (at === null || covariance === undefined) return noPlateau("share and delay cannot be told apart yet");
  return described(at, { units, covariance, confidence });
}

/**
 * Share of all units that a cure model expects to have converted by an age.
 *
 * @param time - 0 or more; NaN otherwise.
 * @part cureFraction
 * @example
 * cureIncidence({ share: 0.5, shape: 1, scale: 1 }, Infinity) // => 0.5
 */
export function cureIncidence(
  { share, shape, scale }: Pick<CureFit, "share" | "shape" | "scale">,
  time: number,
): number {
  return time >= 0 ? -share * Math.expm1(-((time / scale) ** shape)) : NaN;
}

interface Units {
  readonly times: readonly number[];
  readonly events: readonly number[];
}

/** Newton's method, leaning towards steepest ascent where the likelihood is not concave; null when it does not settle. */
function climb(units: Units, start: readonly [number, number, number]): CurePoint | null {
  let at = cureLikelihood(units, start);
  let lean = 0;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const { information, gradient } = at;
    const leaning = Matrix.add(information, Matrix.diag(information.diag().map((d) => lean * (Math.abs(d) + 1))));
    const step = scaledCholesky(leaning)?.solve(gradient);
    const next = step === undefined ? null : cureLikelihood(units, moved(at.parameters, step));
    if (next === null || step === undefined || !(next.logLikelihood >= at.logLikelihood - 1e-10)) {
      lean = Math.max(1e-3, 10 * lean);
      if (lean > 1e8) return null;
      continue;
    }
    const left = step.reduce((t, s, k) => t + s * (gradient[k] ?? 0), 0);
    at = next;
    if (lean === 0 && left < 1e-16) return at;
    lean = lean < 1e-3 ? 0 : lean / 10;
  }
  return null;
}

function moved(
  [logOdds, logShape, logScale]: readonly [number, number, number],
  step: Float64Array,
): readonly [number, number, number] {
  return [logOdds + (step[0] ?? 0), logShape + (step[1] ?? 0), logScale + (step[2] ?? 0)];
}

function described(
  { parameters: [logOdds, logShape, logScale], logLikelihood }: CurePoint,
  {
    units,
    covariance,
    confidence,
  }: {
    readonly units: Units;
    readonly covariance: readonly (readonly number[])[];
    readonly confidence: number;
  },
): CureFit | Refused<"no-plateau"> {
  const [shape, scale] = [Math.exp(logShape), Math.exp(logScale)];
  const medianDelay = scale * Math.LN2 ** (1 / shape);
  const long = units.times.filter((t, i) => units.events[i] === 0 && t >= 2 * medianDelay).length;
  if (long < PLATEAU_MIN)
    return noPlateau(`${long} units followed unconverted for twice the median delay, ${2 * medianDelay}`);
  const reach = -normalQuantile((1 - confidence) / 2) * Math.sqrt(covariance[0]?.[0] ?? NaN);
  const interval = { lower: logistic(logOdds - reach), upper: logistic(logOdds + reach) };
  if (!(interval.upper - interval.lower > 0 && Number.isFinite(medianDelay)))
    return noPlateau("nearly all units seem to convert; use survivalDistribution");
  return {
    kind: "estimate",
    share: logistic(logOdds),
    interval,
    shape,
    scale,
    medianDelay,
    covariance,
    logLikelihood,
  };
}

function noPlateau(what: string): Refused<"no-plateau"> {
  return refuse("no-plateau", `${what}; wait until the curve has levelled off`);
}
