import {
  keptMergeRows,
  mergedUnits,
  survivingUnit,
  unitId,
  unitMergesIn,
  unitsNamed,
  type Instant,
  type JoinedUnit,
  type PeopleRow,
  type StateStore,
  type UnitId,
  type UnitMerge,
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
 *   next decision knows.
 */
export async function openUnitMerges(
  state: StateStore,
): Promise<{ readonly merges: UnitMerges; readonly state: StateStore }> {
  const survivors = new Map<UnitId, UnitId>();
  // Of people who were erased since.
  let kept = unitMergesIn(await state.peopleRelated("merged_unit"), []);
  const joinUnits = (units: readonly JoinedUnit[]): void => {
    if (units.length < 2) return;
    const survivor = survivingUnit(units);
    survivors.delete(survivor);
    for (const { unitId: unit } of units) if (unit !== survivor) survivors.set(unit, survivor);
  };
  const join = async (refs: readonly string[]): Promise<void> => {
    for (const group of await groupsOf(state, refs))
      joinUnits(await withKept(state, await unitsOf(state, group), kept));
  };
  for (const group of new Set(mergedUnits({ merges: kept }).values()))
    joinUnits(await withKept(state, [], kept, group));
  const merges = remembered(state);
  await join((await state.peopleRelated("merged_with")).map(({ ref }) => ref));
  const noticed = async (rows: readonly PeopleRow[]): Promise<void> => {
    const refs = rows.flatMap(({ relation, ref }) => (relation === "merged_with" ? [ref] : []));
    if (refs.length === 0) return;
    merges.forget();
    await join(refs);
  };
  return {
    merges: { survivorOf: (unit) => survivors.get(unit) ?? unit, merged: () => survivors },
    state: {
      ...state,
      unitMerges: merges.all,
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
        const theirs = new Set<string>([...rows.flatMap(unitsNamed), ...refs]);
        const merged = (await merges.all()).filter(({ units }) => units.some((unit) => theirs.has(unit)));
        // Before the rows that said it go: the units stay one, and go by the one that they went by.
        await state.learn(keptMergeRows(merged));
        const gone = await state.forgetPeople(refs);
        kept = [...kept, ...merged];
        merges.forget();
        return gone;
      },
    },
  };
}

/** Asked for with every measurement, and the same for all of them until somebody is merged. */
function remembered(state: StateStore): {
  readonly all: () => Promise<readonly UnitMerge[]>;
  readonly forget: () => void;
} {
  let known: Promise<readonly UnitMerge[]> | null = null;
  return {
    all: () => {
      if (known !== null) return known;
      const asked = state.unitMerges();
      known = asked;
      asked.catch(() => {
        if (known === asked) known = null;
      });
      return asked;
    },
    forget: () => {
      known = null;
    },
  };
}

/** Units, with those that each of them was one with before its person was erased. Since when those were heard of is forgotten. */
async function withKept(
  state: StateStore,
  units: readonly JoinedUnit[],
  kept: readonly UnitMerge[],
  also: readonly UnitId[] = [],
): Promise<readonly JoinedUnit[]> {
  const groups = kept.length === 0 ? new Map<UnitId, readonly UnitId[]>() : mergedUnits({ merges: kept });
  const known = new Set(units.map((unit) => unit.unitId));
  const partners = [...new Set([...also, ...units.flatMap((unit) => groups.get(unit.unitId) ?? [])])];
  const further = partners.filter((unit) => !known.has(unit));
  if (further.length === 0) return units;
  const decided = await state.firstDecided(further);
  return [
    ...units,
    ...further.map((unit) => ({ unitId: unit, firstDecidedAt: decided.get(unit) ?? null, firstSeenAt: null })),
  ];
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
    for (const unit of unitsNamed(row)) note(unit, row.firstAt);
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
