import type { Source } from "@ratchet/engine";
import type { VendorItem, VendorRequest } from "../vendors/vendor.ts";
import { readCloudEvent } from "./cloud-event.ts";
import type { ReadItem } from "./ingest.ts";
import { readSegmentMessage } from "./segment-message.ts";
import { readSignalRequest } from "./signal-request.ts";
import { NO_KEY_SOURCE } from "./source-keys.ts";
import { settingsOfSource, vendorOfSource, type Vendors } from "./webhook-source.ts";

/** Reads one item of a source as it was kept in quarantine, verbatim. */
export type ItemReader = (value: unknown, raw: string) => ReadItem;

/**
 * How a source's items are read again; null where a row comes back by sending or importing it again.
 *
 * @param isKeyed - whether a name is that of a source with a key of its own.
 */
export function readerOf(source: Source, vendors: Vendors, isKeyed: (source: string) => boolean): ItemReader | null {
  if (source.kind === "segment") return (value, raw) => readSegmentMessage(value, raw);
  if (source.kind === "cloudevents") return readCloudEvent;
  if (source.kind === "api") {
    const keyed = source === NO_KEY_SOURCE ? null : source.id;
    return (value, raw) => readSignalRequest(value, () => raw, { keyed, isKeyed });
  }
  const vendor = source.kind === "webhook" ? vendorOfSource(source, vendors) : null;
  if (vendor === null) return null;
  const settings = settingsOfSource(source);
  return (_, raw) => readItemOf(vendor.read(requestOf(raw), settings), raw);
}

/** An item of a webhook as the ingest takes it; null for what is deliberately no signal. */
export function readVendorItem(item: VendorItem, raw: string): ReadItem | null {
  if (item.kind === "signal") return { kind: "signal", signal: item.signal, raw };
  return item.kind === "unread" ? { kind: "unread", code: item.code, message: item.message, raw: item.raw } : null;
}

/** One event was kept, so one comes back. */
function readItemOf([item]: readonly VendorItem[], raw: string): ReadItem {
  const read = item === undefined ? null : readVendorItem(item, raw);
  return read ?? { kind: "unread", code: "signal.ignored", message: "it is no signal: nothing is to be let in", raw };
}

function requestOf(raw: string): VendorRequest {
  return { rawBody: Buffer.from(raw), headers: new Map(), method: "POST", url: "" };
}
