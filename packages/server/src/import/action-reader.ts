import { parseActionId, type ActionId } from "@ratchet/engine";
import { parsePropensity, type Propensity } from "@ratchet/stats";
import type { ColumnIndex } from "./columns.ts";
import type { ImportMapping } from "./import-mapping.ts";
import type { Blame } from "./row-reader.ts";

/** The action that a row took, with the probability that it had; null where the row does not say, and why was noted. */
export type ActionReader = (
  fields: readonly string[],
  blame: Blame,
) => { readonly action: ActionId; readonly propensity: Propensity | null } | null;

/** Reads the action of a row, or notes why it has none. */
export type ActionNamer = (fields: readonly string[], blame: Blame) => ActionId | null;

/** Actions named in one message. */
const ACTIONS_SHOWN_MAX = 12;
/** Distinct raw cells that are remembered: a file with more has something other than actions in that column. */
const REMEMBERED_MAX = 1000;

/** Turns raw cells into action ids under the map's `values` and `only`. */
export function actionNamer({ document: { action } }: ImportMapping, columns: ColumnIndex): ActionNamer {
  const index = columns(action.column);
  const values = new Map(Object.entries(action.values ?? {}));
  const only = action.only === undefined ? null : new Set(action.only);
  const known = new Map<string, ActionId>();
  return (fields, blame) => {
    const cell = (fields[index] ?? "").trim();
    const remembered = known.get(cell);
    if (remembered !== undefined) return remembered;
    if (cell === "" && !values.has("")) {
      blame("action.empty", `${action.column}: there is no action`);
      return null;
    }
    const parsed = parseActionId(values.get(cell) ?? cell);
    if (parsed.kind === "err") {
      blame(parsed.error.code, `${action.column}: ${parsed.error.message}`);
      return null;
    }
    if (only !== null && !only.has(parsed.value)) {
      blame(
        "action.unknown",
        `${action.column}: "${cell}" is none of ${shown([...only])}; add it to action.only or to action.values`,
      );
      return null;
    }
    if (known.size < REMEMBERED_MAX) known.set(cell, parsed.value);
    return parsed.value;
  };
}

/** Probabilities that the map itself states; null where they come from a column, from a first pass, or are not known. */
export function statedPropensities({
  document: { propensity, action },
}: ImportMapping): ReadonlyMap<string, number> | null {
  if (propensity === "uniform") {
    const actions = [...new Set(action.only ?? Object.values(action.values ?? {}))];
    return new Map(actions.map((name) => [name, 1 / actions.length]));
  }
  return typeof propensity === "object" && "constant" in propensity
    ? new Map(Object.entries(propensity.constant))
    : null;
}

export function actionReader(
  mapping: ImportMapping,
  columns: ColumnIndex,
  propensities: ReadonlyMap<string, number> | null,
): ActionReader {
  const name = actionNamer(mapping, columns);
  const readPropensity = propensityReader(mapping, columns, propensities);
  return (fields, blame) => {
    const action = name(fields, blame);
    const propensity = readPropensity(fields, action, blame);
    return action === null || propensity === "faulty" ? null : { action, propensity };
  };
}

type PropensityReader = (
  fields: readonly string[],
  action: ActionId | null,
  blame: Blame,
) => Propensity | null | "faulty";

function propensityReader(
  { document }: ImportMapping,
  columns: ColumnIndex,
  propensities: ReadonlyMap<string, number> | null,
): PropensityReader {
  const { propensity, action: column } = document;
  if (typeof propensity === "object" && "column" in propensity) {
    const index = columns(propensity.column);
    return (fields, _, blame) => {
      const cell = (fields[index] ?? "").trim();
      const parsed = parsePropensity(cell === "" ? Number.NaN : Number(cell));
      if (parsed.kind === "ok") return parsed.value;
      blame("propensity.out_of_range", `${propensity.column}: a propensity lies in (0, 1], got "${cell}"`);
      return "faulty";
    };
  }
  if (propensities === null) return () => null;
  return (_, action, blame) => {
    if (action === null) return "faulty";
    const parsed = parsePropensity(propensities.get(action) ?? Number.NaN);
    if (parsed.kind === "ok") return parsed.value;
    blame(
      "action.unknown",
      `${column.column}: the map gives "${action}" no probability; it has ${shown([...propensities.keys()])}`,
    );
    return "faulty";
  };
}

function shown(names: readonly string[]): string {
  const some = names.slice(0, ACTIONS_SHOWN_MAX).map((name) => `"${name}"`);
  return names.length > ACTIONS_SHOWN_MAX
    ? `${some.join(", ")} and ${names.length - ACTIONS_SHOWN_MAX} more`
    : some.join(", ");
}
