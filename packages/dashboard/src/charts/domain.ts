import type { IntervalView } from "@ratchet/protocol";

/** The smallest and largest shown value. */
export type Domain = readonly [low: number, high: number];

const MARGIN = 0.06;

/** A domain that holds all the numbers and zero, with a margin. */
export function domainOf(numbers: readonly number[]): Domain {
  const low = Math.min(0, ...numbers);
  const high = Math.max(0, ...numbers);
  const margin = (high - low || 1) * MARGIN;
  return [low - margin, high + margin];
}

/** Everything finite that an interval says. */
export function endsOf({ estimate, lower, upper }: IntervalView): readonly number[] {
  return [estimate, lower, upper].filter((x) => x !== null);
}

/**
 * The domain of a row of intervals over time. The first ones are so wide that they would flatten the rest, so only the later half must
 * fit whole; earlier ends are cut off at the plot's edge.
 */
export function laterDomain(intervals: readonly IntervalView[]): Domain {
  const later = intervals.slice(Math.floor(intervals.length / 2));
  const estimates = intervals.map(({ estimate }) => estimate).filter((x) => x !== null);
  return domainOf([...later.flatMap(endsOf), ...estimates]);
}

/** Where a value stands in a domain, in percent of its width; kept inside. */
export function percentOf(value: number, [low, high]: Domain): number {
  return Math.min(100, Math.max(0, ((value - low) / (high - low)) * 100));
}
