import { DELAY_BUCKETS_MS, delayBucket, type ArrivalDelays } from "../signals/arrival-delays.ts";
import {
  clockGap,
  type ClockEvidence,
  type ClockEvidenceQuery,
  type ClockGap,
  type ReceivedBetween,
} from "../signals/clock-evidence.ts";
import type { Signal } from "../signals/signal.ts";
import { clockPieces, correctedOccurrence } from "../signals/source-clock.ts";
import { instant } from "../time.ts";
import { compareCodePoints } from "./code-point-order.ts";
import type { ArrivalDelaysQuery } from "./facts-store.ts";

/** `FactsStore.clockEvidence`, over signals in any order. */
export function clockEvidenceOf(
  signals: readonly Signal[],
  { bucketMs, ...between }: ClockEvidenceQuery,
): readonly ClockEvidence[] {
  const stretches = groupBy(
    signals.filter((signal) => isBetween(signal, between)),
    ({ source, receivedAt }) => JSON.stringify([source, Math.floor(receivedAt / bucketMs) * bucketMs]),
  );
  return [...stretches.values()]
    .flatMap((own): readonly ClockEvidence[] => {
      const [first] = own;
      if (first === undefined) return [];
      const sent = leastGaps(own.flatMap((s) => (s.sentAt === undefined ? [] : [[s.receivedAt, s.sentAt] as const])));
      const occurred = leastGaps(own.filter(isDated).map((s) => [s.receivedAt, s.occurredAt] as const));
      const from = instant(Math.floor(first.receivedAt / bucketMs) * bucketMs);
      return sent === null && occurred === null ? [] : [{ source: first.source, from, sent, occurred }];
    })
    .toSorted((a, b) => compareCodePoints(a.source, b.source) || a.from - b.from);
}

/** One gap for each millisecond of receipt, the least of its messages'. */
function leastGaps(times: readonly (readonly [receivedAt: number, saidAt: number])[]): ClockGap | null {
  const least = new Map<number, number>();
  for (const [receivedAt, saidAt] of times)
    least.set(receivedAt, Math.min(least.get(receivedAt) ?? Infinity, receivedAt - saidAt));
  return clockGap([...least.values()]);
}

/** `FactsStore.arrivalDelays`, over signals in any order. */
export function arrivalDelaysOf(signals: readonly Signal[], query: ArrivalDelaysQuery): readonly ArrivalDelays[] {
  const pieces = clockPieces(query);
  const { knownAt } = query;
  const counted = signals.filter(
    (signal) => isDated(signal) && isBetween(signal, query) && (knownAt === undefined || signal.receivedAt <= knownAt),
  );
  return [...groupBy(counted, ({ source }) => source)]
    .map(([source, own]): ArrivalDelays => {
      const delays = own.map((signal) => signal.receivedAt - correctedOccurrence(signal, pieces));
      const counts = DELAY_BUCKETS_MS.map(() => 0);
      for (const delay of delays) counts[delayBucket(delay)] = (counts[delayBucket(delay)] ?? 0) + 1;
      return { source, n: own.length, ahead: delays.filter((delay) => delay < 0).length, counts };
    })
    .toSorted((a, b) => compareCodePoints(a.source, b.source));
}

/** A signal that did not say when it happened has the time at which we heard of it. */
function isDated({ occurredAt, receivedAt }: Signal): boolean {
  return occurredAt !== receivedAt;
}

function isBetween({ receivedAt }: Signal, { receivedFrom, receivedBefore }: ReceivedBetween): boolean {
  return (
    (receivedFrom === undefined || receivedAt >= receivedFrom) &&
    (receivedBefore === undefined || receivedAt < receivedBefore)
  );
}

/** (`Map.groupBy` is not in Node 20.) */
function groupBy(
  signals: readonly Signal[],
  keyOf: (signal: Signal) => string,
): ReadonlyMap<string, readonly Signal[]> {
  const groups = new Map<string, Signal[]>();
  for (const signal of signals) {
    const group = groups.get(keyOf(signal));
    if (group === undefined) groups.set(keyOf(signal), [signal]);
    else group.push(signal);
  }
  return groups;
}
