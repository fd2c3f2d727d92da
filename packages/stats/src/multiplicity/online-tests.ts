import { refuse, type Refused } from "../refused.ts";
import { withNumber, type TestNumbers } from "./test-numbers.ts";

/**
 * False discovery rate over tests that never end: each test gets its level before its p-value is seen, discoveries earn back level.
 *
 * All procedures share one state, so a loop can keep it in a row and go on after a restart. Restarting the count every quarter
 * would break the guarantee; counting guardrails in the same stream as goals would spend the wealth of both.
 */
export interface OnlineTests {
  /** Tests begun so far. */
  readonly count: number;
  /** For every rejected test the number (from 1) of the test during which that became known: its own unless outcomes come late. */
  readonly rejected: readonly number[];
  /** Own numbers, ascending, of the tests with p ≤ lambda; only SAFFRON and ADDIS use them. */
  readonly candidates: TestNumbers;
  /** Own numbers, ascending, of the tests with p > tau; only the discarding procedures use them. A test still open is not among them. */
  readonly discarded: TestNumbers;
  /** Level of the rejections that became known since the last test began; only online fallback uses it. */
  readonly freed: number;
}

const REMEMBERED_MAX = 20_000;

/** No test done yet. */
export const noOnlineTests: OnlineTests = { count: 0, rejected: [], candidates: [], discarded: [], freed: 0 };

/** A rule that gives the level of the next test from the tests before it. */
export interface OnlineProcedure {
  readonly level: (past: OnlineTests) => number;
  /** p-values up to here are candidates; 0 for procedures without, whose state then stays small. */
  readonly lambda: number;
  /** p-values above are discarded: they cost nothing; 1 for procedures that discard none. */
  readonly tau?: number;
}

/** One test decided: its level, whether it was rejected, and the state after it. */
export interface OnlineDecision {
  readonly kind: "decision";
  readonly level: number;
  readonly rejected: boolean;
  readonly tests: OnlineTests;
}

/** A test that has its level and waits for its outcome; `tests.count` is its number. */
export interface BegunTest {
  readonly kind: "begun";
  readonly level: number;
  readonly tests: OnlineTests;
}

/** `invalid-p-value` outside [0, 1]; `invalid-procedure` when the rule's parameters give no level in [0, 1]. */
export type OnlineRefusal = "invalid-p-value" | "invalid-procedure";

/**
 * Decides the next hypothesis of a stream at the level that its procedure gives it.
 *
 * @part lordPlusPlus
 * @example
 * testOnline(lordPlusPlus(0.05), noOnlineTests, 1e-6) // => { rejected: true, level: 0.000267584 }
 */
export function testOnline(
  procedure: OnlineProcedure,
  past: OnlineTests,
  pValue: number,
): OnlineDecision | Refused<OnlineRefusal> {
  const begun = beginTest(procedure, past);
  if (begun.kind === "refused") return begun;
  const { level } = begun;
  const tests = rememberOutcome(procedure, begun.tests, { number: begun.tests.count, pValue, level });
  return "kind" in tests ? tests : { kind: "decision", level, rejected: pValue <= level, tests };
}

/**
 * Outcome of a test that was given its level earlier, when later tests may have begun: what delayed conversions need. Begin a test by
 * `beginTest`, whose `tests.count` is its number; its outcome counts from the test at which it became known. Until then the test
 * costs what it would cost with the worst outcome.
 *
 * @part lordPlusPlus
 * @see Zrnic, Ramdas & Jordan (2021), "Asynchronous online testing of multiple hypotheses", section 4 (LORD*, SAFFRON*, LOND*);
 * Tian & Ramdas (2019), section 4 (ADDIS*).
 */
export function rememberOutcome(
  { lambda, tau = 1 }: OnlineProcedure,
  past: OnlineTests,
  { number, pValue, level }: { readonly number: number; readonly pValue: number; readonly level: number },
): OnlineTests | Refused<OnlineRefusal> {
  if (!(pValue >= 0 && pValue <= 1)) return refuse("invalid-p-value", `a p-value must be in [0, 1], got ${pValue}`);
  if (!(level >= 0 && level <= 1 && number >= 1 && number <= past.count))
    return refuse("invalid-procedure", `test ${number} of ${past.count} cannot have been begun at level ${level}`);
  const isRejected = pValue <= level;
  return {
    count: past.count,
    rejected: isRejected ? past.rejected.concat(past.count) : past.rejected,
    candidates: pValue <= lambda ? withNumber(past.candidates, number) : past.candidates,
    discarded: pValue > tau ? withNumber(past.discarded, number) : past.discarded,
    freed: isRejected ? past.freed + level : past.freed,
  };
}

/**
 * Gives the next test its level; its outcome comes by `rememberOutcome`, in any order.
 *
 * @part lordPlusPlus
 */
export function beginTest(procedure: OnlineProcedure, past: OnlineTests): BegunTest | Refused<"invalid-procedure"> {
  // Many discoveries that become known at once may earn more than 1 together.
  const level = Math.min(1, procedure.level(past));
  if (!(level >= 0))
    return refuse(
      "invalid-procedure",
      "the procedure gives no level: are alpha, the initial wealth, lambda and tau in range?",
    );
  return { kind: "begun", level, tests: { ...past, count: past.count + 1, freed: 0 } };
}

/** Share of the level for the j-th test, j ≥ 1; sums to 1. @see Javanmard & Montanari (2018), eq. 31. */
export const logarithmicShare = remembered(
  (j) => (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j)))),
);

/** Share ∝ j^−1.6, sums to 1. @see Ramdas et al. (2018), section 4.1. */
export const polynomialShare = remembered((j) => 0.4374901658 * j ** -1.6);

/** A procedure asks for the same few thousand shares once for every discovery and test: their powers are what it would cost. */
function remembered(share: (j: number) => number): (j: number) => number {
  const known = new Float64Array(REMEMBERED_MAX);
  return (j) => {
    if (!(j >= 1 && j < REMEMBERED_MAX)) return share(j);
    const found = known[j] ?? 0;
    if (found > 0) return found;
    known[j] = share(j);
    return known[j] ?? share(j);
  };
}

/** The rule itself when its parameters are in range; else one without a level, which `beginTest` refuses. */
export function whenValid(isValid: boolean, procedure: OnlineProcedure): OnlineProcedure {
  return isValid ? procedure : { ...procedure, level: () => NaN };
}

/** Whether an error rate and the share of it that is there at the start are in range. */
export function isWealth(alpha: number, initialWealth: number): boolean {
  return alpha > 0 && alpha < 1 && initialWealth > 0 && initialWealth <= alpha;
}
