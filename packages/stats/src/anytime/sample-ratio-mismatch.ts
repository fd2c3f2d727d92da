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
 * @formula χ² = Σ (n_i − N·p_i)²/(N·p_i), with arms − 1 degrees of freedom
 * @assumes units assigned independently; expected counts of 5 or more
 * @returns `impossible-arm` when an arm of share 0 has units (a fault for certain, no test needed), `too-few` without units,
 * `invalid-input` with fewer than two arms, or counts and shares that are negative, not finite or not as many
 * @see Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD.
 * @example
 * chiSquaredSampleRatio({ counts: [5000, 5200], expected: [1, 1] }) // => { chiSquared: 3.92157, pValue: 0.0476704 }
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
 * Computed without cancellation, so it is as exact at 10¹² units as at 10. Depends on the counts only, not on how they were batched. Valid under continuous looking.
 *
 * @param input.concentration - weight of the prior on the designed shares, in units. 100-1000 finds gross faults soon;
 * 10,000 (ssrm's default) is tuned for tiny imbalances seen late.
 * @formula BF = Γ(K)/Γ(K + N)·Π Γ(K·p_i + n_i)/(Γ(K·p_i)·p_i^n_i); alarm at BF ≥ 1/α
 * @assumes units assigned independently; nothing about the number of looks
 * @returns refusals as `chiSquaredSampleRatio`, but no units at all are no evidence
 * @see Lindon & Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS, eq. 8.
 * @example
 * sequentialSampleRatio({ counts: [5000, 5400], expected: [1, 1], concentration: 1000 }) // => { logBayesFactor: 5.8, pValue: 0.003 }
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
  const logBayesFactor = logDirichletMultinomial(arms, total, concentration);
  return { kind: "estimate", logBayesFactor, pValue: Math.min(1, Math.exp(-logBayesFactor)) };
}

/**
 * ln BF with ln Γ(z) = (z − ½) ln z − z + ½ ln 2π + c(z). What is large cancels on paper: with m_i = K·p_i + n_i and M = K + N
 * the leading terms are M times the divergence of m/M from p, written by the differences d_i = n_i − N·p_i.
 */
function logDirichletMultinomial({ counts, shares }: Arms, total: number, concentration: number): number {
  const after = concentration + total;
  let sum = 0.5 * Math.log(after / concentration) - logGammaRest(after) + logGammaRest(concentration);
  counts.forEach((n, arm) => {
    const share = shares[arm] ?? 0;
    const before = concentration * share;
    const difference = n - total * share;
    sum +=
      (before + n) * Math.log1p(difference / (after * share)) -
      difference -
      0.5 * Math.log((before + n) / before) +
      logGammaRest(before + n) -
      logGammaRest(before);
  });
  return sum;
}

/** c(z) = ln Γ(z) − (z − ½) ln z + z − ½ ln 2π: Stirling's series, which has all digits of a double from 10 on. */
function logGammaRest(z: number): number {
  if (z < 10) return logGamma(z) - (z - 0.5) * Math.log(z) + z - 0.5 * Math.log(2 * Math.PI);
  const s = 1 / (z * z);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / z;
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
