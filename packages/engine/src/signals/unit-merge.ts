import { ID_LENGTH_MAX, parseUnitId, personRef, unitId, type UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { PeopleRow } from "./people.ts";

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

/**
 * The unit that a row names: a person by the sender's own id, an account by its. A name that no unit can have (a control character in it,
 * more than its length) was never decided for; throwing over one would keep the whole server from starting again.
 */
export function unitsNamed({ relation, value }: Pick<PeopleRow, "relation" | "value">): readonly UnitId[] {
  if (relation !== "user_id" && relation !== "account_id") return [];
  const parsed = parseUnitId(value);
  return parsed.kind === "ok" ? [parsed.value] : [];
}

/**
 * The merges of units that merges of records make, each known since a system first said so. A reference of which nothing stronger is known, a
 * mailbox or a browser, is a unit by itself.
 *
 * @param said - every row `merged_with` and `merged_unit`. Both records say the first of each other (`mergedRows`): it is one merge.
 * @param rows - every row of the references that say it.
 */
export function unitMergesIn(said: readonly PeopleRow[], rows: readonly PeopleRow[]): readonly UnitMerge[] {
  const named = new Map<string, readonly UnitId[]>();
  for (const row of rows) {
    const units = unitsNamed(row);
    if (units.length > 0) named.set(row.ref, [...(named.get(row.ref) ?? []), ...units]);
  }
  const unitsOf = (ref: string): readonly UnitId[] => named.get(ref) ?? [unitId(ref)];
  return said.flatMap((row) => {
    const { ref, relation, value, firstAt } = row;
    if (relation === "merged_unit") return keptMerge(row);
    return ref < value ? chained([...unitsOf(ref), ...unitsOf(value)], firstAt) : [];
  });
}

/** What stands before a unit's name, so that no removal of a person's references meets it. */
const UNIT = "unit:";

/**
 * Merges as rows that outlive the erasure of whose they are: they name units, as the decisions and the facts do, and lead to nobody. Without
 * them what was told of one would not count for the other any more, and who was one would be assigned as two.
 */
export function keptMergeRows(merges: readonly UnitMerge[]): readonly PeopleRow[] {
  return merges
    .filter(({ units }) => units.every((unit) => UNIT.length + unit.length <= ID_LENGTH_MAX))
    .map(({ units: [one, other], knownAt }) => ({
      ref: personRef(`${UNIT}${one}`),
      relation: "merged_unit",
      value: `${UNIT}${other}`,
      firstAt: knownAt,
    }));
}

function keptMerge({ ref, value, firstAt }: PeopleRow): readonly UnitMerge[] {
  return [{ units: [unitId(ref.slice(UNIT.length)), unitId(value.slice(UNIT.length))], knownAt: firstAt }];
}

function chained(units: readonly UnitId[], knownAt: Instant): readonly UnitMerge[] {
  return units.slice(1).flatMap((unit, i) => {
    const before = units[i];
    return before === undefined ? [] : [{ units: [before, unit], knownAt }];
  });
}
