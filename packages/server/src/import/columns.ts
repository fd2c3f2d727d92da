import type { MappingDocument } from "@ratchet/protocol";
import { closestName } from "./closest-name.ts";
import { LogFileError } from "./log-file-error.ts";

/** Names listed in a message about a missing column. */
const NAMES_SHOWN_MAX = 40;

/** Where each mapped column stands in the file. */
export type ColumnIndex = (name: string) => number;

/**
 * Looks every mapped column up in the header.
 *
 * @throws LogFileError naming all columns that are missing (with the closest one there is) or there twice.
 */
export function findColumns(header: readonly string[], document: MappingDocument): ColumnIndex {
  const names = header.map((name) => name.trim());
  const faults = [...new Set(mappedColumns(document))].flatMap((wanted) => {
    const found = names.filter((name) => name === wanted).length;
    if (found === 1) return [];
    if (found > 1) return [`column "${wanted}" is there ${found} times; rename all but one in the file`];
    const closest = closestName(wanted, names);
    return [`there is no column "${wanted}"${closest === null ? "" : `; did you mean "${closest}"?`}`];
  });
  if (faults.length > 0) {
    const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => `"${name}"`);
    const more = names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "";
    throw new LogFileError("import.missing_column", [...faults, `the file has the columns ${shown.join(", ")}${more}`]);
  }
  return (name) => names.indexOf(name);
}

function mappedColumns({ unit, time, action, propensity, context, outcomes }: MappingDocument): readonly string[] {
  return [
    ...("column" in unit ? [unit.column] : []),
    ...("column" in time ? [time.column] : []),
    action.column,
    ...(typeof propensity === "object" && "column" in propensity ? [propensity.column] : []),
    ...(context ?? []).map((field) => (typeof field === "string" ? field : field.column)),
    ...outcomes.flatMap((outcome) => (outcome.at === undefined ? [outcome.column] : [outcome.column, outcome.at])),
  ];
}
