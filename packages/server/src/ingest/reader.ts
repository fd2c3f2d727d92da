import type { SourceKind } from "@ratchet/engine";
import { readCloudEvent } from "./cloud-event.ts";
import type { ReadItem } from "./ingest.ts";
import { readSegmentMessage } from "./segment-message.ts";

/** Reads one item of a source as it was kept in quarantine, verbatim. */
export type ItemReader = (value: unknown, raw: string) => ReadItem;

/** How each kind of source's items are read again; null where a row comes back by importing its file again. */
const READERS: Readonly<Record<SourceKind, ItemReader | null>> = {
  segment: (value, raw) => readSegmentMessage(value, raw),
  cloudevents: readCloudEvent,
  api: null,
  webhook: null,
  file: null,
};

export function readerOf(kind: SourceKind): ItemReader | null {
  return READERS[kind];
}
