/** Indices that sort values ascending. */
function ascending(values: readonly number[]): readonly number[] {
  return values.map((_, i) => i).toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
}

/** Adjusted values by rank, made monotone from the largest p downwards, back in the order of the input. */
function stepUp(pValues: readonly number[], factor: (rank: number) => number): readonly number[] {
  const adjusted = pValues.map(() => 1);
  let smallest = 1;
  const order = ascending(pValues);
  for (let rank = order.length; rank >= 1; rank--) {
    const i = order[rank - 1] ?? 0;
    smallest = Math.min(smallest, factor(rank) * (pValues[i] ?? 1));
    adjusted[i] = smallest;
  }
  return adjusted;
}

/**
 * Benjamini-Hochberg adjusted p-values: reject those ≤ q for a false discovery rate of q. Independent or positively dependent tests.
 *
 * @see Benjamini & Hochberg (1995).
 */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  return stepUp(pValues, (rank) => pValues.length / rank);
}

/**
 * Benjamini-Yekutieli: as BH under **any** dependence, at the price of a factor Σ 1/i. For segments that share a control.
 *
 * @see Benjamini & Yekutieli (2001), theorem 1.3.
 */
export function benjaminiYekutieli(pValues: readonly number[]): readonly number[] {
  const harmonic = pValues.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return stepUp(pValues, (rank) => (harmonic * pValues.length) / rank);
}

/** Hochberg's step-up adjusted p-values: family-wise error, independent tests. @see Hochberg (1988). */
export function hochberg(pValues: readonly number[]): readonly number[] {
  return stepUp(pValues, (rank) => pValues.length - rank + 1);
}

/** Holm's step-down adjusted p-values: reject those ≤ alpha for a family-wise error of alpha, any dependence. @see Holm (1979). */
export function holm(pValues: readonly number[]): readonly number[] {
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  ascending(pValues).forEach((i, k) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - k) * (pValues[i] ?? 1)));
    adjusted[i] = largest;
  });
  return adjusted;
}

/** Bonferroni adjusted p-values. */
export function bonferroni(pValues: readonly number[]): readonly number[] {
  return pValues.map((p) => Math.min(1, p * pValues.length));
}

/** Hommel's adjusted p-values: uniformly sharper than Hochberg's; O(m²). @see Hommel (1988); Wright (1992). */
export function hommel(pValues: readonly number[]): readonly number[] {
  const n = pValues.length;
  const order = ascending(pValues);
  const p = order.map((i) => pValues[i] ?? 1);
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
 * e-BH: which hypotheses to reject so that the false discovery rate is at most alpha under **any** dependence.
 *
 * Rejects the k largest e-values for the largest k with e_(k) ≥ K/(αk). Works on e-processes stopped at different times.
 *
 * @see Wang & Ramdas (2022), "False discovery rate control with e-values", JRSSB.
 */
export function eBenjaminiHochberg(eValues: readonly number[], alpha: number): readonly boolean[] {
  const descending = ascending(eValues).toReversed();
  let rejected = 0;
  descending.forEach((i, k) => {
    if ((eValues[i] ?? 0) * alpha * (k + 1) >= eValues.length) rejected = k + 1;
  });
  const chosen = new Set(descending.slice(0, rejected));
  return eValues.map((_, i) => chosen.has(i));
}

/**
 * Storey's q-values with the share of true nulls estimated at a fixed lambda.
 *
 * @see Storey (2002), "A direct approach to false discovery rates"; Storey & Tibshirani (2003).
 */
export function storeyQValues(
  pValues: readonly number[],
  { lambda }: { readonly lambda: number },
): { readonly nullShare: number; readonly qValues: readonly number[] } {
  const above = pValues.filter((p) => p >= lambda).length;
  const nullShare = Math.min(1, above / (pValues.length * (1 - lambda)));
  return { nullShare, qValues: benjaminiHochberg(pValues).map((p) => nullShare * p) };
}
