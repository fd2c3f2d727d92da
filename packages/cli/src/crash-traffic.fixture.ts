import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import type { DecisionView, SignalRequest } from "@ratchet/protocol";
import { createRatchet, RatchetError, type RatchetApi } from "@ratchet/sdk";

/** One request, as it is sent and as it is sent again. */
type Sent =
  | { readonly kind: "decide"; readonly units: readonly string[]; readonly racing: boolean }
  | { readonly kind: "signals"; readonly signals: readonly SignalRequest[] }
  | { readonly kind: "cycle" };

/** What the clients know: all that they asked and said, and all that was acknowledged. */
export interface Book {
  /** Every unit for which a decision was asked, once. */
  readonly asked: string[];
  /** The first answer for each unit and window. */
  readonly decided: DecisionView[];
  /** The same by unit and window. */
  readonly decidedBy: Map<string, DecisionView>;
  /** Every signal that was sent, once. */
  readonly told: SignalRequest[];
  /** Message ids of those that were acknowledged. */
  readonly acknowledged: Set<string>;
  /** Requests that were never answered. */
  readonly cut: Sent[];
  /** Answers that break a promise. */
  readonly faults: string[];
  readonly tally: Tally;
}

interface Tally {
  answered: number;
  /** Units decided and signals told in answered requests, repeated ones included. */
  acknowledgements: number;
  /** Decisions that were asked for again and signals that were told again, and answered as what they are. */
  repeated: number;
  /** Requests that a kill left without an answer. */
  cut: number;
  cyclesSent: number;
  cyclesEnded: number;
}

/** The decision point of a workspace that was set up from a log. */
export const POINT = "content";
/** A unit keeps its decision within each of these, counted from 1970. */
const WINDOW_MS = 7 * 86_400_000;
const CLIENTS = 6;
const TIMEOUT_MS = 120_000;
/** Amounts repeat only after so many signals, so that one lost and another counted twice do not add up. A prime. */
const AMOUNTS = 9_973;

export function newBook(): Book {
  return {
    asked: [],
    decided: [],
    decidedBy: new Map(),
    told: [],
    acknowledged: new Set(),
    cut: [],
    faults: [],
    tally: { answered: 0, acknowledgements: 0, repeated: 0, cut: 0, cyclesSent: 0, cyclesEnded: 0 },
  };
}

interface SignalPlan {
  /**
   * Names its decision · is told of a unit and belongs to its decision · says no time · is of a unit that nobody ever asked about · is the
   * very message that was sent before.
   */
  readonly kind: "named" | "unnamed" | "undated" | "stranger" | "again";
  readonly pick: number;
}

type RequestPlan =
  | { readonly kind: "decide"; readonly fresh: number; readonly again: readonly number[]; readonly racing: boolean }
  | { readonly kind: "signals"; readonly signals: readonly SignalPlan[] };

const pick = fc.nat(1_000_000);
const requestPlan: fc.Arbitrary<RequestPlan> = fc.oneof(
  fc.record({
    kind: fc.constant("decide" as const),
    fresh: fc.integer({ min: 1, max: 8 }),
    again: fc.array(pick, { maxLength: 4, size: "max" }),
    racing: fc.nat(3).map((n) => n === 0),
  }),
  fc.record({
    kind: fc.constant("signals" as const),
    signals: fc.array(
      fc.record({ kind: fc.constantFrom("named", "named", "unnamed", "undated", "stranger", "again"), pick }),
      { minLength: 1, maxLength: 50, size: "max" },
    ),
  }),
);

/** What the clients of one round ask and say, in this order; after the last they begin again. */
export function drawTraffic(seed: number): readonly RequestPlan[] {
  return fc.sample(requestPlan, { numRuns: 150, seed });
}

/** Clients at work. */
export interface Clients {
  /** Sends nothing new. */
  readonly stop: () => void;
  /** Resolves when every client has its last answer, or knows that it gets none. */
  readonly done: Promise<unknown>;
}

/** Several clients at once, until they are stopped or cut off. What an earlier kill left without an answer is sent again first. */
export function sendTraffic(url: string, book: Book, plans: readonly RequestPlan[]): Clients {
  const ratchet = createRatchet({ url, timeoutMs: TIMEOUT_MS });
  let stopped = false;
  let next = 0;
  const nextRequest = (): Sent => {
    const again = book.cut.shift();
    if (again !== undefined) return again;
    const plan = plans[next % plans.length];
    next += 1;
    // One cycle a round, from its beginning: the ledger grows under the kills too.
    return plan === undefined || next === 1 ? { kind: "cycle" } : requestOf(plan, book);
  };
  const client = async (): Promise<void> => {
    while (!stopped && (await send(ratchet, book, nextRequest())));
  };
  return { stop: () => (stopped = true), done: Promise.all(Array.from({ length: CLIENTS }, client)) };
}

/** Sends everything again that was never answered. */
export async function sendCut(ratchet: RatchetApi, book: Book): Promise<void> {
  for (const request of book.cut.splice(0)) await send(ratchet, book, request);
}

/** @returns false where no answer came. */
async function send(ratchet: RatchetApi, book: Book, request: Sent): Promise<boolean> {
  try {
    if (request.kind === "decide") await decide(ratchet, book, request);
    else if (request.kind === "signals") await tell(ratchet, book, request.signals);
    else await endCycle(ratchet, book);
    book.tally.answered += 1;
    return true;
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    if (!["client.unreachable", "client.timeout"].includes(error.code)) {
      book.faults.push(`${request.kind} was answered with ${error.status} ${error.code}: ${error.message}`);
      return true;
    }
    book.tally.cut += 1;
    // A cycle is no request to repeat: it may have ended, and the next one is another.
    if (request.kind !== "cycle") book.cut.push(request);
    return false;
  }
}

async function decide(ratchet: RatchetApi, book: Book, request: Extract<Sent, { kind: "decide" }>): Promise<void> {
  const requests = request.units.map((unit) => ({ point: POINT, unit_id: unit, context: { region: regionOf(unit) } }));
  // Nobody here has opted out, so a refusal is a fault: `noteDecision` never sees it, and its unit is missing from the answer.
  const ask = async (): Promise<readonly DecisionView[]> =>
    (await ratchet.decideMany(requests)).flatMap((view) => ("refused" in view ? [] : [view]));
  const answers = await Promise.all(request.racing ? [ask(), ask()] : [ask()]);
  for (const views of answers) {
    views.forEach((view, i) => {
      if (view.unit_id !== request.units[i]) book.faults.push(`asked for ${request.units[i]}, got ${view.unit_id}`);
      noteDecision(book, view);
    });
  }
}

/** The same unit in the same window has the same decision, to the last field, whoever asks and whenever. */
function noteDecision({ decided, decidedBy, faults, tally }: Book, view: DecisionView): void {
  const key = `${view.unit_id} in window ${Math.floor(Date.parse(view.decided_at) / WINDOW_MS)}`;
  const first = decidedBy.get(key);
  tally.acknowledgements += 1;
  if (first === undefined) {
    decided.push(view);
    decidedBy.set(key, view);
  } else if (isDeepStrictEqual(first, view)) tally.repeated += 1;
  else faults.push(`${key} was decided twice: ${JSON.stringify(first)}, then ${JSON.stringify(view)}`);
}

async function tell(ratchet: RatchetApi, book: Book, signals: readonly SignalRequest[]): Promise<void> {
  const { acknowledged, faults, tally } = book;
  const ids = signals.map(({ message_id }) => message_id);
  const repeated = ids.filter((id, i) => acknowledged.has(id) || ids.indexOf(id) < i).length;
  const { accepted, duplicates, conflicts, rejected } = await ratchet.signals(signals);
  // Not equal: another client may tell the same at this moment, and what a kill cut off may have arrived all the same.
  if (duplicates < repeated) faults.push(`${repeated} of a batch were acknowledged before, ${duplicates} were known`);
  if (conflicts > 0 || rejected.length > 0 || accepted + duplicates !== signals.length)
    faults.push(
      `of ${signals.length} signals ${accepted} were accepted, ${duplicates} duplicates, ${conflicts} conflicts, ${rejected.length} rejected`,
    );
  for (const id of ids) acknowledged.add(id);
  tally.acknowledgements += signals.length;
  tally.repeated += duplicates;
}

async function endCycle(ratchet: RatchetApi, { tally }: Book): Promise<void> {
  tally.cyclesSent += 1;
  await ratchet.runCycle();
  tally.cyclesEnded += 1;
}

function requestOf(plan: RequestPlan, book: Book): Sent {
  if (plan.kind === "signals")
    return { kind: "signals", signals: plan.signals.map((signal) => signalOf(signal, book)) };
  const fresh = Array.from({ length: plan.fresh }, (_, i) => `account-${book.asked.length + i}`);
  const again = plan.again.flatMap((n) => nth(book.asked, n) ?? []);
  // Before the answer, and before the next request is drawn: two clients never take the same unit for a new one.
  book.asked.push(...fresh);
  return { kind: "decide", units: [...fresh, ...again], racing: plan.racing };
}

function signalOf({ kind, pick: n }: SignalPlan, { decided, told }: Book): SignalRequest {
  if (kind === "again") {
    const before = nth(told, n);
    if (before !== undefined) return before;
  }
  const number = told.length;
  const message = { message_id: `message-${number}`, value: 1 + (number % AMOUNTS) };
  const about = kind === "named" || kind === "unnamed" ? nth(decided, n) : undefined;
  const signal: SignalRequest =
    about === undefined
      ? { ...message, type: "visit", unit_id: `stranger-${n % 1_000}`, ...(kind === "undated" ? {} : DATED) }
      : {
          ...message,
          type: "spend",
          unit_id: about.unit_id,
          occurred_at: about.decided_at,
          ...(kind === "named" ? { decision_id: about.decision_id } : {}),
        };
  told.push(signal);
  return signal;
}

const DATED = { occurred_at: "2026-01-01T00:00:00.000Z" };

function nth<T>(list: readonly T[], n: number): T | undefined {
  return list[n % Math.max(1, list.length)];
}

function regionOf(unit: string): string {
  return unit.endsWith("0") ? "north" : "south";
}
