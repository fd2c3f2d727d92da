import type { UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** A unit that turned out to be another one too, and since when it was decided for and heard of; null: never. */
export interface JoinedUnit {
  readonly unitId: UnitId;
  readonly firstDecidedAt: Instant | null;
  readonly firstSeenAt: Instant | null;
}

/**
 * The unit that joined records are decided for from now on: the older assignment wins, so that no merge and no conversion moves anybody
 * into another cohort. One that was decided for before one that was not; then the one heard of first; then the smaller id, so that no order
 * of arrival decides.
 *
 * @param units - at least one.
 */
export function survivingUnit(units: readonly JoinedUnit[]): UnitId {
  const [oldest] = units.toSorted(
    (a, b) =>
      byTime(a.firstDecidedAt, b.firstDecidedAt) ||
      byTime(a.firstSeenAt, b.firstSeenAt) ||
      (a.unitId < b.unitId ? -1 : 1),
  );
  if (oldest === undefined) throw new RangeError("nobody survives a merge of nothing");
  return oldest.unitId;
}

/** Never is after any time. */
function byTime(a: Instant | null, b: Instant | null): number {
  if (a === b) return 0;
  return (a ?? Infinity) < (b ?? Infinity) ? -1 : 1;
}
