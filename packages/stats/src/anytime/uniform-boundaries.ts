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
 * @see Howard et al. (2021), proposition 9; `mixturePrecision` (one-sided) tunes rho.
 */
export function gammaExponentialMixture({ rho, c }: { readonly rho: number; readonly c: number }): Mixture {
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
  const r = Math.max(mixturePrecision({ vOpt, alphaOpt, side }) - g * h, 1e-3 * g * h);
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

/** The sum at which a mixture reaches 1/alpha at intrinsic time v: crossed at any time with probability at most alpha. */
export function mixtureBound(mixture: Mixture, v: number, alpha: number): number {
  const excess = (s: number): number => mixture.logValue(s, v) + Math.log(alpha);
  const most = mixture.sumMax(v);
  let high = Math.min(most, Math.sqrt(v) + 1);
  while (high < most && excess(high) < 0) high = Math.min(most, high * 2);
  return excess(high) < 0 ? most : bisect(excess, 0, high);
}

/**
 * Polynomial stitched boundary in closed form, of the order √(v ln ln v).
 *
 * @param options.vMin - intrinsic time from which on it is tight. `c` ≥ 0 scale, `s` > 1 and `eta` > 1 spacing.
 * @see Howard et al. (2021), theorem 1 and eq. 10.
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
  const time = Math.max(v, vMin);
  const k1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2;
  const k2 = (Math.sqrt(eta) + 1) / 2;
  const level = s * Math.log(Math.log((eta * time) / vMin)) + Math.log(riemannZeta(s) / (alpha * Math.log(eta) ** s));
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
 * @param options.tunedFor - units at which it is tightest.
 * @see Howard et al. (2021), section 4.2 (beta-binomial mixture).
 */
export function bernoulliConfidenceSequence(
  { n, conversions }: Conversions,
  {
    alpha,
    tunedFor,
    alphaOpt = alpha,
  }: { readonly alpha: number; readonly tunedFor: number; readonly alphaOpt?: number },
): ({ readonly kind: "estimate" } & Interval) | Refused<"too-few" | "invalid-input"> {
  if (!(conversions >= 0 && conversions <= n && Number.isFinite(n)) || !(alpha > 0 && alpha < 1))
    return refuse("invalid-input", `${conversions} of ${n} at alpha ${alpha}`);
  if (n === 0) return refuse("too-few", "no units yet");
  const excess = (p: number): number => {
    const mixture = betaBinomialMixture({ vOpt: tunedFor * p * (1 - p), alphaOpt, g: p, h: 1 - p, side: "two" });
    return mixture.logValue(conversions - n * p, n * p * (1 - p)) + Math.log(alpha);
  };
  const edge = 1e-12;
  const rate = conversions / n;
  return {
    kind: "estimate",
    lower: conversions === 0 || excess(edge) < 0 ? 0 : bisect(excess, edge, Math.min(rate, 1 - edge)),
    upper: conversions === n || excess(1 - edge) < 0 ? 1 : bisect(excess, Math.max(rate, edge), 1 - edge),
  };
}
