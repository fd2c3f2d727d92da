import { isWealth, polynomialShare, whenValid, type OnlineProcedure } from "./online-tests.ts";
import { countAfter, numbersAfter } from "./test-numbers.ts";

/**
 * SAFFRON: as LORD++ but spends only on tests that are no candidates (p > lambda); more powerful where many effects are real.
 *
 * @param options.lambda - in (0, 1); ½ unless given. `initialWealth` in (0, alpha]; alpha/2 unless given.
 * @formula α_t = min(λ, (1 − λ)·[w0·g(t − C₀) + (α − w0)·g(t − τ₁ − C₁) + α·Σ_{j≥2} g(t − τ_j − C_j)]); g(j) = 0.4375·j^−1.6,
 * C_j the candidates since the j-th discovery
 * @assumes independent p-values
 * @see Ramdas, Zrnic, Wainwright & Jordan (2018), "SAFFRON: an adaptive algorithm for online control of the FDR", section 2.
 * @example
 * testOnline(saffron(0.05), noOnlineTests, 0.001) // => { rejected: true, level: 0.00546863 }
 */
export function saffron(
  alpha: number,
  { lambda = 0.5, initialWealth = alpha / 2 }: { readonly lambda?: number; readonly initialWealth?: number } = {},
): OnlineProcedure {
  return whenValid(isWealth(alpha, initialWealth) && lambda > 0 && lambda < 1, {
    lambda,
    level: ({ count, rejected, candidates }) => {
      const t = count + 1;
      const since = (tau: number): number => numbersAfter(candidates, tau);
      const earned = rejected.reduce(
        (sum, tau, k) => sum + (k === 0 ? alpha - initialWealth : alpha) * polynomialShare(t - tau - since(tau)),
        initialWealth * polynomialShare(t - since(0)),
      );
      return Math.min(lambda, (1 - lambda) * earned);
    },
  });
}

/**
 * Alpha-investing: SAFFRON whose candidates are the discoveries themselves.
 *
 * @param initialWealth - w0 in (0, alpha]; alpha/2 unless given.
 * @formula α_t = s/(1 + s), s = w0·g(t − R₀) + (α − w0)·g(t − τ₁ − R₁) + α·Σ_{j≥2} g(t − τ_j − R_j), R_j the discoveries since the j-th
 * @assumes independent p-values
 * @see Foster & Stine (2008), "α-investing"; in this form Ramdas, Zrnic, Wainwright & Jordan (2018), section 2.4.
 * @example
 * testOnline(alphaInvesting(0.05), noOnlineTests, 0.001) // => { rejected: true, level: 0.010819 }
 */
export function alphaInvesting(alpha: number, initialWealth: number = alpha / 2): OnlineProcedure {
  return whenValid(isWealth(alpha, initialWealth), {
    lambda: 0,
    level: ({ count, rejected }) => {
      const t = count + 1;
      const share = (tau: number): number => polynomialShare(t - tau - countAfter(rejected, tau));
      const earned = rejected.reduce(
        (sum, tau, k) => sum + (k === 0 ? alpha - initialWealth : alpha) * share(tau),
        initialWealth * share(0),
      );
      return earned / (1 + earned);
    },
  });
}
