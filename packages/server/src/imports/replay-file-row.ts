import { digest, type QuarantinedRow, type QuarantineEntry, type StateStore } from "@ratchet/engine";
import type { DataReport } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { importLog } from "../import/import-log.ts";
import { importMappingFrom } from "../import/import-mapping.ts";
import { LogFileError } from "../import/log-file-error.ts";
import type { Ingest, ItemFault } from "../ingest/ingest.ts";
import { importSignals } from "../signal-import/import-signals.ts";
import type { FileLayout } from "./file-layout.ts";
import { importMapSchema, isSignalsMap, type ImportMap } from "./import-map.ts";

type Replaying = Pick<AppContext, "stores" | "ingest">;

const DIGEST = /^[0-9a-f]{64}$/u;

/** Whether a row in quarantine is one of a file that can be read again by itself. */
export function isFileRow({ source, reading }: Pick<QuarantineEntry, "source" | "reading">): boolean {
  return source.startsWith("import:") && reading !== undefined && DIGEST.test(reading);
}

/**
 * Reads a row of a file again, as a file of one row under its own header and number: by the map that is given, else by the latest that
 * files of this name came in with, else by its own.
 *
 * @returns why it still does not fit; null where all of it is in, or where it tells nothing by the map that holds now.
 */
export async function replayFileRow(
  { stores, ingest }: Replaying,
  row: QuarantineEntry,
  given: ImportMap | null,
): Promise<ItemFault | null> {
  const layout = await layoutOf(stores.state, row);
  if (layout === null) return { code: "row.layout_lost", message: "nobody knows its columns; import the file again" };
  const map = given ?? (await latestMap(stores.state, row.source)) ?? layout.map;
  if (`import:${map.name}` !== row.source)
    return { code: "map.another", message: `the map is of "${map.name}", the row of ${row.source}` };
  const faults: ItemFault[] = [];
  const origin = { stream: bytesOf(layout, row), ...heldBack(stores.state, faults) };
  try {
    const report = isSignalsMap(map)
      ? await importSignals({
          ...stores,
          ...origin,
          document: readAs(layout, map),
          ingest: takingAgain(ingest, faults),
        })
      : await importLog({ ...stores, ...origin, mapping: importMappingFrom(map), firstRow: rowNumberOf(row) });
    return faults[0] ?? conflictIn(report);
  } catch (error) {
    if (!(error instanceof LogFileError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** What a file of one map says of those that it took, beside the rows that do not fit. */
function conflictIn({ pending, conflicts }: DataReport): ItemFault | null {
  if (pending > 0) return { code: "row.pending", message: "its outcome is not known yet" };
  return conflicts > 0
    ? { code: "inbox.conflict", message: "another body was acknowledged under its id; that one stands" }
    : null;
}

async function layoutOf(state: StateStore, { reading }: QuarantineEntry): Promise<FileLayout | null> {
  const stored = reading === undefined ? null : await state.document(digest(reading));
  if (stored === null || stored.kind !== "file-layout") return null;
  // Our own bytes, under their own address.
  const layout: FileLayout = JSON.parse(JSON.stringify(stored.body));
  return layout;
}

/** Where the latest map of a name is kept: of decisions by the import itself, of signals here. */
export function signalsMapSetting(source: string): string {
  return `${source}:signals_map`;
}

async function latestMap(state: StateStore, source: string): Promise<ImportMap | null> {
  const stored = (await state.setting(signalsMapSetting(source))) ?? (await state.setting(source));
  const parsed = stored === null ? null : importMapSchema.safeParse(JSON.parse(stored));
  return parsed?.success === true ? parsed.data : null;
}

async function* bytesOf({ header }: FileLayout, { raw }: QuarantinedRow): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header === null ? `${raw}\n` : `${header}\n${raw}\n`);
}

/** A row of Parquet is kept as JSON. */
function readAs<Map extends { readonly format?: "csv" | "ndjson" | "parquet" }>({ header }: FileLayout, map: Map): Map {
  return { ...map, format: header === null ? "ndjson" : "csv" };
}

function rowNumberOf({ position }: QuarantinedRow): number {
  return Number(/^row (\d+)/u.exec(position)?.[1] ?? 1);
}

/** A state store into which nothing is quarantined again, and from which nothing is moved on yet: one projection serves all rows. */
function heldBack(state: StateStore, faults: ItemFault[]): { readonly state: StateStore } {
  return {
    state: {
      ...state,
      quarantine: async (rows) => void faults.push(...rows.map(({ code, reason }) => ({ code, message: reason }))),
      quarantined: async () => [],
      openSegment: async () => null,
    },
  };
}

/** Takes signals in as out of quarantine: what does not fit is told, and not quarantined twice. */
function takingAgain(ingest: Ingest, faults: ItemFault[]): Pick<Ingest, "take"> {
  return {
    take: async ({ source, items, now }) => {
      for (const item of items) {
        const fault = await ingest.takeAgain(source.id, item, now);
        if (fault !== null) faults.push(fault);
      }
      return { sent: items.length, accepted: items.length, duplicates: 0, quarantined: 0, conflicts: 0, rejected: [] };
    },
  };
}
