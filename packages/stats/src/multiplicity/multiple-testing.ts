import { ascendingOrder } from "../numerics/ascending-order.ts";
import { refuse, type Refused } from "../refused.ts";

/** p-values made comparable with one error rate, in the order of the input; none for no tests. */
export type AdjustedPValues = readonly number[] | Refused<"invalid-p-value">;

function faultOf(pValues: readonly number[]): Refused<"invalid-p-value"> | null {
  const bad = pValues.find((p) => !(p >= 0 && p <= 1));
  return bad === undefined ? null : refuse("invalid-p-value", `a p-value must be in [0, 1], got ${bad}`);
}

/** Adjusted values by rank, made monotone from the largest p downwards, back in the order of the input. */
function stepUp(pValues: readonly number[], factor: (rank: number) => number): readonly number[] {
  const adjusted = pValues.map(() => 1);
  let smallest = 1;
  const order = ascendingOrder(pValues);
  for (let rank = order.length; rank >= 1; rank--) {
    const i = order[rank - 1] ?? 0;
    smallest = Math.min(smallest, factor(rank) * (pValues[i] ?? 1));
    adjusted[i] = smallest;
  }
  return adjusted;
}

/**
 * Benjamini-Hochberg adjusted p-values: reject those ≤ q for a false discovery rate of q.
 *
 * @formula p̃_(k) = min_{j≥k} min(1, m·p_(j)/j)
 * @assumes independent or positively dependent tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Benjamini & Hochberg (1995), "Controlling the false discovery rate", JRSSB.
 * @example
 * benjaminiHochberg([0.01, 0.04, 0.03]) // => [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: readonly number[]): AdjustedPValues {
  return faultOf(pValues) ?? stepUp(pValues, (rank) => pValues.length / rank);
}

/**
 * Benjamini-Yekutieli adjusted p-values: as Benjamini-Hochberg under any dependence, for segments that share a control.
 *
 * @formula p̃_(k) = min_{j≥k} min(1, h·m·p_(j)/j), h = 1 + ½ + … + 1/m
 * @assumes nothing about the dependence of the tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Benjamini & Yekutieli (2001), "The control of the false discovery rate in multiple testing under dependency", theorem 1.3.
 * @example
 * benjaminiYekutieli([0.01, 0.04, 0.03]) // => [0.055, 0.07333333333333333, 0.07333333333333333]
 */
export function benjaminiYekutieli(pValues: readonly number[]): AdjustedPValues {
  const harmonic = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return faultOf(pValues) ?? stepUp(pValues, (rank) => (harmonic * pValues.length) / rank);
}

/**
 * Hochberg's step-up adjusted p-values: reject those ≤ alpha for a family-wise error of alpha.
 *
 * @formula p̃_(k) = min_{j≥k} min(1, (m − j + 1)·p_(j))
 * @assumes independent or positively dependent tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Hochberg (1988), "A sharper Bonferroni procedure for multiple tests of significance", Biometrika.
 * @example
 * hochberg([0.01, 0.04, 0.03]) // => [0.03, 0.04, 0.04]
 */
export function hochberg(pValues: readonly number[]): AdjustedPValues {
  return faultOf(pValues) ?? stepUp(pValues, (rank) => pValues.length - rank + 1);
}

/**
 * Holm's step-down adjusted p-values: reject those ≤ alpha for a family-wise error of alpha.
 *
 * @formula p̃_(k) = max_{j≤k} min(1, (m − j + 1)·p_(j))
 * @assumes nothing about the dependence of the tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics.
 * @example
 * holm([0.01, 0.04, 0.03]) // => [0.03, 0.06, 0.06]
 */
export function holm(pValues: readonly number[]): AdjustedPValues {
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  ascendingOrder(pValues).forEach((i, k) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - k) * (pValues[i] ?? 1)));
    adjusted[i] = largest;
  });
  return faultOf(pValues) ?? adjusted;
}

/**
 * Bonferroni adjusted p-values: reject those ≤ alpha for a family-wise error of alpha; Holm's are never worse.
 *
 * @formula p̃ = min(1, m·p)
 * @assumes nothing about the dependence of the tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Dunn (1961), "Multiple comparisons among means", JASA.
 * @example
 * bonferroni([0.01, 0.04, 0.5]) // => [0.03, 0.12, 1]
 */
export function bonferroni(pValues: readonly number[]): AdjustedPValues {
  return faultOf(pValues) ?? pValues.map((p) => Math.min(1, p * pValues.length));
}

/**
 * Hommel's adjusted p-values: as Hochberg's and uniformly sharper; O(m²).
 *
 * @formula p̃_(k) = the smallest alpha at which Simes' test rejects every intersection of hypotheses that contains the k-th
 * @assumes independent or positively dependent tests
 * @returns `invalid-p-value` when one is outside [0, 1]
 * @see Hommel (1988), "A stagewise rejective multiple test procedure"; Wright (1992), "Adjusted p-values for simultaneous inference", figure 1.
 * @example
 * hommel([0.01, 0.04, 0.03]) // => [0.03, 0.04, 0.04]
 */
export function hommel(pValues: readonly number[]): AdjustedPValues {
  const fault = faultOf(pValues);
  if (fault !== null) return fault;
  const n = pValues.length;
  const order = ascendingOrder(pValues);
  const p = Array.from(order, (i) => pValues[i] ?? 1);
  const simes = p.reduce((least, x, i) => Math.min(least, (n * x) / (i + 1)), Infinity);
  const q = p.map(() => simes);
  const best = p.map(() => simes);
  for (let m = n - 1; m >= 2; m--) {
    const split = n - m + 1;
    let tail = Infinity;
    for (let j = 2; j <= m; j++) tail = Math.min(tail, (m * (p[split + j - 2] ?? 1)) / j);
    for (let i = 0; i < n; i++) q[i] = i < split ? Math.min(m * (p[i] ?? 1), tail) : (q[split - 1] ?? 1);
    for (let i = 0; i < n; i++) best[i] = Math.max(best[i] ?? 0, q[i] ?? 0);
  }
  const adjusted = pValues.map(() => 1);
  order.forEach((i, k) => {
    adjusted[i] = Math.min(1, Math.max(best[k] ?? 1, p[k] ?? 1));
  });
  return adjusted;
}

/**
 * e-BH: which hypotheses to reject by their e-values so that the false discovery rate is at most alpha.
 *
 * Works on e-processes that stopped at different times, and on segments that share a control.
 *
 * @param eValues - not negative; Infinity for evidence beyond doubt.
 * @formula reject the k largest for the largest k with e_(k) ≥ m/(αk)
 * @assumes nothing about the dependence of the e-values
 * @returns whether each is rejected, in the order of the input; `invalid-e-value` for a negative one or NaN
 * @see Wang & Ramdas (2022), "False discovery rate control with e-values", JRSSB, section 4.
 * @example
 * eBenjaminiHochberg([70, 2, 45], 0.05) // => [true, false, true]
 */
export function eBenjaminiHochberg(
  eValues: readonly number[],
  alpha: number,
): readonly boolean[] | Refused<"invalid-e-value" | "invalid-alpha"> {
  const bad = eValues.find((e) => !(e >= 0));
  if (bad !== undefined) return refuse("invalid-e-value", `an e-value must be 0 or more, got ${bad}`);
  if (!(alpha > 0 && alpha < 1)) return refuse("invalid-alpha", `alpha must be in (0, 1), got ${alpha}`);
  const descending = ascendingOrder(eValues).toReversed();
  let rejected = 0;
  descending.forEach((i, k) => {
    if ((eValues[i] ?? 0) * alpha * (k + 1) >= eValues.length) rejected = k + 1;
  });
  const chosen = new Set(descending.slice(0, rejected));
  return eValues.map((_, i) => chosen.has(i));
}

/**
 * Storey's q-values: the false discovery rate at which each test is just rejected, with the share of true nulls estimated.
 *
 * @param options.lambda - in [0, 1): p-values from here on count as nulls.
 * @formula q = π₀·p̃, p̃ Benjamini-Hochberg adjusted, π₀ = min(1, #{p ≥ λ}/((1 − λ)·m))
 * @assumes independent or weakly dependent tests, many of them
 * @returns `too-few` without tests or without any p ≥ λ (the share of nulls would be 0), `invalid-lambda`, `invalid-p-value`
 * @see Storey (2002), "A direct approach to false discovery rates", JRSSB; Storey & Tibshirani (2003), PNAS.
 * @example
 * storeyQValues([0.01, 0.02, 0.6, 0.1], { lambda: 0.5 }) // => { nullShare: 0.5, qValues: [0.02, 0.02, 0.3, 0.06666666666666667] }
 */
export function storeyQValues(
  pValues: readonly number[],
  { lambda }: { readonly lambda: number },
):
  | { readonly kind: "estimate"; readonly nullShare: number; readonly qValues: readonly number[] }
  | Refused<"too-few" | "invalid-lambda" | "invalid-p-value"> {
  if (!(lambda >= 0 && lambda < 1)) return refuse("invalid-lambda", `lambda must be in [0, 1), got ${lambda}`);
  const adjusted = benjaminiHochberg(pValues);
  if ("kind" in adjusted) return adjusted;
  const above = pValues.filter((p) => p >= lambda).length;
  if (above === 0)
    return refuse("too-few", `no p-value of ${pValues.length} is ${lambda} or more; take a smaller lambda`);
  const nullShare = Math.min(1, above / (pValues.length * (1 - lambda)));
  return { kind: "estimate", nullShare, qValues: adjusted.map((p) => nullShare * p) };
}
