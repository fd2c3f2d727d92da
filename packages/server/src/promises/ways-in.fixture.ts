import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Dice } from "./draw-history.fixture.ts";
import { MARKERS, mutatedText } from "./mutate-json.fixture.ts";
import { SIGNED_HOOKS, type SignedHook } from "./signed-hooks.fixture.ts";
import { SAMPLES, SOAP_SAMPLE } from "../vendors/sample-calls.fixture.ts";
import { addSource, type World } from "./world.fixture.ts";

/** When every shot is fired; before it lies all that the samples tell. */
export const NOW = Date.UTC(2026, 2, 6, 20, 0, 30);

/** One request: what it carries, and what of it must be found again. */
export interface Shot {
  readonly source: string;
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** The items, as they were written; null where the body as a whole was spoilt, so that nobody can tell its items. */
  readonly texts: readonly string[] | null;
  /** What is kept where no item can be told apart. */
  readonly whole: string;
}

/** A way in: fires one shot, mostly off the mark. */
export interface Way {
  readonly name: string;
  readonly draw: (dice: Dice, n: number) => Shot;
}

/** Every way in through which messages come as JSON, with its source made. */
export async function waysInto(world: World): Promise<readonly Way[]> {
  const site = await addSource(world, { source_id: "site", kind: "segment" });
  const events = await addSource(world, { source_id: "events", kind: "cloudevents" });
  const hooks = await Promise.all(SIGNED_HOOKS.map(async (hook) => hookWay(world, hook)));
  return [
    signalsWay(),
    segmentBatch(site),
    segmentSingle(site),
    ...eventWays(events),
    ...hooks,
    await mappedWay(world, "iterable"),
    ...recordWays(await addSource(world, { source_id: RECORDS_SOURCE, kind: "api" })),
  ];
}

const about = { email: MARKERS.email, phone: MARKERS.phone };

function signalSample(n: number): object {
  return {
    message_id: `m-${n}`,
    type: "meeting_booked",
    unit_id: `unit-${n}`,
    value: 12.5,
    occurred_at: "2026-03-02T10:00:00Z",
    source: "erp",
  };
}

function segmentSample(n: number): object {
  return {
    type: "track",
    messageId: `g-${n}`,
    userId: `user-${n}`,
    anonymousId: `browser-${n}`,
    event: "Meeting Booked",
    properties: { value: 12.5, currency: "EUR", plan: { name: "pro", seats: [1, 2] } },
    context: { traits: { ...about, name: "Jane Marker" }, userAgent: "Mozilla/5.0", campaign: { name: "spring" } },
    timestamp: "2026-03-02T10:00:00Z",
  };
}

function eventSample(n: number): object {
  return {
    specversion: "1.0",
    id: `e-${n}`,
    source: "/crm",
    type: "com.example.opportunity.won.v1",
    subject: "lead/17",
    time: "2026-03-02T10:00:00Z",
    data: { email: MARKERS.email, domain: "example.com", value: 100, currency: "EUR", stage: { from: "a", to: "b" } },
  };
}

/** One to five items, most of them with something wrong. */
function itemsOf(sample: unknown, dice: Dice): readonly string[] {
  return Array.from({ length: 1 + dice.below(5) }, () =>
    dice.chance(0.2) ? JSON.stringify(sample) : mutatedText(sample, dice),
  );
}

interface Envelope {
  readonly source: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly around: (texts: readonly string[]) => string;
}

/** Items in their envelope; now and then the whole is spoilt on its way. */
function shotOf({ source, path, headers, around }: Envelope, texts: readonly string[], dice: Dice): Shot {
  const body = around(texts);
  if (dice.chance(0.9)) return { source, path, headers, body, texts, whole: body };
  return { source, path, ...spoilt(body, headers, dice), texts: null, whole: "" };
}

const gzip = (headers: Shot["headers"]): Shot["headers"] => ({ ...headers, "content-encoding": "gzip" });

/** A body that was cut, garbled, packed badly or written in another encoding. */
function spoilt(body: string, headers: Shot["headers"], dice: Dice): Pick<Shot, "body" | "headers"> {
  const bytes = Buffer.from(body);
  const cut = dice.below(bytes.length + 1);
  switch (dice.below(9)) {
    case 0:
      return { body: bytes.subarray(0, cut), headers };
    case 1:
      return {
        body: Buffer.concat([bytes.subarray(0, cut), Buffer.from([0xff, 0xc3, 0x28, 0x00]), bytes.subarray(cut)]),
        headers,
      };
    case 2:
      return { body: Buffer.from(body, "utf16le"), headers };
    case 3:
      return { body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]), headers };
    case 4:
      return { body: bytes, headers: gzip(headers) };
    case 5:
      return { body: gzipSync(bytes).subarray(0, cut), headers: gzip(headers) };
    case 6:
      return { body: "", headers };
    case 7:
      return { body: `${"[".repeat(100_000)}${body}`, headers };
    default:
      return { body: `${body}${body}`, headers: { ...headers, "content-type": "text/xml; charset=latin1" } };
  }
}

const listed = (texts: readonly string[]): string => `[${texts.join(",")}]`;
const bearer = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` });

function signalsWay(): Way {
  const envelope = {
    source: "api",
    path: "/v1/signals",
    headers: {},
    around: (texts: readonly string[]) => `{"signals":${listed(texts)}}`,
  };
  return { name: "signals", draw: (dice, n) => shotOf(envelope, itemsOf(signalSample(n), dice), dice) };
}

function segmentBatch(key: string): Way {
  const envelope = {
    source: "site",
    path: "/v1/batch",
    headers: bearer(key),
    around: (texts: readonly string[]) => `{"batch": ${listed(texts)} , "sentAt":"2026-03-06T20:00:00Z"}`,
  };
  return { name: "segment batch", draw: (dice, n) => shotOf(envelope, itemsOf(segmentSample(n), dice), dice) };
}

function segmentSingle(key: string): Way {
  return {
    name: "segment",
    draw: (dice, n) => {
      const path = dice.pick(["/v1/track", "/v1/identify", "/v1/page", "/v1/group", "/v1/alias", "/v1/screen"]);
      const around = ([text = ""]: readonly string[]): string => text;
      return shotOf(
        { source: "site", path, headers: bearer(key), around },
        [mutatedText(segmentSample(n), dice)],
        dice,
      );
    },
  };
}

function eventWays(key: string): readonly Way[] {
  const way = (mode: string, type: string, around: Envelope["around"]): Envelope => ({
    source: "events",
    path: "/v1/events",
    headers: { ...bearer(key), "content-type": `application/${mode}${type}` },
    around,
  });
  const batch = way("cloudevents-batch+json", "", listed);
  const structured = way("cloudevents+json", "; charset=utf-8", ([text = ""]) => text);
  return [
    { name: "events batch", draw: (dice, n) => shotOf(batch, itemsOf(eventSample(n), dice), dice) },
    {
      name: "events structured",
      draw: (dice, n) => shotOf(structured, [mutatedText(eventSample(n), dice)], dice),
    },
    { name: "events binary", draw: (dice, n) => binaryEvent(key, dice, n) },
  ];
}

/** The attributes are headers, which hold what headers can; the body is the data alone. */
function binaryEvent(key: string, dice: Dice, n: number): Shot {
  const attributes = Object.entries({
    "ce-specversion": dice.chance(0.9) ? "1.0" : "0.3",
    "ce-id": `b-${n}`,
    "ce-source": "/crm",
    "ce-type": dice.pick(["com.example.opportunity.won", "%E2%82%AC.%", "x"]),
    "ce-subject": dice.pick(["lead/17", "account/a", "lead/"]),
    "ce-time": dice.pick(["2026-03-02T10:00:00Z", "1970-01-01T00:00:00Z", "later"]),
  }).filter(() => dice.chance(0.95));
  const headers = { ...bearer(key), "content-type": "application/json", ...Object.fromEntries(attributes) };
  const data = mutatedText({ ...about, user_id: `user-${n}`, value: 3, currency: "EUR" }, dice);
  return shotOf({ source: "events", path: "/v1/events", headers, around: ([text = ""]) => text }, [data], dice);
}

/** The address of a vendor's call as the server sees it. */
const urlOf = (path: string): string => `http://localhost:4600${path}`;

const marked = (text: string): string => text.replaceAll("jane@example.com", MARKERS.email);

async function hookWay(world: World, hook: SignedHook): Promise<Way> {
  const source = `hook-${hook.vendor}`;
  await addSource(world, { source_id: source, kind: "webhook", vendor: hook.vendor, secret: hook.secret });
  const path = `/hooks/${hook.vendor}/${source}`;
  const sample: unknown = JSON.parse(marked(JSON.stringify(sampleOf(hook.vendor))));
  const draw = (dice: Dice): Shot => {
    const [event, isList] = Array.isArray(sample) ? [sample[0], true] : [sample, false];
    const texts = isList ? itemsOf(event, dice) : [mutatedText(event, dice)];
    const text = hook.vendor === "salesforce-outbound" ? soapText(dice) : isList ? listed(texts) : (texts[0] ?? "");
    const whole = dice.chance(0.9)
      ? text
      : dice.pick(["", text.slice(0, dice.below(text.length + 1)), `${text}${text}`, "null"]);
    const { body, headers, kept = whole } = hook.call(whole, { url: urlOf(path), nowMs: NOW });
    return { source, path, body, headers, texts: whole === text ? texts : null, whole: kept };
  };
  return { name: hook.vendor, draw };
}

/** The vendor's sample, about somebody: a deal alone would never be taken. */
function sampleOf(vendor: string): unknown {
  if (vendor === "hubspot")
    return [{ ...SAMPLES.hubspot[0], subscriptionType: "contact.propertyChange", propertyName: "lifecyclestage" }];
  if (vendor === "mailgun") return SAMPLES.mailgun["event-data"];
  if (vendor !== "salesforce-changes") return Reflect.get(SAMPLES, vendor) ?? null;
  const { data, ...rest } = SAMPLES["salesforce-changes"];
  return { ...rest, data: { ...data, payload: { ...data.payload, AccountId: "001xx0000000001AAA" } } };
}

/** XML with a slice taken out, doubled, or exchanged. */
function soapText(dice: Dice): string {
  const soap = marked(SOAP_SAMPLE);
  const from = dice.below(soap.length);
  const word = dice.pick(["", "<!DOCTYPE a>", "&#0;", "&#xFFFFFF;", "</sf:Id>", "]]>", "<a ", "\u0007", "&lol;"]);
  return soap.slice(0, from) + word + soap.slice(from + dice.below(60));
}

/** Who sends rows of a CRM. */
export const RECORDS_SOURCE = "crm";

const RECORD = { updated_at: "2026-03-02T10:00:00Z", owner_id: "o-1", attributes: { tier: "a", seats: 3 } };
const RECORDS = {
  accounts: { ...RECORD, name: "Acme", domain: "example.com", employees: 12, icp: true },
  contacts: { ...RECORD, ...about, name: "Jane Marker", account_id: "a-1", stage: "customer" },
  leads: { ...RECORD, email: MARKERS.email, company: "Acme", stage: "new", converted_contact_id: "c-1" },
  opportunities: {
    ...RECORD,
    account_id: "a-1",
    amount: 1200.5,
    currency: "EUR",
    status: "open",
    stage: "proposal",
    contacts: [{ contact_id: "c-1", role: "champion" }],
  },
} as const;

/** Rows of a CRM: bare, or under `rows`. */
function recordWays(key: string): readonly Way[] {
  return Object.entries(RECORDS).map(([name, row]) => ({
    name,
    draw: (dice, n) => {
      const isBare = dice.chance(0.5);
      const around = (texts: readonly string[]): string => (isBare ? listed(texts) : `{"rows": ${listed(texts)}}`);
      const envelope = { source: RECORDS_SOURCE, path: `/v1/${name}`, headers: bearer(key), around };
      return shotOf(envelope, itemsOf({ ...row, id: `${name}-${n}` }, dice), dice);
    },
  }));
}

async function mappedWay(world: World, name: "iterable"): Promise<Way> {
  const source = `mapped-${name}`;
  const secret = "only-the-vendor-knows";
  const mapping = readFileSync(`examples/webhook-mappings/${name}.yaml`, "utf8");
  await addSource(world, { source_id: source, kind: "webhook", mapping, secret });
  const sample: unknown = JSON.parse(marked(JSON.stringify(SAMPLES[name])));
  const envelope = { source, path: `/hooks/${name}/${source}`, headers: bearer(secret), around: listed };
  return { name: `mapping ${name}`, draw: (dice) => shotOf(envelope, itemsOf(sample, dice), dice) };
}
