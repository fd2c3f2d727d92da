import { missShare, type MissCount, type MissCounts } from "./miss-count.ts";

/** `RATCHET_LONG_TESTS=1` (`npm run simulate:long`) runs ten times as many and longer histories: minutes instead of seconds. */
export const LONG = process.env["RATCHET_LONG_TESTS"] === "1";

/** Time that one simulation may take, in milliseconds. */
export const TIME_MAX = LONG ? 3_600_000 : 180_000;

/** Runs of the short and of the long form. */
export function runsOf(short: number, long = 10 * short): number {
  return LONG ? long : short;
}

/**
 * Four standard errors of a share that is p in truth, counted in so many runs: 4·√(p(1 − p)/runs). A correct method is farther off
 * once in 16,000 times. Nothing here is tuned: a method that fails is wrong, or its conditions are.
 */
export function fourStandardErrors(p: number, runs: number): number {
  return 4 * Math.sqrt((p * (1 - p)) / runs);
}

/**
 * The methods that miss more or less often than they promise, by more than four standard errors, said in words; none when all hold.
 *
 * A method that refused a run is listed too: its misses would be counted among the runs that went well only.
 */
export function offTarget(counts: MissCounts, methods: readonly string[], p: number): readonly string[] {
  return methods.flatMap((method) => faultOf(method, counts[method], (off, slack) => Math.abs(off - p) <= slack(p)));
}

/** The methods that miss more often than they may; missing less is their right. */
export function aboveTarget(counts: MissCounts, methods: readonly string[], p: number): readonly string[] {
  return methods.flatMap((method) => faultOf(method, counts[method], (off, slack) => off <= p + slack(p)));
}

/** The methods that do not miss more often than p, when they are known to. */
export function notAboveTarget(counts: MissCounts, methods: readonly string[], p: number): readonly string[] {
  return methods.flatMap((method) => faultOf(method, counts[method], (off, slack) => off > p + slack(p)));
}

function faultOf(
  method: string,
  count: MissCount | undefined,
  holds: (share: number, slack: (p: number) => number) => boolean,
): readonly string[] {
  if (count === undefined) return [`there is no method "${method}"`];
  if (count.refused > 0 || count.runs === 0) return [`${method} refused ${count.refused} runs`];
  return holds(missShare(count), (p) => fourStandardErrors(p, count.runs))
    ? []
    : [`${method} missed in ${count.missed} of ${count.runs} runs: ${missShare(count).toFixed(4)}`];
}
