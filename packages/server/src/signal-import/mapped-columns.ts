import type { SignalsMappingDocument, SignalsMappingField } from "@ratchet/protocol";
import { closestName } from "../import/closest-name.ts";
import { LogFileError } from "../import/log-file-error.ts";
import type { Lookup } from "../table/lookups.ts";

const NAMES_SHOWN_MAX = 40;

/**
 * Refuses a file that lacks a column which the map names, or has it twice.
 *
 * @throws LogFileError naming all that are missing, each with the closest one there is.
 */
export function refuseMissingColumns(
  columns: readonly string[],
  document: SignalsMappingDocument,
  lookups: readonly Lookup[],
): void {
  const there = new Set([
    ...columns,
    ...lookups.flatMap((lookup) => lookup.columns.map((name) => `${lookup.id}.${name}`)),
  ]);
  const faults = mappedColumns(document)
    .filter((name) => !there.has(name))
    .map((name) => {
      const closest = closestName(name, [...there]);
      return `there is no column "${name}"${closest === null ? "" : `; did you mean "${closest}"?`}`;
    });
  const doubled = mappedColumns(document).filter((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  if (doubled.length > 0)
    throw new LogFileError(
      "import.ambiguous_column",
      doubled.map((name) => `column "${name}" is there more than once; rename all but one in the file`),
    );
  if (faults.length === 0) return;
  const shown = [...there].slice(0, NAMES_SHOWN_MAX).map((name) => `"${name}"`);
  throw new LogFileError("import.missing_column", [...faults, `the file has the columns ${shown.join(", ")}`]);
}

/** Every column that a map names, once. */
export function mappedColumns(document: SignalsMappingDocument): readonly string[] {
  const { lookups = [], id = [], at, person = {}, account = {}, population } = document;
  const outcome = population?.outcome;
  const signals = document.signals.flatMap((signal) => [
    typeof signal.type === "string" ? undefined : signal.type.column,
    ...atColumn(signal.at),
    ...[signal.when ?? []].flat().map(({ column }) => column),
    ...(signal.id ?? []),
    ...fieldColumns(signal.person ?? {}),
    ...fieldColumns(signal.account ?? {}),
    ...fieldColumns(signal.stage ?? {}),
    ...fieldColumns(signal.machine ?? {}),
    ...fieldColumns({ decision: signal.decision, currency: signal.currency, text: signal.text, value: signal.value }),
    ...(signal.properties ?? []).map((one) =>
      typeof one === "string" ? one : "column" in one ? one.column : undefined,
    ),
  ]);
  const named = [
    ...lookups.map(({ from }) => from),
    ...id,
    ...atColumn(at),
    ...fieldColumns(person),
    ...fieldColumns(account),
    ...signals,
    population?.unit,
    ...atColumn(population?.starts),
    outcome?.column,
    ...atColumn(outcome?.at),
  ];
  return [...new Set(named.filter((name) => name !== undefined))];
}

function atColumn(at: SignalsMappingDocument["at"]): readonly string[] {
  if (at === undefined) return [];
  return [typeof at === "string" ? at : at.column];
}

type Named = SignalsMappingField | { readonly previous: true } | { readonly constant: number } | undefined;

function fieldColumns(fields: Readonly<Record<string, Named>>): readonly string[] {
  return Object.values(fields).flatMap((field) => {
    if (field === undefined) return [];
    if (typeof field === "string") return [field];
    return "column" in field ? [field.column] : [];
  });
}
