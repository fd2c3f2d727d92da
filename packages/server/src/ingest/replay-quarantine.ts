import type { QuarantineEntry } from "@ratchet/engine";
import type { ReplayView, ROUTES } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { recordKindOf, replayRecord } from "../crm/replay-record.ts";
import type { ImportMap } from "../imports/import-map.ts";
import { readMapping } from "../imports/read-mapping.ts";
import { isFileRow, replayFileRow } from "../imports/replay-file-row.ts";
import type { ItemFault, ToldItem } from "./ingest.ts";
import { readerOf } from "./reader.ts";
import { NO_KEY_SOURCE } from "./source-keys.ts";

/** Rows of the quarantine that one replay reads. */
const REPLAYED_MAX = 10_000;

/** Reads rows again, one by one: what fits now is acknowledged under its own key, so that it counts once however often this runs. */
export async function replayQuarantine(
  context: AppContext,
  { seqs, source, mapping }: ReturnType<typeof ROUTES.replayQuarantine.request.parse>,
): Promise<ReplayView> {
  const { state } = context.stores;
  const map = mapping === undefined ? null : readMapping(mapping);
  const waiting = await state.quarantined({
    waiting: true,
    limit: REPLAYED_MAX,
    ...(source === undefined ? {} : { source }),
    ...(seqs === undefined ? {} : { afterSeq: Math.min(...seqs) - 1 }),
  });
  const rows = seqs === undefined ? waiting : waiting.filter(({ seq }) => seqs.includes(seq));
  return replayRows(context, rows, map);
}

/** Reads again what waited to hear whose an opportunity is. @param opportunities - of which somebody said it now. */
export async function replayWaiting(context: AppContext, opportunities: readonly string[]): Promise<void> {
  if (opportunities.length === 0) return;
  const readings = opportunities.map(context.opportunities.readingOf);
  const rows = await context.stores.state.quarantined({ waiting: true, readings, limit: REPLAYED_MAX });
  if (rows.length > 0) await replayRows(context, rows, null);
}

async function replayRows(
  context: AppContext,
  rows: readonly QuarantineEntry[],
  map: ImportMap | null,
): Promise<ReplayView> {
  const { state, clock } = context.stores;
  const still: ReplayView["still"][number][] = [];
  const released: number[] = [];
  let notReplayable = 0;
  for (const row of rows) {
    const answer = await replayRow(context, row, map);
    if (answer.kind === "released") released.push(row.seq);
    else if (answer.kind === "still") still.push({ seq: row.seq, ...answer.fault });
    else notReplayable += 1;
  }
  await state.releaseQuarantined(released, clock());
  context.projector.notice(released.length);
  return { replayed: rows.length, released: released.length, not_replayable: notReplayable, still };
}

type Replayed =
  | { readonly kind: "released" }
  | { readonly kind: "still"; readonly fault: ItemFault }
  | { readonly kind: "not-replayable" };

async function replayRow(context: AppContext, row: QuarantineEntry, map: ImportMap | null): Promise<Replayed> {
  const kind = recordKindOf(row);
  if (kind !== null) return answered(await replayRecord(context, row, kind));
  if (isFileRow(row)) return answered(await replayFileRow(context, row, map));
  const source = row.source === NO_KEY_SOURCE.id ? NO_KEY_SOURCE : context.sources.byId(row.source);
  const reader = source === null ? null : readerOf(source, context.vendors, (id) => context.sources.byId(id) !== null);
  if (source === null || reader === null || row.code === "inbox.conflict") return { kind: "not-replayable" };
  return answered(await takeAll(context, source.id, reader(row)));
}

function answered(fault: ItemFault | null): Replayed {
  return fault === null ? { kind: "released" } : { kind: "still", fault: { code: fault.code, message: fault.message } };
}

/** What one row holds, one after the other; the first fault, or null where all of it is in. */
async function takeAll(
  { ingest, stores, opportunities }: AppContext,
  source: string,
  told: readonly ToldItem[],
): Promise<ItemFault | null> {
  let first: ItemFault | null = null;
  const { items } = await opportunities.place(source, told, stores.clock());
  for (const item of items) {
    const fault = await ingest.takeAgain(source, item, stores.clock());
    first ??= fault;
  }
  return first;
}
