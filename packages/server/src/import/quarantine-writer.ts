import { sha256, type QuarantinedRow, type StateStore } from "@ratchet/engine";
import { namelessText } from "../http/nameless-text.ts";

/** Rejected rows kept with their text; further ones are counted only. */
const QUARANTINE_ROWS_MAX = 50_000;

/** Where an import puts the rows that do not fit. */
export interface QuarantineWriter {
  add(row: QuarantinedRow): void;
  flush(): Promise<void>;
}

/** Keeps rejected rows with their text, once each however often their file is imported. */
export async function quarantineWriter(state: StateStore, source: string): Promise<QuarantineWriter> {
  const earlier = await state.quarantined({ source, limit: QUARANTINE_ROWS_MAX });
  const kept = new Set(earlier.map(keyOf));
  let waiting: QuarantinedRow[] = [];
  return {
    add: (told) => {
      const row = { ...told, reason: namelessText(told.reason) };
      const key = keyOf(row);
      if (kept.size >= QUARANTINE_ROWS_MAX || kept.has(key)) return;
      kept.add(key);
      waiting.push(row);
    },
    flush: async () => {
      if (waiting.length === 0) return;
      const rows = waiting;
      waiting = [];
      await state.quarantine(rows);
    },
  };
}

function keyOf(row: QuarantinedRow): string {
  return sha256(`${row.position}\n${namelessText(row.reason)}\n${row.raw}`).slice(0, 26);
}
