import type { QuarantinedRow, Source } from "@ratchet/engine";
import type { Vendor, VendorItem, VendorRequest } from "../vendors/vendor.ts";
import { readCloudEvent } from "./cloud-event.ts";
import { calledAsIn, type ToldItem } from "./ingest.ts";
import { readSegmentMessage, segmentType } from "./segment-message.ts";
import { readSignalRequest } from "./signal-request.ts";
import { NO_KEY_SOURCE } from "./source-keys.ts";
import { settingsOfSource, vendorOfSource, type Vendors } from "./webhook-source.ts";

/** Reads one item of a source as it was kept in quarantine, verbatim: what a webhook's event tells may be several signals. */
export type ItemReader = (row: Pick<QuarantinedRow, "raw" | "position">) => readonly ToldItem[];

/**
 * How a source's items are read again; null where a row comes back by sending or importing it again.
 *
 * @param isKeyed - whether a name is that of a source with a key of its own.
 */
export function readerOf(source: Source, vendors: Vendors, isKeyed: (source: string) => boolean): ItemReader | null {
  if (source.kind === "segment")
    return ({ raw, position }) => [readSegmentMessage(valueOf(raw), raw, segmentType(calledAsIn(position)))];
  if (source.kind === "cloudevents") return ({ raw }) => [readCloudEvent(valueOf(raw), raw)];
  if (source.kind === "api") {
    const keyed = source === NO_KEY_SOURCE ? null : source.id;
    return ({ raw }) => [readSignalRequest(valueOf(raw), () => raw, { keyed, isKeyed })];
  }
  const vendor = source.kind === "webhook" ? vendorOfSource(source, vendors) : null;
  if (vendor === null) return null;
  const settings = settingsOfSource(source);
  return ({ raw, position }) => {
    const items =
      vendor.readKept?.(raw, settings) ?? vendor.read(requestAgain(vendor, raw, calledAsIn(position)), settings);
    const read = items.flatMap((item) => readVendorItem(item) ?? []);
    return read.length > 0 ? read : [{ kind: "unread", ...NOTHING, raw }];
  };
}

const NOTHING = { code: "signal.ignored", message: "it is no signal: nothing is to be let in" } as const;

/** An item of a webhook as the ingest takes it; null for what is deliberately no signal. */
export function readVendorItem(item: VendorItem): ToldItem | null {
  if (item.kind === "signal") return { kind: "signal", signal: item.signal, raw: item.raw };
  if (item.kind === "tie") return item;
  return item.kind === "unread" ? { kind: "unread", code: item.code, message: item.message, raw: item.raw } : null;
}

/** A call with this event alone. A list is one event of a list: it was none, and is none again. */
function requestAgain({ kindHeader }: Vendor, raw: string, calledAs: string | null): VendorRequest {
  const headers = kindHeader === undefined || calledAs === null ? [] : [[kindHeader, calledAs] as const];
  const body = Array.isArray(valueOf(raw)) ? `[${raw}]` : raw;
  return { rawBody: Buffer.from(body), headers: new Map(headers), method: "POST", url: "" };
}

/** An item that is no JSON is read as its text, and refused again with its reason. */
function valueOf(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
