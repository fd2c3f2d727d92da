import { err, ok, type Result } from "@ratchet/stats";
import type { ReceivedSignal } from "@ratchet/engine";
import { itemTexts, memberTexts } from "../ingest/item-texts.ts";
import { isObject } from "./json.ts";
import type { SaidTie, VendorFault, VendorItem, VendorRequest } from "./vendor.ts";

/** Largest body that is read: replies come with their attachments. The way in may allow less. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const DEPTH_MAX = 32;
const KEYS_MAX = 1_000;
/** Most events of one call. The largest batch that a vendor documents is 1,000. */
const ITEMS_MAX = 10_000;
/** Names that could change what every object inherits, if ever copied carelessly: no honest payload has them. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** What a vendor makes of one event: like `VendorItem`, without the event itself. */
export type Reading =
  | { readonly kind: "signal"; readonly signal: ReceivedSignal }
  | { readonly kind: "tie"; readonly tie: SaidTie }
  | { readonly kind: "ignored"; readonly why: string }
  | { readonly kind: "unread"; readonly code: string; readonly message: string }
  | { readonly kind: "confirmation"; readonly url: string };

/** Deliberately not a signal. */
export function ignored(why: string): readonly Reading[] {
  return [{ kind: "ignored", why }];
}

/** Not understood. */
export function unread(code: string, message: string): readonly Reading[] {
  return [{ kind: "unread", code, message }];
}

/** The body as UTF-8 text; ill-formed bytes become U+FFFD, so that quarantine can show them. */
export function bodyText({ rawBody }: VendorRequest): string {
  return new TextDecoder("utf-8").decode(rawBody);
}

/**
 * The body's JSON, within limits of size and depth. Whole numbers too large for a double are kept as text, digit by digit: a rounded id is
 * another event's id.
 */
export function parseJson(text: string): Result<unknown, VendorFault> {
  if (text.length > BODY_BYTES_MAX)
    return err({
      code: "body.too_large",
      message: `the body has ${text.length} characters; at most ${BODY_BYTES_MAX} are read`,
    });
  if (depthOf(text) > DEPTH_MAX)
    return err({ code: "body.too_deep", message: `the body nests deeper than ${DEPTH_MAX} levels` });
  try {
    const parsed: unknown = JSON.parse(text);
    return ok(/\d{16}/u.test(text) ? JSON.parse(quoteBigIntegers(text)) : parsed);
  } catch {
    return err({ code: "body.not_json", message: "the body is not JSON" });
  }
}

/**
 * Reads every event of a JSON body: an array is a batch, anything else one event. Each event is guarded and read by itself, so that a bad
 * one never spoils its batch.
 *
 * @param eventsOf - where the events stand, for bodies that wrap them.
 */
export function readEvents(
  text: string,
  read: (event: unknown) => readonly Reading[],
  eventsOf: (body: unknown) => readonly unknown[] = topLevel,
): readonly VendorItem[] {
  const parsed = parseJson(text);
  if (parsed.kind === "err") return [{ kind: "unread", ...parsed.error, raw: text }];
  const events = eventsOf(parsed.value);
  if (events.length === 0)
    return [{ kind: "unread", code: "body.no_events", message: "the body holds no event", raw: text }];
  if (events.length > ITEMS_MAX) {
    const message = `the body holds ${events.length} events; at most ${ITEMS_MAX} are read at once`;
    return [{ kind: "unread", code: "body.too_many_events", message, raw: text }];
  }
  const rawOf = textsOf(text, parsed.value, events);
  return events.flatMap((event, index) => readEvent({ event, raw: rawOf(index) }, read));
}

function topLevel(body: unknown): readonly unknown[] {
  return Array.isArray(body) ? body : [body];
}

/** For `readEvents`: the body is one event, whatever it is. */
export function oneEvent(body: unknown): readonly unknown[] {
  return [body];
}

/** The text of each event as it was sent. One that stands nowhere in the body as such (it came in a text of its own) is written anew. */
function textsOf(text: string, body: unknown, events: readonly unknown[]): (index: number) => string {
  if (events === body) return itemTexts(text, []);
  if (events.length === 1 && events[0] === body) return () => text;
  const textOf = memberTexts(text, body);
  return (index) => textOf(events[index]) ?? JSON.stringify(events[index]);
}

function readEvent(
  { event, raw }: { readonly event: unknown; readonly raw: string },
  read: (event: unknown) => readonly Reading[],
): readonly VendorItem[] {
  const fault = faultOf(event);
  if (fault !== null) return [{ kind: "unread", ...fault, raw }];
  return read(event).map((reading) => ({ ...reading, raw }));
}

function faultOf(event: unknown): VendorFault | null {
  if (!isObject(event)) return { code: "event.not_an_object", message: "an event must be a JSON object" };
  const open: unknown[] = [event];
  let keys = 0;
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === "object" && item !== null) open.push(item);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        keys += 1;
        if (FORBIDDEN_KEYS.has(key))
          return { code: "event.forbidden_key", message: `an event must not have the key "${key}"` };
        if (typeof inner === "object" && inner !== null) open.push(inner);
      }
    }
    if (keys > KEYS_MAX)
      return { code: "event.too_many_keys", message: `an event must not have more than ${KEYS_MAX} keys` };
  }
  return null;
}

/** How deep brackets nest, before anything recurses into them. Brackets inside strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const at = text.charCodeAt(i);
    if (quoted) {
      if (at === 0x5c) i += 1;
      else if (at === 0x22) quoted = false;
    } else if (at === 0x22) quoted = true;
    else if (at === 0x7b || at === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (at === 0x7d || at === 0x5d) depth -= 1;
  }
  return deepest;
}

/** Text that is known to be JSON, with whole numbers beyond 2^53 put in quotes. */
function quoteBigIntegers(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gsu, (token) =>
    /^-?\d{16,}$/u.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}
