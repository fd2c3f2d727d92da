import type { UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";

/**
 * Two units that turned out to be one: records that were merged, or a lead that was converted. Which of them is decided for from then on
 * (`survivingUnit`) does not matter here: facts of both are read as facts of one.
 */
export interface UnitMerge {
  readonly units: readonly [UnitId, UnitId];
  /** When we heard of it. */
  readonly knownAt: Instant;
}

/**
 * Every unit that was merged, with all that it is one with, itself included, in order of their names. Units that were merged with none are
 * left out. Merges of merged units join all of them, whatever the order of the merges.
 *
 * @param reading - merges that were not yet known at `knownAt` do not count.
 */
export function mergedUnits({
  merges = [],
  knownAt = Infinity,
}: {
  readonly merges?: readonly UnitMerge[];
  readonly knownAt?: number;
}): ReadonlyMap<UnitId, readonly UnitId[]> {
  const groups = new Map<UnitId, readonly UnitId[]>();
  for (const { units, knownAt: at } of merges) {
    if (at > knownAt) continue;
    const [one, other] = units.map((unit) => groups.get(unit) ?? [unit]);
    if (one === undefined || other === undefined || one.some((unit) => other.includes(unit))) continue;
    const group = [...one, ...other].toSorted();
    for (const unit of group) groups.set(unit, group);
  }
  return groups;
}
