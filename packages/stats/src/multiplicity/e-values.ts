/**
 * Joint evidence of e-values that each hold given those before: stages of one experiment, or independent experiments.
 *
 * @param logEValues - ln of each e-value; none at all is no evidence, ln 1 = 0.
 * @returns ln of the product; NaN for evidence that is at once impossible and beyond doubt (0·∞).
 * @formula ln e = Σ ln e_k
 * @assumes each e-value has expectation at most 1 under the null given those before
 * @see Vovk & Wang (2021), "E-values: calibration, combination and applications", section 4; Grünwald, de Heide & Koolen (2024),
 * "Safe testing", section 2.
 * @example
 * Math.exp(multiplyEValues([Math.log(4), Math.log(10)])) // => 40
 */
export function multiplyEValues(logEValues: readonly number[]): number {
  return logEValues.reduce((sum, logE) => sum + logE, 0);
}

/**
 * Joint evidence of e-values about one null that may depend on each other in any way: segments, metrics, or analyses of one data set.
 *
 * @param logEValues - ln of each e-value, at least one.
 * @param weights - not negative, as many; equal unless given, scaled to sum to 1. Fix them before the data.
 * @returns ln of the weighted mean; NaN without e-values or without weight.
 * @formula ln e = ln Σ w_k e_k, Σ w_k = 1
 * @assumes nothing about the dependence of the e-values
 * @see Vovk & Wang (2021), section 3: the average is the one admissible symmetric way.
 * @example
 * Math.exp(averageEValues([Math.log(4), Math.log(10)])) // => 7
 */
export function averageEValues(
  logEValues: readonly number[],
  weights: readonly number[] = logEValues.map(() => 1),
): number {
  if (weights.length !== logEValues.length || weights.some((w) => !(w >= 0 && w < Infinity))) return NaN;
  const total = weights.reduce((sum, w) => sum + w, 0);
  const counted = logEValues.filter((_, k) => weights[k] !== 0);
  if (!(total > 0) || counted.some((logE) => Number.isNaN(logE))) return NaN;
  const largest = counted.reduce((most, logE) => Math.max(most, logE), -Infinity);
  if (!Number.isFinite(largest)) return largest;
  const mean = logEValues.reduce((sum, logE, k) => {
    const weight = weights[k] ?? 0;
    return weight === 0 ? sum : sum + (weight / total) * Math.exp(logE - largest);
  }, 0);
  return largest + Math.log(mean);
}

/**
 * p-value that an e-value stands for, by Markov's inequality; the only admissible way that way round.
 *
 * @param logEValue - ln of the e-value; −Infinity for 0.
 * @returns in [0, 1]; NaN for NaN.
 * @formula p = min(1, 1/e)
 * @assumes an e-value: expectation at most 1 under the null, at any stopping time
 * @see Vovk & Wang (2021), proposition 2.2.
 * @example
 * pValueFromEValue(Math.log(20)) // => 0.05
 */
export function pValueFromEValue(logEValue: number): number {
  return Math.min(1, Math.exp(-logEValue));
}

/**
 * Evidence in a p-value: what it may count in a product or an average of e-values.
 *
 * @param pValue - in [0, 1]; NaN otherwise.
 * @param kappa - in (0, 1): small bets on tiny p-values. Without it the mixture over all kappa, which needs no choice.
 * @returns ln of the e-value; Infinity for p = 0.
 * @formula e = κ·p^(κ − 1); without κ: e = ∫₀¹ κ·p^(κ − 1) dκ = (1 − p + p·ln p)/(p·ln² p)
 * @assumes P(p-value ≤ u) ≤ u under the null; κ is fixed before the data
 * @see Vovk & Wang (2021), eq. 1 and 2; Shafer (2021), "Testing by betting".
 * @example
 * Math.exp(eValueFromPValue(0.01, 0.5)) // => 5
 * Math.exp(eValueFromPValue(0.01)) // => 4.45099
 */
export function eValueFromPValue(pValue: number, kappa?: number): number {
  if (!(pValue >= 0 && pValue <= 1) || (kappa !== undefined && !(kappa > 0 && kappa < 1))) return NaN;
  const logP = Math.log(pValue);
  if (kappa !== undefined) return Math.log(kappa) + (kappa - 1) * logP;
  if (pValue === 0) return Infinity;
  // Near p = 1 the formula is 0/0; its series there.
  if (logP > -1e-4) return Math.log(0.5 + logP / 3 + (logP * logP) / 8) - logP;
  return Math.log(1 - pValue + pValue * logP) - logP - 2 * Math.log(-logP);
}
