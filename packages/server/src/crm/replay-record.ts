import { RECORD_KINDS, type QuarantineEntry, type RecordKind } from "@ratchet/engine";
import type { AppContext } from "../context.ts";
import type { RowFault } from "./read-row.ts";

/** What a row in quarantine is a row of; null where it is none of a CRM. */
export function recordKindOf({ reading }: Pick<QuarantineEntry, "reading">): RecordKind | null {
  return RECORD_KINDS.find((kind) => kind === reading) ?? null;
}

/** Reads a row of a CRM again, with all that its object has been told since. @returns why it still does not fit; null where it is in. */
export async function replayRecord(
  { crm, sources, stores }: Pick<AppContext, "crm" | "sources" | "stores">,
  { source, raw }: QuarantineEntry,
  kind: RecordKind,
): Promise<RowFault | null> {
  const carriesOutcomes = sources.byId(source)?.carriesOutcomes ?? true;
  // A row whose person was erased is no JSON any more, and is refused again.
  const rows = [valueOf(raw)];
  return crm.takeAgain({ source: { id: source, carriesOutcomes }, kind, rows, now: stores.clock() });
}

/** As the route reads it. */
function valueOf(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
