import { expect, it } from "vitest";
import { delayBucket } from "../signals/arrival-delays.ts";
import { FIRST_INSTANT, type ClockRow } from "../signals/source-clock.ts";
import { DAY_MS, instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { exampleSignal, signalItem, START_MS } from "./example-facts.contract.ts";

const HOUR_MS = 3_600_000;
const plus = (ms: number) => instant(START_MS + ms);

/** A signal that was heard so many ms after it was sent, and so many after it happened; null: its sender did not say. */
function heard(
  source: string,
  ms: number,
  { sentGap, occurredGap }: { readonly sentGap: number | null; readonly occurredGap: number | null },
) {
  return signalItem(
    exampleSignal(source, `m-${ms}-${sentGap ?? occurredGap ?? ""}`, {
      occurredAt: plus(ms - (occurredGap ?? 0)),
      receivedAt: plus(ms),
      ...(sentGap === null ? {} : { sentAt: plus(ms - sentGap) }),
    }),
  );
}

/** What the facts tell about clocks and late arrivals, in sums alone. */
export function specifyArrivals(subject: Subject): void {
  it("sums up by source and hour of receipt, one delivery at a time, how far the senders' times lie behind ours", async () => {
    const [source, other] = ["evidence-a", "evidence-b"];
    await subject.load([
      ...Array.from({ length: 40 }, (_, i) => heard(source, i, { sentGap: 100 + i, occurredGap: 1_000 - i })),
      // Heard in one millisecond with others that took less: one delivery, the fastest of whose messages counts.
      ...Array.from({ length: 30 }, (_, i) => heard(source, 7, { sentGap: 900 + i, occurredGap: 2_000 + i })),
      heard(source, HOUR_MS, { sentGap: null, occurredGap: null }),
      heard(source, 2 * HOUR_MS, { sentGap: null, occurredGap: -5 }),
      heard(other, 5, { sentGap: -3, occurredGap: null }),
    ]);
    const evidence = await subject.store.clockEvidence({ bucketMs: HOUR_MS });
    expect(evidence.filter((one) => one.source === source || one.source === other)).toEqual([
      {
        source,
        from: plus(0),
        // Forty gaps: index 2 and index 20 of the sorted ones.
        sent: { n: 40, minMs: 100, lowMs: 102, medianMs: 120 },
        occurred: { n: 40, minMs: 961, lowMs: 963, medianMs: 981 },
      },
      { source, from: plus(2 * HOUR_MS), sent: null, occurred: { n: 1, minMs: -5, lowMs: -5, medianMs: -5 } },
      { source: other, from: plus(0), sent: { n: 1, minMs: -3, lowMs: -3, medianMs: -3 }, occurred: null },
    ]);
    const later = await subject.store.clockEvidence({
      bucketMs: 24 * HOUR_MS,
      receivedFrom: plus(39),
      receivedBefore: plus(2 * HOUR_MS),
    });
    expect(later.filter((one) => one.source === source)).toEqual([
      {
        source,
        from: plus(0),
        sent: { n: 1, minMs: 139, lowMs: 139, medianMs: 139 },
        occurred: { n: 1, minMs: 961, lowMs: 961, medianMs: 961 },
      },
    ]);
  });

  it("counts how late signals arrive, in fixed buckets, as they were known, and under corrected clocks", async () => {
    const source = "delays";
    const late = (ms: number, occurredGap: number | null) => heard(source, ms, { sentGap: null, occurredGap });
    await subject.load([late(1, 500), late(2, 86_399_999), late(3, 86_400_000), late(4, -7), late(5, null)]);
    const delays = async (query: object) =>
      (await subject.store.arrivalDelays(query)).filter((one) => one.source === source);
    const counted = (...gaps: readonly number[]) => {
      const counts = Array.from({ length: 24 }, () => 0);
      for (const ms of gaps) counts[delayBucket(ms)] = (counts[delayBucket(ms)] ?? 0) + 1;
      return counts;
    };
    expect(await delays({})).toEqual([{ source, n: 4, ahead: 1, counts: counted(500, DAY_MS - 1, DAY_MS, -7) }]);
    expect(await delays({ receivedFrom: plus(2), receivedBefore: plus(4) })).toEqual([
      { source, n: 2, ahead: 0, counts: counted(DAY_MS - 1, DAY_MS) },
    ]);
    expect(await delays({ knownAt: plus(1) })).toEqual([{ source, n: 1, ahead: 0, counts: counted(500) }]);
    const row: ClockRow = {
      source,
      fromRaw: FIRST_INSTANT,
      shiftMs: -10_000,
      notBefore: FIRST_INSTANT,
      knownAt: plus(100),
      estimate: {
        basis: "sent",
        shiftMs: -10_000,
        uncertaintyMs: 0,
        n: 20,
        heardFrom: plus(0),
        heardBefore: plus(100),
      },
    };
    expect(await delays({ clocks: [row] })).toEqual([
      { source, n: 4, ahead: 0, counts: counted(10_500, DAY_MS + 9_999, DAY_MS + 10_000, 9_993) },
    ]);
  });
}
