/**
 * False discovery rate over tests that never end: each test gets its level before its p-value is seen, discoveries earn back level.
 *
 * All procedures share one state, so a loop can keep it in a row and go on after a restart. Restarting the count every quarter
 * would break the guarantee; counting guardrails in the same stream as goals would spend the wealth of both.
 */
export interface OnlineTests {
  /** Tests done so far. */
  readonly count: number;
  /** For every rejected test the number (from 1) of the test during which that became known: its own unless outcomes come late. */
  readonly rejected: readonly number[];
  /** Own numbers of the tests with p ≤ lambda; only SAFFRON and ADDIS use them. */
  readonly candidates: readonly number[];
  /** Own numbers of the tests with p ≤ tau; only the discarding procedures use them. */
  readonly kept: readonly number[];
}

/** No test done yet. */
export const noOnlineTests: OnlineTests = { count: 0, rejected: [], candidates: [], kept: [] };

/** A rule that gives the level of the next test from the tests before it. */
export interface OnlineProcedure {
  readonly level: (past: OnlineTests) => number;
  /** p-values up to here are candidates; 1 for procedures without candidates. */
  readonly lambda: number;
  /** p-values above are discarded: they cost nothing; 1 for procedures that discard none. */
  readonly tau?: number;
}

/** One test decided: its level, whether it was rejected, and the state after it. */
export interface OnlineDecision {
  readonly level: number;
  readonly rejected: boolean;
  readonly tests: OnlineTests;
}

/** Tests the next hypothesis at its level. */
export function testOnline(procedure: OnlineProcedure, past: OnlineTests, pValue: number): OnlineDecision {
  const level = procedure.level(past);
  const tests = rememberOutcome(
    procedure,
    { ...past, count: past.count + 1 },
    { number: past.count + 1, pValue, level },
  );
  return { level, rejected: pValue <= level, tests };
}

/**
 * Outcome of a test that was given its level earlier, when later tests may have begun: what delayed conversions need. Begin a test by
 * `beginTest`, whose `tests.count` is its number; its outcome counts from the test at which it became known.
 *
 * @see Zrnic, Ramdas & Jordan (2021), "Asynchronous online testing of multiple hypotheses", section 4 (LORD*, SAFFRON*, LOND*).
 */
export function rememberOutcome(
  { lambda, tau = 1 }: OnlineProcedure,
  past: OnlineTests,
  { number, pValue, level }: { readonly number: number; readonly pValue: number; readonly level: number },
): OnlineTests {
  if (!(pValue >= 0 && pValue <= 1)) throw new RangeError(`a p-value must be in [0, 1], got ${pValue}`);
  return {
    count: past.count,
    rejected: pValue <= level ? [...past.rejected, past.count] : past.rejected,
    candidates: pValue <= lambda ? [...past.candidates, number] : past.candidates,
    kept: pValue <= tau ? [...past.kept, number] : past.kept,
  };
}

/** Gives the next test its level; its outcome comes by `rememberOutcome`, in any order. */
export function beginTest(
  procedure: OnlineProcedure,
  past: OnlineTests,
): { readonly level: number; readonly tests: OnlineTests } {
  return { level: procedure.level(past), tests: { ...past, count: past.count + 1 } };
}

/** Share of the level for the j-th test, j ≥ 1; sums to 1. @see Javanmard & Montanari (2018), eq. 31. */
export function logarithmicShare(j: number): number {
  return (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
}

/** Share ∝ j^−1.6, sums to 1. @see Ramdas et al. (2018), section 4.1. */
export function polynomialShare(j: number): number {
  return 0.4374901658 * j ** -1.6;
}

/**
 * LORD++: controls the false discovery rate for independent p-values.
 *
 * @param initialWealth - w0 in (0, alpha]; alpha/10 unless given.
 * @see Ramdas, Yang, Wainwright & Jordan (2017), "Online control of the false discovery rate with decaying memory", eq. 9.
 */
export function lordPlusPlus(alpha: number, initialWealth: number = alpha / 10): OnlineProcedure {
  return {
    lambda: 1,
    level: ({ count, rejected }) => {
      const t = count + 1;
      return rejected.reduce(
        (level, tau, k) => level + (k === 0 ? alpha - initialWealth : alpha) * logarithmicShare(t - tau),
        initialWealth * logarithmicShare(t),
      );
    },
  };
}

/**
 * SAFFRON: as LORD++ but spends only on candidates (p ≤ lambda); more powerful with many true effects, independent p-values only.
 *
 * @see Ramdas, Zrnic, Wainwright & Jordan (2018), "SAFFRON: an adaptive algorithm for online control of the FDR", section 2.
 */
export function saffron(
  alpha: number,
  { lambda = 0.5, initialWealth = alpha / 2 }: { readonly lambda?: number; readonly initialWealth?: number } = {},
): OnlineProcedure {
  return {
    lambda,
    level: ({ count, rejected, candidates }) => {
      const t = count + 1;
      const since = (tau: number): number => candidates.filter((j) => j > tau).length;
      const earned = rejected.reduce(
        (sum, tau, k) => sum + (k === 0 ? alpha - initialWealth : alpha) * polynomialShare(t - tau - since(tau)),
        initialWealth * polynomialShare(t - since(0)),
      );
      return Math.min(lambda, (1 - lambda) * earned);
    },
  };
}

/**
 * LOND: level α·g_t·(discoveries so far + 1); independent or positively dependent p-values.
 *
 * Fed with min(1, 1/e) it is e-LOND, valid under any dependence and optional stopping: the best fit for e-processes.
 *
 * @see Javanmard & Montanari (2015), "On online control of false discovery rate"; Xu & Ramdas (2024), "Online multiple testing
 * with e-values", for e-LOND.
 */
export function lond(alpha: number): OnlineProcedure {
  return { lambda: 1, level: ({ count, rejected }) => alpha * logarithmicShare(count + 1) * (rejected.length + 1) };
}

/** Alpha spending: level α·g_t whatever happened; family-wise error under any dependence. @see Foster & Stine (2008). */
export function alphaSpending(alpha: number): OnlineProcedure {
  return { lambda: 1, level: ({ count }) => alpha * logarithmicShare(count + 1) };
}

/**
 * Alpha-investing: SAFFRON whose candidates are the discoveries themselves; independent p-values only.
 *
 * @see Foster & Stine (2008), "α-investing"; in this form Ramdas, Zrnic, Wainwright & Jordan (2018), section 2.4.
 */
export function alphaInvesting(alpha: number, initialWealth: number = alpha / 2): OnlineProcedure {
  return {
    lambda: 1,
    level: ({ count, rejected }) => {
      const t = count + 1;
      const share = (tau: number): number => polynomialShare(t - tau - rejected.filter((j) => j > tau).length);
      const earned = rejected.reduce(
        (sum, tau, k) => sum + (k === 0 ? alpha - initialWealth : alpha) * share(tau),
        initialWealth * share(0),
      );
      return earned / (1 + earned);
    },
  };
}
