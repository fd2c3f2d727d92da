import { actionId, decisionId, instant, segmentId, unitId, type Decision, type InboxItem } from "@ratchet/engine";
import { mersenneRng, propensity } from "@ratchet/stats";

/** The ways in that a message may take; `imported` is a row of a file, as an importer hands it on. */
export type Way = "signals" | "segment" | "cloudevents" | "hook" | "mapped" | "imported" | "records";

/** Something that happened at `at`, and how it is told. Everything but an `ask` and a `merge` says itself when it happened. */
export type HistoryEvent =
  | { readonly kind: "ask"; readonly at: number; readonly unit: string }
  | { readonly kind: "merge"; readonly at: number; readonly body: Readonly<Record<string, string>> }
  | {
      readonly kind: "word";
      readonly at: number;
      readonly path: string;
      readonly body: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "message";
      readonly at: number;
      readonly way: Way;
      /** The message's text, once the decisions asked for so far have their ids. */
      readonly text: (decisions: readonly string[]) => string;
      /** Names the key that this message shares with another of another body. */
      readonly contested?: string;
    };

export const START = Date.UTC(2026, 2, 1);
export const DAY = 86_400_000;
/** A history lasts this long; the longest delay comes on top. */
const DAYS = 20;

/** Draws of one seed. */
export interface Dice {
  /** A whole number from 0, below `n`. */
  readonly below: (n: number) => number;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  readonly chance: (p: number) => boolean;
}

export function diceOf(seed: number): Dice {
  const rng = mersenneRng(seed);
  const below = (n: number): number => Math.floor(rng.next() * n);
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    chance: (p) => rng.next() < p,
  };
}

/** Who there is. Few, so that they are met often and under several names. */
const PEOPLE = 8;
/**
 * The first so many may opt out, and may turn out to be one another. Decisions are asked for the others alone: to whom nothing may be sent, and
 * as which unit somebody goes, depends on what is known by then.
 */
const CHANGEABLE = 5;
const ACCOUNTS = 4;

/** Every name under which a history may speak of somebody. */
export const NAMES = {
  users: Array.from({ length: PEOPLE }, (_, i) => `user-${i}`),
  emails: Array.from({ length: PEOPLE }, (_, i) => `person${i}@firm${i % ACCOUNTS}.example`),
  browsers: Array.from({ length: PEOPLE }, (_, i) => `browser-${i}`),
  phones: Array.from({ length: PEOPLE }, (_, i) => `+49170555010${i}`),
  accounts: Array.from({ length: ACCOUNTS }, (_, i) => `account-${i}`),
  domains: Array.from({ length: ACCOUNTS }, (_, i) => `firm${i}.example`),
} as const;

interface Teller {
  readonly dice: Dice;
  /** Whom the event is about, mostly. */
  readonly who: number;
  readonly i: number;
  readonly at: number;
  readonly asks: number;
}

const iso = (at: number): string => new Date(at).toISOString();
const numbered = (name: string, dice: Dice, n: number): string => `${name}-${dice.below(n)}`;
/** Now and then a name is another's: shared browsers, wrong merges. */
const personOf = ({ dice, who }: Teller): number =>
  mayOptOut({ who }) && dice.chance(0.08) ? dice.below(CHANGEABLE) : who;
const mayOptOut = ({ who }: Pick<Teller, "who">): boolean => who < CHANGEABLE;
const userOf = (teller: Teller): string => NAMES.users[personOf(teller)] ?? "";
const emailOf = (teller: Teller): string => NAMES.emails[personOf(teller)] ?? "";
const unitOf = (teller: Teller): string =>
  teller.dice.pick([userOf(teller), emailOf(teller), numbered("account", teller.dice, ACCOUNTS)]);
const browserOf = (teller: Teller): string => NAMES.browsers[personOf(teller)] ?? "";
const phoneOf = (teller: Teller): string => NAMES.phones[personOf(teller)] ?? "";
/** One of the decisions asked for before, or none. */
const answered = ({ dice, asks }: Teller): number | null => (asks > 0 && dice.chance(0.4) ? dice.below(asks) : null);

/** Tools work in spells: so many times one kind of event comes after another of its kind, to its mean. */
const SPELLS: readonly [Spell, ...Spell[]] = [
  { mean: 6, write: askOf },
  { mean: 1, write: mergeOf },
  { mean: 3, write: wordOf },
  { mean: 1, write: contested },
  { mean: 10, write: messagesBy("signals", signalText) },
  { mean: 12, write: messagesBy("segment", segmentText) },
  { mean: 12, write: messagesBy("segment", segmentText) },
  { mean: 10, write: messagesBy("cloudevents", eventText) },
  { mean: 10, write: messagesBy("hook", mailjetText) },
  { mean: 10, write: messagesBy("mapped", iterableText) },
  { mean: 10, write: messagesBy("imported", importedText) },
  { mean: 8, write: messagesBy("records", recordText) },
];

interface Spell {
  readonly mean: number;
  readonly write: (teller: Teller) => readonly HistoryEvent[];
}

/** About as many events as told, of every kind, in order of time. */
export function drawHistory(seed: number, length: number): readonly HistoryEvent[] {
  const dice = diceOf(seed);
  const times = Array.from({ length }, () => START + dice.below(DAYS * DAY)).toSorted((a, b) => a - b);
  let asks = 0;
  let spell = SPELLS[0];
  return times.flatMap((at, i): readonly HistoryEvent[] => {
    if (i > 0 && dice.chance(1 / spell.mean)) spell = dice.pick(SPELLS);
    const events = spell.write({ dice, i, at, asks, who: dice.below(PEOPLE) });
    asks += events.filter(({ kind }) => kind === "ask").length;
    return events;
  });
}

function askOf(teller: Teller): readonly HistoryEvent[] {
  const who = CHANGEABLE + teller.dice.below(PEOPLE - CHANGEABLE);
  return [{ kind: "ask", at: teller.at, unit: unitOf({ ...teller, who }) }];
}

function mergeOf({ who, ...about }: Teller): readonly HistoryEvent[] {
  const teller = { ...about, who: who % CHANGEABLE };
  const former = teller.dice.pick([emailOf(teller), userOf(teller)]);
  return [{ kind: "merge", at: teller.at, body: { person: userOf(teller), former } }];
}

/** What somebody said about being contacted. */
function wordOf({ who, ...about }: Teller): readonly HistoryEvent[] {
  const { dice, at, i } = about;
  const teller = { ...about, who: who % CHANGEABLE };
  const body = {
    person: dice.pick([userOf(teller), emailOf(teller), browserOf(teller)]),
    source: "crm",
    message_id: `word-${i}`,
    at: iso(at),
    ...(dice.chance(0.5) ? { channel: dice.pick(["email", "phone"]) } : {}),
  };
  const [path, said] = dice.chance(0.5)
    ? (["/v1/suppressions", { basis: dice.pick(["objected", "manual", "unsubscribed"]) }] as const)
    : (["/v1/consents", { kind: dice.pick(["granted", "withdrawn"]), basis: "consent" }] as const);
  return [{ kind: "word", at, path, body: { ...body, ...said } }];
}

type Text = (decisions: readonly string[]) => string;

function messagesBy(way: Way, write: (teller: Teller) => Text): Spell["write"] {
  return (teller) => [{ kind: "message", at: teller.at, way, text: write(teller) }];
}

/** The same message id with two amounts, about somebody of whom nothing else is told. */
function contested({ i, at, dice }: Teller): readonly HistoryEvent[] {
  const body = (value: number): string =>
    JSON.stringify({
      message_id: `contested-${i}`,
      type: "meeting_booked",
      unit_id: `contested-${i}`,
      value,
      source: "erp",
      occurred_at: iso(at),
    });
  return [1, 2 + dice.below(5)].map((value) => {
    const text = body(value);
    return { kind: "message", at, way: "signals", text: () => text, contested: `contested-${i}` };
  });
}

/** The decision's id among others, as JSON leaves out what is undefined. */
function named(decisions: readonly string[], ask: number | null): { readonly decision_id?: string } {
  const id = ask === null ? undefined : decisions[ask];
  return id === undefined ? {} : { decision_id: id };
}

function signalText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const ask = answered(teller);
  const told = {
    message_id: `s-${i}`,
    ...dice.pick([
      { type: dice.pick(["meeting_booked", "replied", "opportunity_won"]), unit_id: unitOf(teller) },
      { type: mayOptOut(teller) ? "unsubscribed" : "replied", unit_id: userOf(teller) },
    ]),
    value: dice.below(1_000_000) / 100,
    occurred_at: iso(at),
    source: "erp",
  };
  return (decisions) => JSON.stringify({ ...told, ...named(decisions, ask) });
}

function segmentText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const message = { messageId: `g-${i}`, timestamp: iso(at) };
  const userId = userOf(teller);
  const anonymousId = browserOf(teller);
  const ask = answered(teller);
  const fixed = (value: object) => () => JSON.stringify(value);
  const kind = dice.below(8);
  if (kind === 0 && mayOptOut(teller))
    return fixed({ ...message, type: "alias", userId, previousId: dice.pick([anonymousId, userOf(teller)]) });
  if (kind === 1) return fixed({ ...message, type: "group", userId, groupId: numbered("account", dice, ACCOUNTS) });
  if (kind === 2) {
    const traits = {
      email: emailOf(teller),
      plan: "pro",
      ...(dice.chance(0.3) ? { phone: phoneOf(teller) } : {}),
    };
    return fixed({ ...message, type: "identify", userId, anonymousId, traits });
  }
  if (kind === 3) return fixed({ ...message, type: "page", anonymousId, name: "Pricing" });
  // A message that does not fit, and one that says no time: it answers a decision of which no metric speaks.
  if (kind === 4 && dice.chance(0.3)) return fixed({ ...message, type: "nonsense", userId });
  if (kind === 5 && ask !== null)
    return (decisions) =>
      JSON.stringify({ messageId: `undated-${i}`, type: "track", event: "Heard", properties: named(decisions, ask) });
  const who = dice.pick<Readonly<Record<string, string>>>([{ userId }, { anonymousId }, { userId, anonymousId }]);
  const event = dice.pick(["Meeting Booked", "Opportunity Won", "Replied"]);
  const value = dice.below(500_000) / 100;
  return (decisions) =>
    JSON.stringify({
      ...message,
      type: "track",
      ...who,
      event,
      properties: { value, currency: "EUR", seats: 3, ...named(decisions, ask) },
    });
}

function eventText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const event = { specversion: "1.0", id: `c-${i}`, source: dice.pick(["/crm", "/billing"]), time: iso(at) };
  const account = numbered("account", dice, ACCOUNTS);
  const kind = dice.below(4);
  if (kind === 0 && mayOptOut(teller)) {
    const data = { type: "lead_converted", contact_id: `contact-${personOf(teller)}`, account_id: account };
    const lead = { ...event, type: "example.lead.changed", subject: `lead/${userOf(teller)}`, data };
    return () => JSON.stringify(lead);
  }
  if (kind === 1) {
    const data = { user_id: userOf(teller), email: emailOf(teller), channel: dice.pick(["email", "phone"]) };
    const type = mayOptOut(teller) ? dice.pick(["example.unsubscribed", "example.resubscribed"]) : "example.replied";
    return () => JSON.stringify({ ...event, type, data });
  }
  const ask = answered(teller);
  const data = { value: dice.below(100_000), currency: "EUR", domain: NAMES.domains[dice.below(ACCOUNTS)] };
  const type = dice.pick(["example.opportunity.won.v1", "example.meeting.booked", "example.replied"]);
  return (decisions) =>
    JSON.stringify({ ...event, type, subject: `account/${account}`, data: { ...data, ...named(decisions, ask) } });
}

function mailjetText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const ask = answered(teller);
  const told = {
    event: mayOptOut(teller) ? dice.pick(["open", "bounce", "spam", "unsub"]) : "click",
    time: Math.floor(at / 1000),
    MessageID: i,
    email: emailOf(teller),
    hard_bounce: dice.chance(0.5),
    customcampaign: "spring",
  };
  return (decisions) => JSON.stringify({ ...told, Payload: JSON.stringify(named(decisions, ask)) });
}

function iterableText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const ask = answered(teller);
  const told = {
    email: emailOf(teller),
    userId: userOf(teller),
    eventName: mayOptOut(teller) ? dice.pick(["emailOpen", "emailUnSubscribe"]) : "emailSend",
  };
  return (decisions) =>
    JSON.stringify({ ...told, dataFields: { createdAt: iso(at), messageId: `i-${i}`, ...named(decisions, ask) } });
}

export const RECORDS_SOURCE = "rows";
const DEALS = 5;
/** The opportunities of which rows tell. */
export const DEAL_IDS = Array.from({ length: DEALS }, (_, i) => `deal-${i}`);

/** An opportunity as it was at that time. */
function recordText({ dice, at }: Teller): Text {
  const n = dice.below(DEALS);
  const row = {
    id: DEAL_IDS[n],
    updated_at: iso(at),
    account_id: `account-${n % ACCOUNTS}`,
    stage: dice.pick(["demo", "proposal", "signed"]),
    ...(dice.chance(0.5) ? { amount: 100 * dice.below(4), currency: "EUR" } : {}),
    ...(dice.chance(0.2) ? { owner_id: dice.pick(["rep-1", "rep-2"]) } : {}),
  };
  return () => JSON.stringify(row);
}

export const IMPORT_SOURCE = "import:crm";

/** A decision made elsewhere, or what came of one. */
function importedText(teller: Teller): Text {
  const { dice, at, i } = teller;
  const item: InboxItem = dice.chance(0.5)
    ? { kind: "decision", source: IMPORT_SOURCE, messageId: `made-${i}`, decision: importedDecision(teller) }
    : {
        kind: "signal",
        source: IMPORT_SOURCE,
        messageId: `row-${i}`,
        signal: {
          source: IMPORT_SOURCE,
          messageId: `row-${i}`,
          type: dice.pick(["meeting_booked", "opportunity_won"]),
          unitId: unitId(numbered("account", dice, ACCOUNTS)),
          decisionId: dice.chance(0.5) ? decisionId(`made-${dice.below(i + 20)}`) : null,
          value: null,
          occurredAt: instant(at),
          receivedAt: instant(at),
        },
      };
  return () => JSON.stringify(item);
}

function importedDecision({ dice, at, i }: Teller): Decision {
  return {
    id: decisionId(`made-${i}`),
    source: IMPORT_SOURCE,
    point: "content",
    unitId: unitId(dice.pick([numbered("account", dice, ACCOUNTS), `user-${dice.below(PEOPLE)}`])),
    segment: segmentId("all"),
    context: { region: "EMEA" },
    action: actionId(dice.pick(["plain", "story"])),
    propensity: propensity(0.5),
    cohort: "control",
    playbookVersion: 0,
    changeId: null,
    rolloutShare: 0,
    cycle: 0,
    fold: dice.below(5),
    reasons: [],
    // Whole days, so that several fall on one moment.
    decidedAt: instant(at - (at % DAY)),
  };
}
