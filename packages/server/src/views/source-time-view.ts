import {
  clockAnswers,
  DAY_MS,
  DELAY_BUCKETS_MS,
  delaySummary,
  instant,
  readingOf,
  type ClockAnswer,
  type WorkspaceStores,
} from "@ratchet/engine";
import type { SourceView } from "@ratchet/protocol";

/** Arrivals are counted over so long. */
const DELAYS_OVER_MS = 90 * DAY_MS;

type SourceTime = Pick<SourceView, "clock" | "delays">;

/** How every source stands in time, asked of the facts once for all of them. */
export async function sourceTimes(stores: WorkspaceStores): Promise<(source: string) => SourceTime> {
  const reading = await readingOf(stores.state);
  const answers = await clockAnswers(stores);
  const receivedFrom = instant(stores.clock() - DELAYS_OVER_MS);
  const delays = new Map(
    (await stores.facts.arrivalDelays({ receivedFrom, ...reading })).map((one) => [one.source, one]),
  );
  return (source) => {
    const { n, laterThanDay, ...within } = delaySummary(delays.get(source)?.counts ?? DELAY_BUCKETS_MS.map(() => 0));
    const row = reading.clocks?.findLast((one) => one.source === source);
    return {
      clock: clockView(answers.get(source) ?? { kind: "too-few", n: 0, nMin: 0 }, row?.shiftMs ?? 0),
      delays: {
        messages: n,
        median_ms: within.medianMs,
        p95_ms: within.p95Ms,
        p99_ms: within.p99Ms,
        later_than_day: laterThanDay,
      },
    };
  };
}

const STATES = {
  right: "right",
  off: "off",
  "beyond-bound": "beyond_bound",
  disagree: "disagree",
  "too-few": "too_few",
} as const satisfies Readonly<Record<ClockAnswer["kind"], SourceView["clock"]["state"]>>;

function clockView(answer: ClockAnswer, shiftMs: number): SourceView["clock"] {
  const estimate = "estimate" in answer ? answer.estimate : null;
  return {
    state: STATES[answer.kind],
    shift_ms: shiftMs,
    measured_shift_ms: estimate?.shiftMs ?? null,
    uncertainty_ms: estimate?.uncertaintyMs ?? null,
    deliveries: "estimate" in answer ? answer.estimate.n : answer.n,
  };
}
