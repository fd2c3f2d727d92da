import { isWealth, polynomialShare, whenValid, type OnlineProcedure, type OnlineTests } from "./online-tests.ts";
import { numbersAfter } from "./test-numbers.ts";

/** `lambda` < `tau` ≤ 1; `initialWealth` in (0, alpha]. */
export interface AddisOptions {
  readonly lambda?: number;
  readonly tau?: number;
  readonly initialWealth?: number;
}

/**
 * ADDIS: as SAFFRON, but p-values above tau cost nothing either.
 *
 * The most powerful choice where p-values of null tests are conservative, as those of sequential tests are.
 *
 * @formula α_t = min(λ, (τ − λ)·[w0·g(s₀) + (α − w0)·g(s₁) + α·Σ_{j≥2} g(s_j)]); g(j) = 0.4375·j^−1.6,
 * s_j = 1 + tests since the j-th discovery with λ < p ≤ τ
 * @assumes independent p-values; those of null tests are uniform or stochastically larger, also given p ≤ τ
 * @see Tian & Ramdas (2019), "ADDIS: an adaptive discarding algorithm for online FDR control with conservative nulls", section 3.
 * @example
 * testOnline(addis(0.05), noOnlineTests, 0.0001) // => { rejected: true, level: 0.000341789 }
 */
export function addis(
  alpha: number,
  { lambda = 0.25, tau = 0.5, initialWealth = (tau * lambda * alpha) / 2 }: AddisOptions = {},
): OnlineProcedure {
  return whenValid(isWealth(alpha, initialWealth) && areThresholds(lambda, tau), {
    lambda,
    tau,
    level: (past) => {
      const share = (since: number): number => polynomialShare(spentSince(past, since) + 1);
      const earned = past.rejected.reduce(
        (sum, discovery, k) => sum + (k === 0 ? alpha - initialWealth : alpha) * share(discovery),
        initialWealth * share(0),
      );
      return Math.min(lambda, (tau - lambda) * earned);
    },
  });
}

/**
 * ADDIS-spending: the probability of any false discovery at all, with the discarding of ADDIS.
 *
 * @formula α_t = min(λ, α·(τ − λ)·g(s)), g(j) = 0.4375·j^−1.6, s = 1 + tests so far with λ < p ≤ τ
 * @assumes independent p-values; those of null tests are uniform or stochastically larger, also given p ≤ τ
 * @see Tian & Ramdas (2021), "Online control of the familywise error rate", section 3.
 * @example
 * testOnline(addisSpending(0.05), noOnlineTests, 0.001) // => { rejected: true, level: 0.00546863 }
 */
export function addisSpending(
  alpha: number,
  { lambda = 0.25, tau = 0.5 }: Omit<AddisOptions, "initialWealth"> = {},
): OnlineProcedure {
  return whenValid(alpha > 0 && alpha < 1 && areThresholds(lambda, tau), {
    lambda,
    tau,
    level: (past) => Math.min(lambda, alpha * (tau - lambda) * polynomialShare(spentSince(past, 0) + 1)),
  });
}

function areThresholds(lambda: number, tau: number): boolean {
  return lambda > 0 && lambda < tau && tau <= 1;
}

/** Tests that cost something, after a given one: neither discarded nor candidates. A test still open counts among them. */
function spentSince({ count, discarded, candidates }: OnlineTests, since: number): number {
  return count - since - numbersAfter(discarded, since) - numbersAfter(candidates, since);
}
