import type { MetricDefinition } from "../outcomes/metric.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { MICROS_PER_UNIT } from "../money.ts";
import { compareCodePoints } from "./code-point-order.ts";

/** What distinguishes one cell from another. */
export type CellKey = Omit<OutcomeCell, "n" | "nonZero" | "sum" | "sumSquares">;

/** A cell's sums as a store takes them: whole numbers of any size, so that no order of addition can change them. */
export interface ExactSums {
  readonly n: number;
  readonly nonZero: number;
  /** Σ y over outcomes y in micros; not read for conversions. */
  readonly sumMicros: bigint;
  /** Σ y² in micros²; not read for conversions. */
  readonly sumSquaresMicros: bigint;
}

/**
 * The one place where exact sums become doubles: every store calls it, so their cells are equal to the last bit.
 *
 * A conversion's outcome is 0 or 1, so its sums are the count of ones.
 */
export function outcomeCell(kind: MetricDefinition["kind"], key: CellKey, sums: ExactSums): OutcomeCell {
  const { n, nonZero } = sums;
  if (kind === "conversion") return { ...key, n, nonZero, sum: nonZero, sumSquares: nonZero };
  return {
    ...key,
    n,
    nonZero,
    sum: Number(sums.sumMicros) / MICROS_PER_UNIT,
    sumSquares: Number(sums.sumSquaresMicros) / MICROS_PER_UNIT ** 2,
  };
}

/** Orders cells by their keys, as `OutcomeCell` lists them; an absent value comes before any other. */
export function compareCells(a: CellKey, b: CellKey): number {
  return (
    a.cycle - b.cycle ||
    a.fold - b.fold ||
    compareCodePoints(a.segment, b.segment) ||
    compareCodePoints(a.cohort, b.cohort) ||
    a.playbookVersion - b.playbookVersion ||
    compareNullable(a.changeId, b.changeId, compareCodePoints) ||
    a.rolloutShare - b.rolloutShare ||
    compareCodePoints(a.action, b.action) ||
    compareNullable(a.propensity, b.propensity, (x, y) => x - y) ||
    Number(a.limited) - Number(b.limited)
  );
}

function compareNullable<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return compare(a, b);
}
