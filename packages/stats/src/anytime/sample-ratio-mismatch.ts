import { refuse, type Refused } from "../refused.ts";
import { chiSquaredSf, logGamma } from "../numerics/special-functions.ts";

/** Fixed-horizon answer of the chi-squared test of an allocation. */
export interface ChiSquaredFit {
  readonly kind: "estimate";
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/** Why an allocation cannot be judged. */
export type SampleRatioRefusal = "invalid-input" | "too-few" | "impossible-arm";

/** Observed units per arm and the shares they should have; shares are scaled to sum to 1. */
export interface SampleRatioInput {
  readonly counts: readonly number[];
  readonly expected: readonly number[];
}

/**
 * Chi-squared test that units were split over the arms as designed. One look only; for a live display use `sequentialSampleRatio`.
 *
 * Arms with expected share 0 must be empty and then do not count as arms.
 *
 * @returns `impossible-arm` when an arm of share 0 has units (a fault for certain, no test needed), `too-few` without units.
 * @see Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD.
 */
export function chiSquaredSampleRatio(input: SampleRatioInput): ChiSquaredFit | Refused<SampleRatioRefusal> {
  const arms = designedArms(input);
  if ("kind" in arms) return arms;
  const total = arms.counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return refuse("too-few", "no units yet");
  let chiSquared = 0;
  arms.counts.forEach((n, arm) => {
    const expected = total * (arms.shares[arm] ?? 0);
    chiSquared += (n - expected) ** 2 / expected;
  });
  const degreesOfFreedom = arms.counts.length - 1;
  return { kind: "estimate", chiSquared, degreesOfFreedom, pValue: chiSquaredSf(chiSquared, degreesOfFreedom) };
}

/** Evidence that units are not split as designed. */
export interface SequentialSampleRatio {
  readonly kind: "estimate";
  /** ln of the Bayes factor against the design: an e-process, so alarm at ln(1/alpha) however often it is looked at. */
  readonly logBayesFactor: number;
  /** min(1, 1/BF) of this look; the always-valid p-value is the smallest over all looks. */
  readonly pValue: number;
}

/**
 * Sequential test for sample ratio mismatch: Dirichlet-multinomial Bayes factor of the counts so far.
 *
 * Depends on the counts only, not on how they were batched. Valid under continuous looking.
 *
 * @param input.concentration - weight of the prior on the designed shares, in units. 100-1000 finds gross faults soon;
 * 10,000 (ssrm's default) is tuned for tiny imbalances seen late.
 * @see Lindon & Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS, eq. 8.
 */
export function sequentialSampleRatio({
  counts,
  expected,
  concentration,
}: SampleRatioInput & { readonly concentration: number }): SequentialSampleRatio | Refused<SampleRatioRefusal> {
  if (!(concentration > 0 && Number.isFinite(concentration)))
    return refuse("invalid-input", `concentration must be positive, got ${concentration}`);
  const arms = designedArms({ counts, expected });
  if ("kind" in arms) return arms;
  const total = arms.counts.reduce((sum, n) => sum + n, 0);
  let logBayesFactor = -logRising(concentration, total);
  arms.counts.forEach((n, arm) => {
    const share = arms.shares[arm] ?? 0;
    logBayesFactor += logRising(concentration * share, n) - n * Math.log(share);
  });
  return { kind: "estimate", logBayesFactor, pValue: Math.min(1, Math.exp(-logBayesFactor)) };
}

/** ln of a(a+1)…(a+n−1). */
function logRising(a: number, n: number): number {
  return n === 0 ? 0 : logGamma(a + n) - logGamma(a);
}

type Arms = { readonly counts: readonly number[]; readonly shares: readonly number[] };

function designedArms({ counts, expected }: SampleRatioInput): Arms | Refused<SampleRatioRefusal> {
  const badCount = counts.find((n) => !(Number.isFinite(n) && n >= 0));
  const badShare = expected.find((share) => !(Number.isFinite(share) && share >= 0));
  if (badCount !== undefined || badShare !== undefined || counts.length !== expected.length) {
    return refuse(
      "invalid-input",
      `counts and expected shares must be as many, finite and not negative, got ${counts.length} and ${expected.length}`,
    );
  }
  const stray = counts.findIndex((n, arm) => n > 0 && expected[arm] === 0);
  if (stray >= 0)
    return refuse(
      "impossible-arm",
      `arm ${stray} should get no units but has ${counts[stray]}; the assignment is broken`,
    );
  const designed = expected.flatMap((share, arm) => (share > 0 ? [arm] : []));
  if (designed.length < 2)
    return refuse("invalid-input", "a ratio needs at least two arms with a positive expected share");
  const total = expected.reduce((sum, share) => sum + share, 0);
  return {
    counts: designed.map((arm) => counts[arm] ?? 0),
    shares: designed.map((arm) => (expected[arm] ?? 0) / total),
  };
}
