import { createRatchet, RatchetError, type RatchetApi } from "@ratchet/sdk";
import { POINT } from "./crash-traffic.fixture.ts";

/** Units of one request: it decides for each, then reports of each decision that it was delivered. */
type Units = readonly string[];

/** What the clients know that ask what to do and tell what became of it. */
export interface LoopBook {
  /** How many units were ever asked for: `loop-0` … */
  asked: number;
  /** Decision of each unit, as it was acknowledged. */
  readonly decided: Map<string, string>;
  /** Units whose delivery was acknowledged. */
  readonly delivered: Set<string>;
  /** Requests that a kill left without an answer. */
  readonly cut: Units[];
  readonly faults: string[];
}

export function newLoopBook(): LoopBook {
  return { asked: 0, decided: new Map(), delivered: new Set(), cut: [], faults: [] };
}

const CLIENTS = 3;
const UNITS = 10;
const TIMEOUT_MS = 120_000;

/** Clients at work, until they are stopped or cut off. What an earlier kill left without an answer is sent again first. */
export function sendLoop(url: string, book: LoopBook): { readonly stop: () => void; readonly done: Promise<unknown> } {
  const ratchet = createRatchet({ url, timeoutMs: TIMEOUT_MS });
  let stopped = false;
  const next = (): Units => {
    const again = book.cut.shift();
    if (again !== undefined) return again;
    const from = book.asked;
    book.asked += UNITS;
    return Array.from({ length: UNITS }, (_, i) => `loop-${from + i}`);
  };
  const client = async (): Promise<void> => {
    while (!stopped && (await send(ratchet, book, next())));
  };
  return { stop: () => (stopped = true), done: Promise.all(Array.from({ length: CLIENTS }, client)) };
}

/** Sends everything again that was never answered. */
export async function sendLoopCut(url: string, book: LoopBook): Promise<void> {
  const ratchet = createRatchet({ url, timeoutMs: TIMEOUT_MS });
  for (const units of book.cut.splice(0)) await send(ratchet, book, units);
}

/** The message by which the delivery of a unit's decision is told. */
export const deliveryOf = (unit: string): string => `delivered-${unit}`;

/** @returns false where no answer came. */
async function send(ratchet: RatchetApi, book: LoopBook, units: Units): Promise<boolean> {
  try {
    const views = await ratchet.decideMany(
      units.map((unit_id) => ({ point: POINT, unit_id, context: { region: "north" } })),
    );
    const decisions = views.flatMap((view) => ("refused" in view ? [] : [view]));
    if (decisions.length !== units.length) book.faults.push(`${units.length} asked, ${decisions.length} decided`);
    for (const { unit_id, decision_id } of decisions) {
      const first = book.decided.get(unit_id) ?? decision_id;
      if (first !== decision_id) book.faults.push(`${unit_id} was decided as ${first}, then as ${decision_id}`);
      book.decided.set(unit_id, decision_id);
    }
    const told = await ratchet.executions(
      decisions.map(({ unit_id, decision_id }) => ({
        kind: "delivered",
        message_id: deliveryOf(unit_id),
        decision_id,
        source: "crm",
        at: "2026-02-01T00:00:00.000Z",
      })),
    );
    if (told.accepted + told.duplicates !== units.length) book.faults.push(`executions: ${JSON.stringify(told)}`);
    for (const unit of units) book.delivered.add(unit);
    return true;
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    if (["client.unreachable", "client.timeout"].includes(error.code)) {
      book.cut.push(units);
      return false;
    }
    book.faults.push(`answered with ${error.status} ${error.code}: ${error.message}`);
    return true;
  }
}
