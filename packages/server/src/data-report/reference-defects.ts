import type { DataDefect } from "@ratchet/protocol";
import type { Lookup } from "../table/lookups.ts";
import type { TableRow } from "../table/table-row.ts";
import { closeKey } from "./category-defects.ts";
import { count, examples, percent } from "./phrases.ts";

/** Different keys without a row that are compared with those there are; ids have more, and no spelling. */
const UNMATCHED_MAX = 500;
const KEYS_MAX = 20_000;

/** Counts the keys of one lookup that lead nowhere. */
export function referenceTally(lookup: Lookup): { add(row: TableRow): void; done(): readonly DataDefect[] } {
  const unmatched = new Map<string, { count: number; readonly firstRow: number }>();
  let keyed = 0;
  return {
    add: (row) => {
      const key = row.cell(lookup.from).trim();
      if (key === "") return;
      keyed += 1;
      if (lookup.rows.has(key)) return;
      const before = unmatched.get(key);
      if (before !== undefined) before.count += 1;
      else if (unmatched.size <= UNMATCHED_MAX) unmatched.set(key, { count: 1, firstRow: row.n });
    },
    done: () => (unmatched.size > UNMATCHED_MAX || lookup.rows.size > KEYS_MAX ? [] : broken(lookup, unmatched, keyed)),
  };
}

function broken(
  { id, from, file, rows }: Lookup,
  unmatched: ReadonlyMap<string, { readonly count: number; readonly firstRow: number }>,
  keyed: number,
): readonly DataDefect[] {
  const keys = [...rows.keys()];
  const close = [...unmatched].flatMap(([key, seen]) => {
    const meant = closeKey(key, keys);
    return meant === null ? [] : [{ key, meant, ...seen }];
  });
  if (close.length === 0) return [];
  const affected = close.reduce((sum, one) => sum + one.count, 0);
  return [
    {
      code: "reference.broken",
      severity: affected / keyed >= 0.01 ? "critical" : "warning",
      columns: [from],
      affected,
      sentence:
        `${count(affected)} rows (${percent(affected / keyed)}) name a ${id} that ${file} does not have, though it has one spelt almost so: ` +
        `${close.map(({ key, meant }) => `"${key}" is there as "${meant}"`).join(", ")}. Joined as they stand, these rows lose everything about it.`,
      examples: examples(
        close.map(
          (one) => `row ${one.firstRow}: ${from} "${one.key}" (${count(one.count)} rows); ${file} has "${one.meant}"`,
        ),
      ),
      fix: `Spell them alike: values: {${close.map(({ key, meant }) => `${key}: ${meant}`).join(", ")}}, or mend ${file}.`,
    },
  ];
}
