import { logarithmicShare, polynomialShare, type OnlineProcedure, type OnlineTests } from "./online-fdr.ts";

/** `lambda` < `tau` ≤ 1; `initialWealth` in (0, alpha]. */
export interface AddisOptions {
  readonly lambda?: number;
  readonly tau?: number;
  readonly initialWealth?: number;
}

/**
 * ADDIS: as SAFFRON, but p-values above tau cost nothing. The most powerful choice when p-values of null tests are conservative, as
 * those of sequential tests are; independent p-values only.
 *
 * @see Tian & Ramdas (2019), "ADDIS: an adaptive discarding algorithm for online FDR control with conservative nulls", section 3.
 */
export function addis(
  alpha: number,
  { lambda = 0.25, tau = 0.5, initialWealth = (tau * lambda * alpha) / 2 }: AddisOptions = {},
): OnlineProcedure {
  return {
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
  };
}

/**
 * ADDIS-spending: family-wise error instead of the false discovery rate, with the same discarding.
 *
 * @see Tian & Ramdas (2021), "Online control of the familywise error rate", section 3.
 */
export function addisSpending(
  alpha: number,
  { lambda = 0.25, tau = 0.5 }: Omit<AddisOptions, "initialWealth"> = {},
): OnlineProcedure {
  return {
    lambda,
    tau,
    level: (past) => Math.min(lambda, alpha * (tau - lambda) * polynomialShare(spentSince(past, 0) + 1)),
  };
}

/**
 * LORD++ that discards p-values above tau.
 *
 * @see Tian & Ramdas (2019), section 2 (D-LORD).
 */
export function lordDiscarding(
  alpha: number,
  { tau = 0.5, initialWealth = alpha / 10 }: Omit<AddisOptions, "lambda"> = {},
): OnlineProcedure {
  return {
    lambda: 1,
    tau,
    level: ({ rejected, kept }) => {
      const share = (since: number): number => logarithmicShare(kept.filter((j) => j > since).length + 1);
      return rejected.reduce(
        (level, discovery, k) => level + (tau * alpha - (k === 0 ? initialWealth : 0)) * share(discovery),
        initialWealth * share(0),
      );
    },
  };
}

/**
 * LOND for any dependence: the level of the t-th test divided by 1 + ½ + … + 1/t.
 *
 * @see Zrnic, Ramdas & Jordan (2021), section 5.
 */
export function londDependent(alpha: number): OnlineProcedure {
  return {
    lambda: 1,
    level: ({ count, rejected }) => {
      let harmonic = 0;
      for (let j = 1; j <= count + 1; j++) harmonic += 1 / j;
      return (alpha * logarithmicShare(count + 1) * (rejected.length + 1)) / harmonic;
    },
  };
}

/** Tests kept but not candidates, after a given one: those that cost something. */
function spentSince({ kept, candidates }: OnlineTests, since: number): number {
  const after = (numbers: readonly number[]): number => numbers.filter((j) => j > since).length;
  return after(kept) - after(candidates);
}
