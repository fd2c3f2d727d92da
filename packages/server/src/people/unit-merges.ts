import {
  parseUnitId,
  survivingUnit,
  unitId,
  type Instant,
  type JoinedUnit,
  type PeopleRow,
  type StateStore,
  type UnitId,
} from "@ratchet/engine";

/** Which units turned out to be one, and which of them is decided for. */
export interface UnitMerges {
  /** The unit that a unit goes by: itself, unless it was joined with an older one. */
  readonly survivorOf: (unit: UnitId) => UnitId;
  /** Units that others stand for now. */
  readonly merged: () => ReadonlyMap<UnitId, UnitId>;
}

/** References in one group; a chain beyond it is a fault of the sender's. */
const GROUP_MAX = 1000;

/**
 * Keeps who was joined with whom in memory, read once from the people table, so that a decision looks nothing up.
 *
 * @returns the merges, and the state store in front of which every message that joins two records moves them: when it is acknowledged, the
 *   next decision knows. Each move is a fact, `unit_merged`, of the unit that stays.
 */
export async function openUnitMerges(
  state: StateStore,
): Promise<{ readonly merges: UnitMerges; readonly state: StateStore }> {
  const survivors = new Map<UnitId, UnitId>();
  const join = async (refs: readonly string[]): Promise<void> => {
    for (const group of await groupsOf(state, refs)) {
      const units = await unitsOf(state, group);
      if (units.length < 2) continue;
      const survivor = survivingUnit(units);
      survivors.delete(survivor);
      for (const { unitId: unit } of units) if (unit !== survivor) survivors.set(unit, survivor);
    }
  };
  await join((await state.peopleRelated("merged_with")).map(({ ref }) => ref));
  const noticed = async (rows: readonly PeopleRow[]): Promise<void> => {
    const refs = rows.flatMap(({ relation, ref }) => (relation === "merged_with" ? [ref] : []));
    if (refs.length > 0) await join(refs);
  };
  return {
    merges: { survivorOf: (unit) => survivors.get(unit) ?? unit, merged: () => survivors },
    state: {
      ...state,
      acknowledge: async (items) => {
        const receipts = await state.acknowledge(items);
        const taken = items.filter((_, i) => receipts[i] === "accepted");
        await noticed(taken.flatMap((item) => (item.kind === "signal" ? (item.about?.rows ?? []) : [])));
        return receipts;
      },
      learn: async (rows) => {
        await state.learn(rows);
        await noticed(rows);
      },
      forgetPeople: async (refs) => {
        const rows = await state.peopleRows(refs);
        const gone = await state.forgetPeople(refs);
        for (const unit of rows.flatMap(unitNamed)) survivors.delete(unit);
        for (const [unit, survivor] of survivors)
          if (rows.some((row) => unitNamed(row).includes(survivor))) survivors.delete(unit);
        return gone;
      },
    },
  };
}

/** Everything that systems said is one, reached from some references. */
async function groupsOf(state: StateStore, starts: readonly string[]): Promise<readonly (readonly PeopleRow[])[]> {
  const done = new Set<string>();
  const groups: (readonly PeopleRow[])[] = [];
  for (const start of starts) {
    if (done.has(start)) continue;
    const rows: PeopleRow[] = [];
    let next: readonly string[] = [start];
    let size = 0;
    while (next.length > 0 && size < GROUP_MAX) {
      for (const ref of next) done.add(ref);
      size += next.length;
      const found = await state.peopleRows(next);
      rows.push(...found);
      next = [...new Set(found.flatMap(({ relation, value }) => (relation === "merged_with" ? [value] : [])))].filter(
        (ref) => !done.has(ref),
      );
    }
    groups.push(rows);
  }
  return groups;
}

/**
 * The unit that a row names: a person by the sender's own id, an account by its. A name that no unit can have (a control character in it,
 * more than its length) was never decided for; throwing over one would keep the whole server from starting again.
 */
function unitNamed({ relation, value }: PeopleRow): readonly UnitId[] {
  if (relation !== "user_id" && relation !== "account_id") return [];
  const parsed = parseUnitId(value);
  return parsed.kind === "ok" ? [parsed.value] : [];
}

/**
 * The units of a group, each with since when it is known. A mailbox, a number, a browser or a domain is one where it was decided for or
 * told of as a unit, which it is where its sender knew nothing stronger.
 */
async function unitsOf(state: StateStore, rows: readonly PeopleRow[]): Promise<readonly JoinedUnit[]> {
  const seen = new Map<UnitId, Instant>();
  const note = (unit: UnitId, at: Instant): void => {
    const known = seen.get(unit);
    if (known === undefined || at < known) seen.set(unit, at);
  };
  for (const row of rows) {
    for (const unit of unitNamed(row)) note(unit, row.firstAt);
    // Not another unit that its signals were told of: that is the person's account, which is nobody's merge.
    if (row.relation === "unit" && row.value === row.ref) note(unitId(row.value), row.firstAt);
  }
  const refs = rows.map(({ ref }) => unitId(ref));
  const decided = await state.firstDecided([...new Set([...seen.keys(), ...refs])]);
  for (const { ref, firstAt } of rows) if (decided.has(unitId(ref))) note(unitId(ref), firstAt);
  return [...seen].map(([unit, at]) => ({
    unitId: unit,
    firstDecidedAt: decided.get(unit) ?? null,
    firstSeenAt: at,
  }));
}
