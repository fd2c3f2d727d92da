import { refuse, type Interval, type Refused } from "../refused.ts";
import { betaCdf, betaQuantile, betaSf, logGamma, normalQuantile } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";

/**
 * How an interval for one conversion rate is made. `wilson` is the default choice; `clopper-pearson` never covers less than
 * promised; `wald` is here for comparison only (zero width at no and at all conversions).
 */
export type ProportionIntervalMethod = "wilson" | "clopper-pearson" | "agresti-coull" | "jeffreys" | "wald";

/** A conversion rate with its interval; `standardError` is √(p(1 − p)/n). */
export interface ProportionEstimate {
  readonly kind: "estimate";
  readonly estimate: number;
  readonly standardError: number;
  readonly interval: Interval;
}

/**
 * Interval for one conversion rate at one look.
 *
 * @returns `too-few` without units, `zero-variance` for `wald` where it would have zero width, `invalid-input` otherwise.
 * @see Brown, Cai & DasGupta (2001), "Interval estimation for a binomial proportion", sections 3-4.
 * @formula Wilson: (p + z²/2n ± z√(p(1 − p)/n + z²/4n²))/(1 + z²/n)
 * @assumes independent units with one rate; one look
 * @example
 * proportionInterval({ n: 100, conversions: 29 }, { confidence: 0.95 }).interval // => { lower: 0.21015, upper: 0.38539 }
 */
export function proportionInterval(
  { n, conversions }: Conversions,
  { confidence, method = "wilson" }: { readonly confidence: number; readonly method?: ProportionIntervalMethod },
): ProportionEstimate | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  if (!(confidence > 0 && confidence < 1) || !(Number.isFinite(n) && conversions >= 0 && conversions <= n)) {
    return refuse("invalid-input", `${conversions} of ${n} at confidence ${confidence}`);
  }
  if (n === 0) return refuse("too-few", "no units yet");
  const estimate = conversions / n;
  const standardError = Math.sqrt((estimate * (1 - estimate)) / n);
  if (method === "wald" && standardError === 0)
    return refuse("zero-variance", "the Wald interval has zero width here; use wilson");
  return { kind: "estimate", estimate, standardError, interval: ends({ n, conversions }, 1 - confidence, method) };
}

function ends(sample: Conversions, alpha: number, method: ProportionIntervalMethod): Interval {
  const { n, conversions: x } = sample;
  switch (method) {
    case "wilson":
      return wilsonInterval(sample, alpha);
    case "clopper-pearson":
      return {
        lower: x === 0 ? 0 : betaQuantile(alpha / 2, x, n - x + 1),
        upper: x === n ? 1 : betaQuantile(1 - alpha / 2, x + 1, n - x),
      };
    case "jeffreys":
      return {
        lower: betaQuantile(alpha / 2, x + 0.5, n - x + 0.5),
        upper: betaQuantile(1 - alpha / 2, x + 0.5, n - x + 0.5),
      };
    case "agresti-coull": {
      const z = -normalQuantile(alpha / 2);
      return around((x + (z * z) / 2) / (n + z * z), z, n + z * z);
    }
    case "wald":
      return around(x / n, -normalQuantile(alpha / 2), n);
  }
}

function around(p: number, z: number, n: number): Interval {
  const half = z * Math.sqrt((p * (1 - p)) / n);
  return { lower: Math.max(0, p - half), upper: Math.min(1, p + half) };
}

/** Score interval of Wilson (1927); alpha is the two-sided error. Exactly 0 (or 1) at no (or all) conversions. */
export function wilsonInterval({ n, conversions }: Conversions, alpha: number): Interval {
  const z = -normalQuantile(alpha / 2);
  const p = conversions / n;
  const spread = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / spread;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / spread;
  return { lower: conversions === 0 ? 0 : centre - half, upper: conversions === n ? 1 : centre + half };
}

/**
 * Exact two-sided p-value that the true rate is `rate`: the probability of all counts that are no likelier than the one seen.
 *
 * @see Clopper & Pearson (1934); the two-sided rule is R's `binom.test`.
 * @formula Σ of binomial probabilities no larger than that of the count seen
 * @assumes independent units with one rate; NaN out of range
 * @example
 * binomialTest({ n: 100, conversions: 29 }, 0.2) // => 0.032595
 */
export function binomialTest({ n, conversions: x }: Conversions, rate: number): number {
  if (countsFault({ n, conversions: x })?.reason === "invalid-input" || !(rate >= 0 && rate <= 1)) return NaN;
  if (rate === 0) return x === 0 ? 1 : 0;
  if (rate === 1) return x === n ? 1 : 0;
  const logMass = (k: number): number => logBinomial(n, k) + k * Math.log(rate) + (n - k) * Math.log1p(-rate);
  const threshold = logMass(x) + 1e-7;
  const mean = n * rate;
  if (x === mean) return 1;
  const lowerTail = (k: number): number => (k < 0 ? 0 : k >= n ? 1 : betaSf(rate, k + 1, n - k));
  const upperTail = (k: number): number => (k <= 0 ? 1 : k > n ? 0 : betaCdf(rate, k, n - k + 1));
  if (x < mean)
    return Math.min(
      1,
      lowerTail(x) + upperTail(firstAt(Math.ceil(mean), n + 1, (k) => k > n || logMass(k) <= threshold)),
    );
  const mirror = firstAt(-Math.floor(mean), 1, (k) => k > 0 || logMass(-k) <= threshold);
  return Math.min(1, upperTail(x) + lowerTail(-mirror));
}

/** Smallest integer in [low, high] that passes a test which stays true once true; bisection. */
function firstAt(low: number, high: number, passes: (k: number) => boolean): number {
  let [a, b] = [low, high];
  while (a < b) {
    const middle = Math.floor((a + b) / 2);
    if (passes(middle)) b = middle;
    else a = middle + 1;
  }
  return a;
}

/** What is wrong with the counts of arms; null when nothing is. */
export function countsFault(...arms: readonly Conversions[]): Refused<"invalid-input" | "too-few"> | null {
  for (const { n, conversions } of arms)
    if (!(Number.isFinite(n) && conversions >= 0 && conversions <= n))
      return refuse("invalid-input", `conversions must lie between 0 and n, got ${conversions} of ${n}`);
  return arms.some(({ n }) => n === 0) ? refuse("too-few", "an arm has no units yet") : null;
}

/** ln of n choose k. */
export function logBinomial(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
