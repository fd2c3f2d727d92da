import { bisect } from "../numerics/bisect.ts";
import { mixturePrecision, type MixtureSide } from "./normal-mixture.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { betaCdf, gammaP, logBeta, logGamma } from "../numerics/special-functions.ts";
import type { Conversions } from "./two-by-two-e-process.ts";

/** ln of a mixture supermartingale at sum s and intrinsic time v, with the largest sum at which it is defined. */
export interface Mixture {
  readonly logValue: (s: number, v: number) => number;
  readonly sumMax: (v: number) => number;
}

/**
 * Gamma-exponential mixture for sub-gamma (or sub-exponential) sums of scale c > 0, with precision rho in intrinsic time.
 *
 * @part mixtureBound
 * @see Howard et al. (2021), proposition 9; `mixturePrecision` (one-sided) tunes rho.
 */
export function gammaExponentialMixture({ rho, c }: { readonly rho: number; readonly c: number }): Mixture {
  if (!isPositive(rho) || !isPositive(c)) return NO_MIXTURE;
  const perSquare = 1 / (c * c);
  const shape = rho * perSquare;
  const leading = shape * Math.log(shape) - logGamma(shape) - Math.log(gammaP(shape, shape));
  return {
    logValue: (s, v) => {
      const a = v * perSquare + shape;
      const moved = (c * s + v) * perSquare;
      return leading + logGamma(a) + Math.log(gammaP(a, moved + shape)) - a * Math.log(moved + shape) + moved;
    },
    sumMax: () => Infinity,
  };
}

/**
 * Beta-binomial mixture for sums of increments bounded in [−g, h] (in intrinsic time v).
 *
 * @part mixtureBound
 * @see Howard et al. (2021), proposition 7.
 */
export function betaBinomialMixture({
  vOpt,
  alphaOpt,
  g,
  h,
  side,
}: {
  readonly vOpt: number;
  readonly alphaOpt: number;
  readonly g: number;
  readonly h: number;
  readonly side: MixtureSide;
}): Mixture {
  const r = betaPrecision({ vOpt, alphaOpt, side }, g * h);
  if (![g, h, r].every(isPositive)) return NO_MIXTURE;
  const x = side === "one" ? h / (g + h) : 1;
  const logIncomplete = (a: number, b: number): number =>
    logBeta(a, b) + (side === "one" ? Math.log(betaCdf(x, a, b)) : 0);
  const leading = logIncomplete(r / (g * (g + h)), r / (h * (g + h)));
  return {
    logValue: (s, v) =>
      (v / (g * h)) * Math.log(g + h) -
      ((v / h + s) / (g + h)) * Math.log(g) -
      ((v / g - s) / (g + h)) * Math.log(h) +
      logIncomplete((r + v) / (g * (g + h)) - s / (g + h), (r + v) / (h * (g + h)) + s / (g + h)) -
      leading,
    sumMax: (v) => v / g,
  };
}

/** A mixture whose parameters are out of range. */
const NO_MIXTURE: Mixture = { logValue: () => NaN, sumMax: () => NaN };

function isPositive(x: number): boolean {
  return x > 0 && Number.isFinite(x);
}

/** Precision of a beta mixture: the normal one's less the variance of one step, kept positive. */
function betaPrecision(tuning: Parameters<typeof mixturePrecision>[0], stepVariance: number): number {
  return Math.max(mixturePrecision(tuning) - stepVariance, 1e-3 * stepVariance);
}

/**
 * The sum at which a mixture reaches 1/alpha at intrinsic time v: crossed at any time with probability at most alpha.
 *
 * @returns NaN for a time that is not positive and finite, an alpha outside (0, 1), or a mixture whose parameters are not positive and finite
 * @formula the s with mixture.logValue(s, v) = ln(1/α), or the largest sum that is possible
 * @assumes sums as the mixture's: sub-gamma, or bounded increments
 * @see Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", theorem 2.
 * @example
 * mixtureBound(gammaExponentialMixture({ rho: 10, c: 1 }), 100, 0.05) // => 30.56089
 */
export function mixtureBound(mixture: Mixture, v: number, alpha: number): number {
  if (!(v > 0 && Number.isFinite(v) && alpha > 0 && alpha < 1) || Number.isNaN(mixture.logValue(0, v))) return NaN;
  const excess = (s: number): number => mixture.logValue(s, v) + Math.log(alpha);
  const most = mixture.sumMax(v);
  let high = Math.min(most, Math.sqrt(v) + 1);
  while (high < most && excess(high) < 0) high = Math.min(most, high * 2);
  return excess(high) < 0 ? most : bisect(excess, 0, high);
}

/**
 * Polynomial stitched boundary: a sum that a sub-gamma process crosses at any time with probability at most alpha, in closed form.
 *
 * Of the order √(v ln ln v): narrower than any mixture in the far long run.
 *
 * @param options.vMin - intrinsic time from which on it is tight. `c` ≥ 0 scale, `s` > 1 and `eta` > 1 spacing.
 * @returns NaN for parameters out of range
 * @formula √(k₁²·v·ℓ + k₂²c²ℓ²) + k₂cℓ, ℓ = s·ln ln(ηv/v_min) + ln(ζ(s)/(α·ln^s η)), k₁ = (η^¼ + η^−¼)/√2, k₂ = (√η + 1)/2
 * @assumes sub-gamma deviations of scale c and intrinsic time v (their variance summed); c = 0 for sub-Gaussian ones
 * @see Howard et al. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", theorem 1 and eq. 10.
 * @example
 * polyStitchingBound(100, { alpha: 0.05, vMin: 1, c: 0, s: 1.4, eta: 2 }) // => 37.91564
 */
export function polyStitchingBound(
  v: number,
  {
    alpha,
    vMin,
    c,
    s,
    eta,
  }: { readonly alpha: number; readonly vMin: number; readonly c: number; readonly s: number; readonly eta: number },
): number {
  const isValid =
    [v, c].every((x) => x >= 0 && Number.isFinite(x)) && [vMin, s, eta].every(isPositive) && s > 1 && eta > 1;
  if (!isValid || !(alpha > 0 && alpha < 1)) return NaN;
  const time = Math.max(v, vMin);
  const k1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const k2 = (Math.sqrt(eta) + 1) / 2;
  const level = s * Math.log(Math.log((eta * time) / vMin) / Math.log(eta)) + Math.log(riemannZeta(s) / alpha);
  const linear = k2 * c * level;
  return Math.sqrt(k1 * k1 * time * level + linear * linear) + linear;
}

/** ζ(s) for s > 1: twenty terms and Euler-Maclaurin for the rest. */
function riemannZeta(s: number): number {
  const n = 20;
  let sum = 0;
  for (let k = 1; k < n; k++) sum += k ** -s;
  const tail = n ** (1 - s) / (s - 1) + n ** -s / 2 + (s * n ** (-s - 1)) / 12;
  const next =
    (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720 - (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * n ** (-s - 5)) / 30240;
  return sum + tail - next;
}

/**
 * Confidence sequence for one conversion rate: holds at every look, exact for any rate.
 *
 * @param options.tunedFor - units at which it is tightest. `alphaOpt`: the level that it is tuned for, alpha unless given.
 * @formula all p at which the beta-binomial mixture of g = p, h = 1 − p is below 1/α at the sum conversions − n·p, intrinsic time n·p(1 − p)
 * @assumes units that convert independently and with one rate
 * @returns in [0, 1]; `too-few` without units, `invalid-input` for counts or options out of range
 * @see Howard et al. (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", proposition 7 and section 4.2.
 * @example
 * bernoulliConfidenceSequence({ n: 1000, conversions: 100 }, { alpha: 0.05, tunedFor: 1000 }) // => { lower: 0.0733985, upper: 0.1309726 }
 */
export function bernoulliConfidenceSequence(
  { n, conversions }: Conversions,
  {
    alpha,
    tunedFor,
    alphaOpt = alpha,
  }: { readonly alpha: number; readonly tunedFor: number; readonly alphaOpt?: number },
): ({ readonly kind: "estimate" } & Interval) | Refused<"too-few" | "invalid-input"> {
  if (
    !(conversions >= 0 && conversions <= n && Number.isFinite(n)) ||
    ![alpha, alphaOpt].every((x) => x > 0 && x < 1) ||
    !(tunedFor > 0 && Number.isFinite(tunedFor))
  )
    return refuse("invalid-input", `${conversions} of ${n} at alpha ${alpha}, tuned for ${tunedFor} at ${alphaOpt}`);
  if (n === 0) return refuse("too-few", "no units yet");
  const failures = n - conversions;
  // The beta-binomial mixture with v/g − s = failures and v/h + s = conversions, which would lose their digits in it near 0 and 1.
  const excess = (p: number): number => {
    const r = betaPrecision({ vOpt: tunedFor * p * (1 - p), alphaOpt, side: "two" }, p * (1 - p));
    return (
      logBeta(r / p + failures, r / (1 - p) + conversions) -
      logBeta(r / p, r / (1 - p)) -
      conversions * Math.log(p) -
      failures * Math.log1p(-p) +
      Math.log(alpha)
    );
  };
  const edge = 1e-12;
  const rate = conversions / n;
  return {
    kind: "estimate",
    lower: conversions === 0 || excess(edge) < 0 ? 0 : bisect(excess, edge, Math.min(rate, 1 - edge)),
    upper: conversions === n || excess(1 - edge) < 0 ? 1 : bisect(excess, Math.max(rate, edge), 1 - edge),
  };
}
