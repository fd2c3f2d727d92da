import { instant, type Instant, type ReceivedSignal } from "@ratchet/engine";
import type { VendorItem, VendorRequest } from "./vendor.ts";

/** Cases per fuzzed claim: 5,000 in every run, 100,000 with `RATCHET_LONG_TESTS=1`. */
export const FUZZ_RUNS = process.env["RATCHET_LONG_TESTS"] === "1" ? 100_000 : 5_000;

/** Where the catalogue of recorded payloads lies, beside a checkout that has it. */
export const PAYLOADS = "../shared/data/payloads";

/** A call with a JSON body, or with a text as it is. */
export function call(
  body: unknown,
  parts: Partial<Omit<VendorRequest, "rawBody" | "headers">> & {
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): VendorRequest {
  return {
    rawBody: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    headers: new Map(Object.entries(parts.headers ?? {})),
    method: parts.method ?? "POST",
    url: parts.url ?? "https://ratchet.example.com/hooks/vendor/source",
  };
}

/** The signals among items; fails where there is any other. */
export function signalsOf(items: readonly VendorItem[]): readonly ReceivedSignal[] {
  return items.map((item) => {
    if (item.kind !== "signal") throw new Error(`not a signal: ${JSON.stringify(item)}`);
    return item.signal;
  });
}

/** The one signal of a call. */
export function signalOf(items: readonly VendorItem[]): ReceivedSignal {
  const [signal, ...others] = signalsOf(items);
  if (signal === undefined || others.length > 0) throw new Error(`expected one signal, got ${items.length}`);
  return signal;
}

/** What an item is, in a word: its signal's type, or its kind. */
export function wordOf(item: VendorItem): string {
  return item.kind === "signal" ? item.signal.type : item.kind;
}

export function at(iso: string): Instant {
  return instant(Date.parse(iso));
}
