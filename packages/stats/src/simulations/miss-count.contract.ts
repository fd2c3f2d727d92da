import { expect } from "vitest";
import { missShare, type MissCount, type MissCounts } from "./miss-count.ts";

/** `RATCHET_LONG_TESTS=1` (`npm run simulate:long`) runs ten times as many and longer histories: minutes instead of seconds. */
export const LONG = process.env["RATCHET_LONG_TESTS"] === "1";

/** Time that one simulation may take, in milliseconds. */
export const TIME_MAX = LONG ? 3_600_000 : 60_000;

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

/** The count of a method; every run must have been answered, or misses would be counted in the runs that went well only. */
export function answered(counts: MissCounts, method: string): MissCount {
  const count = counts[method];
  if (count === undefined) throw new Error(`no method "${method}" among ${Object.keys(counts).join(", ")}`);
  expect(count.refused, `${method} refused`).toBe(0);
  expect(count.runs, `${method} answered`).toBeGreaterThan(0);
  return count;
}

/** Misses as often as promised: neither too often nor too seldom. */
export function expectMissShare(counts: MissCounts, method: string, p: number): void {
  const count = answered(counts, method);
  const off = missShare(count) - p;
  expect(Math.abs(off), describeMisses(method, count)).toBeLessThanOrEqual(fourStandardErrors(p, count.runs));
}

/** Misses no more often than promised. */
export function expectMissShareAtMost(counts: MissCounts, method: string, p: number): void {
  const count = answered(counts, method);
  const most = p + fourStandardErrors(p, count.runs);
  expect(missShare(count), describeMisses(method, count)).toBeLessThanOrEqual(most);
}

function describeMisses(method: string, count: MissCount): string {
  return `${method} missed in ${count.missed} of ${count.runs} runs`;
}
