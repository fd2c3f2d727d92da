import { digestOf, type StateStore } from "@ratchet/engine";
import type { ImportMap } from "./import-map.ts";

/** What a row in quarantine needs beside its text to be read again: the map it was read by, and its file's header. */
export interface FileLayout {
  readonly map: ImportMap;
  /** The header line of a CSV as it stands in the file; null for formats whose rows name their columns. */
  readonly header: string | null;
}

/** Keeps a layout once, when the first row of its file does not fit. @returns its address, for `QuarantinedRow.reading`. */
export function layoutKeeper(state: StateStore, map: ImportMap): (header: string | null) => Promise<string> {
  let kept: string | null = null;
  return async (header) => {
    if (kept !== null) return kept;
    const body: FileLayout = { map, header };
    const digest = digestOf(body);
    await state.append([], [{ digest, kind: "file-layout", body }]);
    kept = digest;
    return digest;
  };
}
