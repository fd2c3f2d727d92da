import { bisect } from "../numerics/bisect.ts";
import { countsFault, logBinomial } from "./one-proportion.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { chiSquaredSf, normalQuantile } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";

/** Fisher's exact test; the odds ratio (treatment over control) is the conditional maximum likelihood estimate. */
export interface FisherExact {
  readonly kind: "estimate";
  readonly pValue: number;
  readonly oddsRatio: number;
  readonly interval: Interval;
}

/**
 * Exact test of equal conversion rates, given both margins; two-sided by total probability of tables no likelier than the one seen.
 *
 * Linear in the smaller margin. The interval inverts the two one-sided exact tests.
 *
 * @see Fisher (1935); Cornfield (1956) for the interval; same rules as R's `fisher.test`.
 * @formula p = Σ of hypergeometric probabilities of tables no likelier than the one seen
 * @assumes independent units; both margins taken as given
 * @example
 * const control = { n: 200, conversions: 9 };
 * const treatment = { n: 180, conversions: 30 };
 * fisherExact(control, treatment, { confidence: 0.95 }) // => { pValue: 0.0001348, oddsRatio: 4.2291 }
 */
export function fisherExact(
  control: Conversions,
  treatment: Conversions,
  { confidence }: { readonly confidence: number },
): FisherExact | Refused<"invalid-input" | "too-few" | "too-many"> {
  const fault = countsFault(control, treatment);
  if (fault !== null) return fault;
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const total = control.conversions + treatment.conversions;
  if (Math.min(total, control.n, treatment.n, control.n + treatment.n - total) > TABLES_MAX)
    return refuse("too-many", `more than ${TABLES_MAX} tables have these margins; the z-test is as good as exact here`);
  const table = conditional(control, treatment);
  const { low, high } = table;
  const observed = treatment.conversions;
  const atNull = table.masses(0);
  const seen = atNull[observed - low] ?? 0;
  const pValue = Math.min(
    1,
    atNull.reduce((sum, p) => (p <= seen * (1 + 1e-7) ? sum + p : sum), 0),
  );
  const tailAlpha = (1 - confidence) / 2;
  const mean = (logOdds: number): number => table.masses(logOdds).reduce((sum, p, i) => sum + p * (low + i), 0);
  const upperTail = (logOdds: number): number =>
    table.masses(logOdds).reduce((sum, p, i) => (low + i >= observed ? sum + p : sum), 0);
  const lowerTail = (logOdds: number): number =>
    table.masses(logOdds).reduce((sum, p, i) => (low + i <= observed ? sum + p : sum), 0);
  const solve = (f: (logOdds: number) => number): number => Math.exp(bisect(f, -700, 700));
  return {
    kind: "estimate",
    pValue,
    oddsRatio: observed === low ? 0 : observed === high ? Infinity : solve((x) => mean(x) - observed),
    interval: {
      lower: observed === low ? 0 : solve((x) => upperTail(x) - tailAlpha),
      upper: observed === high ? Infinity : solve((x) => lowerTail(x) - tailAlpha),
    },
  };
}

/** Beyond this many tables the sum takes seconds, and the normal approximation has long been good. */
const TABLES_MAX = 200_000;

interface ConditionalTable {
  readonly low: number;
  readonly high: number;
  /** Probabilities of low..high treatment conversions under an odds ratio, given as its logarithm. */
  readonly masses: (logOdds: number) => readonly number[];
}

/** Noncentral hypergeometric distribution of the treatment's conversions given all margins. */
function conditional(control: Conversions, treatment: Conversions): ConditionalTable {
  const total = control.conversions + treatment.conversions;
  const low = Math.max(0, total - control.n);
  const high = Math.min(treatment.n, total);
  const logWeights = Array.from(
    { length: high - low + 1 },
    (_, i) => logBinomial(treatment.n, low + i) + logBinomial(control.n, total - low - i),
  );
  return {
    low,
    high,
    masses: (logOdds) => {
      const logs = logWeights.map((w, i) => w + logOdds * (low + i));
      const largest = logs.reduce((most, x) => Math.max(most, x), -Infinity);
      const weights = logs.map((x) => Math.exp(x - largest));
      const sum = weights.reduce((t, w) => t + w, 0);
      return weights.map((w) => w / sum);
    },
  };
}

/** Chi-squared test of a 2×2 table with an interval for the difference of rates. */
export interface ContinuityCorrected {
  readonly kind: "estimate";
  readonly chiSquared: number;
  readonly pValue: number;
  readonly interval: Interval;
}

/**
 * Chi-squared test of equal rates, with Yates' continuity correction when `correct`.
 *
 * @see Yates (1934); correction and interval as in R's `prop.test`.
 * @formula χ² = Σ (|O − E| − y)²/E, y = min(½, |O − E|) with Yates' correction and 0 without
 * @assumes independent units, expected counts of about 5
 * @example
 * const control = { n: 200, conversions: 9 };
 * const treatment = { n: 180, conversions: 30 };
 * chiSquaredTwoByTwo(control, treatment, { confidence: 0.95, correct: true }) // => { chiSquared: 13.934, pValue: 0.0001893 }
 */
export function chiSquaredTwoByTwo(
  control: Conversions,
  treatment: Conversions,
  { confidence, correct }: { readonly confidence: number; readonly correct: boolean },
): ContinuityCorrected | Refused<"invalid-input" | "too-few" | "zero-variance"> {
  const fault = countsFault(control, treatment);
  if (fault !== null) return fault;
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const pooled = (control.conversions + treatment.conversions) / (control.n + treatment.n);
  if (pooled === 0 || pooled === 1) return refuse("zero-variance", "nobody or everybody converted in both arms");
  const perUnit = 1 / control.n + 1 / treatment.n;
  const [p1, p2] = [control.conversions / control.n, treatment.conversions / treatment.n];
  const yates = correct ? Math.min(0.5, Math.abs(p2 - p1) / perUnit) : 0;
  const gap = Math.abs(treatment.conversions - treatment.n * pooled) - yates;
  const chiSquared = (gap * gap * perUnit) / (pooled * (1 - pooled));
  const half =
    -normalQuantile((1 - confidence) / 2) * Math.sqrt((p1 * (1 - p1)) / control.n + (p2 * (1 - p2)) / treatment.n) +
    yates * perUnit;
  return {
    kind: "estimate",
    chiSquared,
    pValue: chiSquaredSf(chiSquared, 1),
    interval: { lower: Math.max(-1, p2 - p1 - half), upper: Math.min(1, p2 - p1 + half) },
  };
}
