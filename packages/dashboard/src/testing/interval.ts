import type { IntervalView } from "@ratchet/protocol";

/** An interval of 95 % around an estimate. */
export function around(estimate: number, half: number): IntervalView {
  return { estimate, lower: estimate - half, upper: estimate + half, confidence: 0.95 };
}

/** Times count back from a fixed moment, so that every picture is the same. */
const NOW = Date.parse("2026-11-16T09:00:00.000Z");
const HOUR = 3_600_000;

/** So many hours before the fixtures' now. */
export function hoursAgo(hours: number): string {
  return new Date(NOW - hours * HOUR).toISOString();
}

/** A digest that nobody computed, told apart by its first letters. */
export function digest(start: string): string {
  return (start + "4f1d9c07be5a2368")
    .repeat(8)
    .replaceAll(/[^0-9a-f]/gu, "a")
    .slice(0, 64);
}
