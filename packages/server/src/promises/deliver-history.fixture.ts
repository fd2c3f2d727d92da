import { readFileSync } from "node:fs";
import { projectInbox, type InboxItem } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { DAY, diceOf, RECORDS_SOURCE, START, type Dice, type HistoryEvent, type Way } from "./draw-history.fixture.ts";
import { addSource, type World } from "./world.fixture.ts";

/** When everything has been told. */
export const END = START + 60 * DAY;
const DELAY_MAX = 30 * DAY;
const COPIES_MAX = 5;

/** One copy of an event on its way to us. */
interface Delivery {
  readonly at: number;
  readonly event: HistoryEvent;
}

/** How a history arrives: each event once, in order, by itself; or as the world is. */
export type Manner = { readonly kind: "in order" } | { readonly kind: "as it comes"; readonly seed: number };

/** What was answered while a history was delivered. */
export interface Delivered {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** For each contested key the body that came first. */
  readonly firsts: ReadonlyMap<string, string>;
}

/** Tells a world everything that happened in a history. */
export async function deliver(world: World, events: readonly HistoryEvent[], manner: Manner): Promise<Delivered> {
  const senders = await sendersOf(world);
  const dice = manner.kind === "in order" ? null : diceOf(manner.seed);
  const tally = { sent: 0, accepted: 0, duplicates: 0, quarantined: 0 };
  const waiting = new Map<Way, string[]>();
  const firsts = new Map<string, string>();
  const asks = new Map(events.filter(({ kind }) => kind === "ask").map((ask, i) => [ask, i]));
  const asked: string[] = [];
  const flush = async (way: Way): Promise<void> => {
    const texts = waiting.get(way) ?? [];
    waiting.delete(way);
    if (texts.length === 0) return;
    const answer = await senders[way](texts);
    tally.sent += texts.length;
    for (const key of ["accepted", "duplicates", "quarantined"] as const) tally[key] += answer[key];
    if (dice?.chance(0.2) === true) await project(world, 1 + dice.below(40));
  };
  for (const { at, event } of dice === null ? inOrder(events) : asItComes(events, dice)) {
    world.turnTo(at);
    if (event.kind === "message") {
      const text = event.text(asked);
      if (event.contested !== undefined && !firsts.has(event.contested)) firsts.set(event.contested, text);
      if (dice === null) for (const other of waiting.keys()) if (other !== event.way) await flush(other);
      const texts = waiting.get(event.way) ?? [];
      texts.push(text);
      waiting.set(event.way, texts);
      if (texts.length >= (dice === null ? 50 : 1 + dice.below(60))) await flush(event.way);
      continue;
    }
    // In the ordered run nothing overtakes anything.
    if (dice === null) for (const way of waiting.keys()) await flush(way);
    const decided = await call(world, event);
    if (decided !== null) asked[asks.get(event) ?? -1] = decided;
  }
  world.turnTo(END);
  for (const way of waiting.keys()) await flush(way);
  await project(world, 20_000);
  return { ...tally, firsts };
}

/** Everything once, when it happened. */
function inOrder(events: readonly HistoryEvent[]): readonly Delivery[] {
  return events.map((event) => ({ at: event.at, event }));
}

/**
 * One to five copies of everything, each up to 30 days late, or all of it at the end in any order.
 *
 * What says no time of its own is heard when it is heard: a decision is asked for, and two records are merged, in time; only the repetitions
 * come late, those of a question within the window in which it is the same question.
 */
function asItComes(events: readonly HistoryEvent[], dice: Dice): readonly Delivery[] {
  const allAtTheEnd = dice.chance(0.25);
  const lateness = (): number => (allAtTheEnd ? Infinity : dice.chance(0.4) ? 0 : dice.below(DELAY_MAX));
  const copyOf = (event: HistoryEvent, copy: number): number => {
    if (event.kind === "ask") return copy === 0 ? event.at : event.at + dice.below(DAY - (event.at % DAY));
    if (event.kind === "merge") return copy === 0 ? event.at : event.at + dice.below(DELAY_MAX);
    return Math.min(event.at + lateness(), END);
  };
  return events
    .flatMap((event) =>
      Array.from({ length: 1 + dice.below(COPIES_MAX) }, (_, copy) => ({ at: copyOf(event, copy), event })),
    )
    .map((delivery) => ({ delivery, tie: dice.below(2 ** 30) }))
    .toSorted((a, b) => a.delivery.at - b.delivery.at || a.tie - b.tie)
    .map(({ delivery }) => delivery);
}

/** The id of the decision that was asked for; null for anything else. */
async function call(world: World, event: Exclude<HistoryEvent, { kind: "message" }>): Promise<string | null> {
  if (event.kind === "ask") {
    const body = JSON.stringify({ point: "content", unit_id: event.unit, context: { region: "EMEA" } });
    const decided = ROUTES.decide.response.parse(await answered(world.post(ROUTES.decide.path, body)));
    return "decision_id" in decided ? decided.decision_id : null;
  }
  const path = event.kind === "merge" ? ROUTES.mergePeople.path : event.path;
  const response = await world.post(path, JSON.stringify(event.body));
  // Somebody may be merged with themselves; that is refused.
  if (response.status !== 200 && event.kind !== "merge") throw new Error(await response.text());
  return null;
}

interface Counted {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
}
type Send = (texts: readonly string[]) => Promise<Counted>;

const SECRET = "only-the-vendor-knows";
const ITERABLE = readFileSync("examples/webhook-mappings/iterable.yaml", "utf8");

/** A source of each way in, and how a batch of its messages is sent. */
async function sendersOf(world: World): Promise<Readonly<Record<Way, Send>>> {
  const site = await addSource(world, { source_id: "site", kind: "segment" });
  const events = await addSource(world, { source_id: "events", kind: "cloudevents" });
  const rows = await addSource(world, { source_id: RECORDS_SOURCE, kind: "api" });
  await addSource(world, { source_id: "mail", kind: "webhook", vendor: "mailjet", secret: SECRET });
  await addSource(world, { source_id: "mapped", kind: "webhook", mapping: ITERABLE, secret: SECRET });
  const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const list = (texts: readonly string[]): string => `[${texts.join(",")}]`;
  const hook = (path: string) => async (texts: readonly string[]) =>
    counted(await answered(world.post(path, list(texts), bearer(SECRET))));
  return {
    signals: async (texts) => {
      const body = await answered(world.post(ROUTES.signals.path, `{"signals":${list(texts)}}`));
      const { accepted, duplicates, quarantined } = ROUTES.signals.response.parse(body);
      return { accepted, duplicates, quarantined };
    },
    segment: async (texts) => {
      const before = world.context.requestLog.tally("site");
      await answered(world.post("/v1/batch", `{"batch":${list(texts)}}`, bearer(site)));
      const after = world.context.requestLog.tally("site");
      return {
        accepted: after.accepted - before.accepted,
        duplicates: after.duplicates - before.duplicates,
        quarantined: after.quarantined - before.quarantined,
      };
    },
    cloudevents: async (texts) => {
      const headers = { ...bearer(events), "content-type": "application/cloudevents-batch+json" };
      return counted(await answered(world.post("/v1/events", list(texts), headers)));
    },
    records: async (texts) => counted(await answered(world.post("/v1/opportunities", list(texts), bearer(rows)))),
    hook: hook("/hooks/mailjet/mail"),
    mapped: hook("/hooks/iterable/mapped"),
    imported: async (texts) => {
      const items = texts.map((text): InboxItem => JSON.parse(text));
      const receipts = await world.context.stores.state.acknowledge(items);
      const count = (wanted: string): number => receipts.filter((receipt) => receipt === wanted).length;
      return { accepted: count("accepted"), duplicates: count("duplicate"), quarantined: count("conflict") };
    },
  };
}

async function answered(asked: Promise<Response>): Promise<unknown> {
  const response = await asked;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

function counted(answer: unknown): Counted {
  const number = (name: string): number => Number(Reflect.get(Object(answer), name));
  return { accepted: number("accepted"), duplicates: number("duplicates"), quarantined: number("quarantined") };
}

async function project({ context }: World, maxItems: number): Promise<void> {
  await projectInbox(context.stores, { maxItems, maxSegments: maxItems === 20_000 ? 1_000 : 1 });
}
