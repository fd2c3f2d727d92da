import type { DecisionId } from "../../ids.ts";
import type { Instant } from "../../time.ts";
import type { Standing } from "./standing.ts";

/** What a decision uses up, for as long as nobody takes it back. */
export interface Touch {
  readonly decision: DecisionId;
  /** Whom a contact is counted under: one key a person, one an account. Empty where it contacts nobody. */
  readonly subjects: readonly string[];
  readonly channel: string | null;
  /** Who was given work. */
  readonly queue: string | null;
  readonly at: Instant;
}

/**
 * `worked`: done, and open work no longer · `released`: it did not happen, so nothing was used up · `offered`: it was only shown, and uses
 * nothing up until it is · `exposed`: taken up, or done.
 */
export type TouchNews = "worked" | "released" | "offered" | "exposed";

interface Entry {
  readonly touch: Touch;
  /** In whatever order it was heard. */
  readonly heard: Set<TouchNews>;
  /** In the lists that are counted. One that is not is remembered, so that asking for the decision once more does not use up again. */
  counted: boolean;
}

/** Memory is bounded: a book with more than this many touches says that it cannot tell. About 1 GB. */
const TOUCHES_MAX = 3_000_000;
/** Touches put in between two looks for those that nobody asks about any more. */
const SWEEP_EVERY = 10_000;

/**
 * Counters of contacts and assignments, in memory, so that no decision asks a store. What a decision takes is reserved as it is made, before
 * anything is awaited: two decisions of one moment cannot both be the last one allowed.
 *
 * Rebuilt at open from the decisions and executions of the longest window; until then, and where there are too many, it cannot tell.
 */
export class TouchBook implements Pick<Standing, "contacts" | "assignments"> {
  readonly #bySubject = new Map<string, Entry[]>();
  readonly #byDecision = new Map<DecisionId, Entry>();
  readonly #early = new Map<DecisionId, Set<TouchNews>>();
  readonly keepMs: number;
  #complete: boolean;
  #sinceSweep = 0;

  /** @param keepMs - the longest window that is ever asked about. */
  constructor({ keepMs, complete }: { readonly keepMs: number; readonly complete: boolean }) {
    this.keepMs = keepMs;
    this.#complete = complete;
  }

  /** Decisions that it remembers. */
  get size(): number {
    return this.#byDecision.size;
  }

  /** The history is in, or (false) some of it could not be read. */
  setComplete(complete: boolean): void {
    this.#complete = complete;
  }

  /** @returns whether it was not there before; one decision uses up once, however often it is asked for. */
  reserve(touch: Touch): boolean {
    if (this.#byDecision.has(touch.decision)) return false;
    const heard = this.#early.get(touch.decision);
    this.#early.delete(touch.decision);
    const entry: Entry = { touch, heard: heard ?? new Set(), counted: false };
    this.#byDecision.set(touch.decision, entry);
    this.#settle(entry);
    this.#sinceSweep += 1;
    if (this.#sinceSweep >= SWEEP_EVERY) this.#sweep(touch.at);
    return true;
  }

  /** News of a decision, also before the decision itself was heard of: at open the two come in any order. */
  report(decision: DecisionId, news: TouchNews): void {
    const entry = this.#byDecision.get(decision);
    if (entry !== undefined) {
      entry.heard.add(news);
      this.#settle(entry);
    } else if (!this.#complete) {
      this.#early.set(decision, (this.#early.get(decision) ?? new Set()).add(news));
    }
  }

  /** A touch that uses nothing up unless it is taken up. @returns whether it was not there before. */
  offer(touch: Touch): boolean {
    if (!this.reserve(touch)) return false;
    this.report(touch.decision, "offered");
    return true;
  }

  /** Whether a decision was offered, and nobody took it up. */
  isOffered(decision: DecisionId): boolean {
    const heard = this.#byDecision.get(decision)?.heard;
    return heard !== undefined && isOnlyOffered(heard) && !heard.has("released");
  }

  /** As if it had never been reserved. */
  withdraw(decision: DecisionId): void {
    const entry = this.#byDecision.get(decision);
    if (entry === undefined) return;
    this.#uncount(entry);
    this.#byDecision.delete(decision);
  }

  contacts({ subject, channel, since }: Parameters<Standing["contacts"]>[0]): number | null {
    return this.#count(subject, since, ({ touch }) => channel === null || touch.channel === channel);
  }

  assignments({ queue, counts, since }: Parameters<Standing["assignments"]>[0]): number | null {
    return this.#count(queueKey(queue), since, ({ heard }) => counts === "assigned" || !heard.has("worked"));
  }

  #count(key: string, since: Instant, counts: (entry: Entry) => boolean): number | null {
    if (!this.#complete || this.#byDecision.size > TOUCHES_MAX) return null;
    const list = this.#bySubject.get(key);
    if (list === undefined) return 0;
    let count = 0;
    for (let i = list.length - 1; i >= 0; i -= 1) {
      const entry = list[i];
      if (entry === undefined || entry.touch.at <= since) break;
      if (counts(entry)) count += 1;
    }
    return count;
  }

  #listOf(key: string): Entry[] {
    const known = this.#bySubject.get(key);
    if (known !== undefined) return known;
    const made: Entry[] = [];
    this.#bySubject.set(key, made);
    return made;
  }

  /** Brings the lists in line with what was heard. */
  #settle(entry: Entry): void {
    const { heard, touch } = entry;
    const counts = !heard.has("released") && !isOnlyOffered(heard);
    if (counts === entry.counted) return;
    if (!counts) return this.#uncount(entry);
    entry.counted = true;
    for (const key of keysOf(touch)) insert(this.#listOf(key), entry);
  }

  #uncount(entry: Entry): void {
    if (!entry.counted) return;
    entry.counted = false;
    for (const key of keysOf(entry.touch)) {
      const left = (this.#bySubject.get(key) ?? []).filter((other) => other !== entry);
      if (left.length === 0) this.#bySubject.delete(key);
      else this.#bySubject.set(key, left);
    }
  }

  /** Forgets what lies further back than any window reaches. */
  #sweep(now: Instant): void {
    this.#sinceSweep = 0;
    for (const entry of this.#byDecision.values()) {
      if (entry.touch.at > now - this.keepMs) continue;
      this.#uncount(entry);
      this.#byDecision.delete(entry.touch.decision);
    }
  }
}

function isOnlyOffered(heard: ReadonlySet<TouchNews>): boolean {
  return heard.has("offered") && !heard.has("exposed") && !heard.has("worked");
}

function keysOf({ subjects, queue }: Touch): readonly string[] {
  return queue === null ? subjects : [...subjects, queueKey(queue)];
}

const queueKey = (queue: string): string => `queue ${queue}`;

/** Keeps a list in order of time; what comes is nearly always the latest. */
function insert(list: Entry[], entry: Entry): void {
  let place = list.length;
  while (place > 0 && (list[place - 1]?.touch.at ?? 0) > entry.touch.at) place -= 1;
  list.splice(place, 0, entry);
}
