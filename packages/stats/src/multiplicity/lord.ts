import { isWealth, logarithmicShare, whenValid, type OnlineProcedure, type OnlineTests } from "./online-tests.ts";
import { numbersAfter } from "./test-numbers.ts";

/**
 * LORD++: levels for an endless stream of tests that keep the false discovery rate at alpha.
 *
 * @param initialWealth - w0 in (0, alpha]; alpha/10 unless given.
 * @formula α_t = w0·g(t) + (α − w0)·g(t − τ₁) + α·Σ_{j≥2} g(t − τ_j); g(j) = 0.0772·ln(max(j, 2))/(j·e^√ln j), τ_j the j-th discovery
 * @assumes independent p-values; the order of the tests does not depend on their p-values
 * @see Ramdas, Yang, Wainwright & Jordan (2017), "Online control of the false discovery rate with decaying memory", eq. 9.
 * @example
 * const first = testOnline(lordPlusPlus(0.05), noOnlineTests, 1e-6);
 * first // => { rejected: true, level: 0.000267584 }
 * testOnline(lordPlusPlus(0.05), first.tests, 0.3) // => { rejected: false, level: 0.00246645 }
 */
export function lordPlusPlus(alpha: number, initialWealth: number = alpha / 10): OnlineProcedure {
  return whenValid(isWealth(alpha, initialWealth), {
    lambda: 0,
    level: ({ count, rejected }) => {
      const t = count + 1;
      return rejected.reduce(
        (level, tau, k) => level + (k === 0 ? alpha - initialWealth : alpha) * logarithmicShare(t - tau),
        initialWealth * logarithmicShare(t),
      );
    },
  });
}

/**
 * LORD++ that discards p-values above tau: more powerful where p-values of null tests are conservative.
 *
 * @param options.tau - in (0, 1); ½ unless given. `initialWealth` in (0, alpha]; alpha/10 unless given.
 * @formula α_t = min(τ, w0·g(s₀) + (τα − w0)·g(s₁) + τα·Σ_{j≥2} g(s_j)), s_j = 1 + tests since the j-th discovery with p ≤ τ
 * @assumes independent p-values; those of null tests are uniform or stochastically larger, also given p ≤ τ
 * @see Tian & Ramdas (2019), "ADDIS: an adaptive discarding algorithm for online FDR control with conservative nulls", section 2.
 * @example
 * const past = testOnline(lordDiscarding(0.05), noOnlineTests, 0.9).tests;
 * testOnline(lordDiscarding(0.05), past, 0.2) // => { rejected: false, level: 0.000267584 }
 */
export function lordDiscarding(
  alpha: number,
  { tau = 0.5, initialWealth = alpha / 10 }: { readonly tau?: number; readonly initialWealth?: number } = {},
): OnlineProcedure {
  return whenValid(isWealth(alpha, initialWealth) && tau > 0 && tau < 1, {
    lambda: 0,
    tau,
    level: ({ count, rejected, discarded }) => {
      const share = (since: number): number => logarithmicShare(count - since - numbersAfter(discarded, since) + 1);
      const earned = rejected.reduce(
        (level, discovery, k) => level + (tau * alpha - (k === 0 ? initialWealth : 0)) * share(discovery),
        initialWealth * share(0),
      );
      return Math.min(tau, earned);
    },
  });
}

/** What LORD 3 starts with and what a discovery pays; together at most alpha. */
export interface WealthOptions {
  readonly initialWealth?: number;
  readonly payout?: number;
}

/**
 * LORD 3: levels that depend on the last discovery and on the wealth there; simpler than LORD++ and a little less powerful.
 *
 * @param options - `initialWealth` alpha/10, `payout` the rest of alpha unless given.
 * @formula α_t = g(t − τ)·W(τ), τ the last discovery; W(t) = W(t − 1) − α_t + payout·1{rejected}, W(0) = w0
 * @assumes independent p-values
 * @see Javanmard & Montanari (2018), "Online rules for control of false discovery rate and false discovery exceedance", section 3.1.
 * @example
 * const first = testOnline(lordThree(0.05), noOnlineTests, 1e-6);
 * testOnline(lordThree(0.05), first.tests, 0.3) // => { rejected: false, level: 0.00266152 }
 */
export function lordThree(alpha: number, options: WealthOptions = {}): OnlineProcedure {
  return lordByWealth(alpha, options, (t, since) => logarithmicShare(t - since));
}

/**
 * LORD for dependent p-values: as LORD 3 with a share that falls with the number of tests, not with the time since a discovery.
 *
 * Pays dearly for its freedom: with e-values `eLond` does better under the same dependence.
 *
 * @param options - `initialWealth` alpha/10, `payout` the rest of alpha unless given.
 * @formula α_t = ξ(t)·W(τ), ξ(j) = 0.139307/(j·ln³ max(j, 2)), τ and W as in LORD 3
 * @assumes nothing about the dependence of the p-values
 * @see Javanmard & Montanari (2018), section 3.3, example 3.8.
 * @example
 * testOnline(lordDependent(0.05), noOnlineTests, 1e-6) // => { rejected: true, level: 0.00209154 }
 */
export function lordDependent(alpha: number, options: WealthOptions = {}): OnlineProcedure {
  return lordByWealth(alpha, options, (t) => 0.139307 / (t * Math.log(Math.max(t, 2)) ** 3));
}

function lordByWealth(
  alpha: number,
  { initialWealth = alpha / 10, payout = alpha - initialWealth }: WealthOptions,
  share: (t: number, since: number) => number,
): OnlineProcedure {
  const isValid = isWealth(alpha, initialWealth) && payout > 0 && initialWealth + payout <= alpha * (1 + 1e-12);
  return whenValid(isValid, {
    lambda: 0,
    level: ({ count, rejected }: OnlineTests) => {
      // The wealth is not kept in the state: it follows from when the discoveries were made.
      let [wealth, since] = [initialWealth, 0];
      for (const discovery of rejected) {
        let spent = 0;
        for (let t = since + 1; t <= discovery; t++) spent += share(t, since);
        wealth += payout - wealth * spent;
        since = discovery;
      }
      return wealth * share(count + 1, since);
    },
  });
}
