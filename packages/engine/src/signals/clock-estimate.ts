import { instant } from "../time.ts";
import type { ClockEvidence, ClockGap } from "./clock-evidence.ts";
import { CLOCK_SHIFT_MS_MAX, type ClockEstimate } from "./source-clock.ts";

/** Deliveries without which nothing is said about a clock: what one request brought reads the clock once. */
export const CLOCK_DELIVERIES_MIN = 20;
/** A clock that is off by no more is right: the way of a message alone takes as long. */
export const CLOCK_TOLERANCE_MS = 2_000;
/** Half of the deliveries may lie this share of the shift away from the fast ones; more, and they do not share one clock. */
const SPREAD_SHARE_MAX = 0.5;

/** How one source's clock stands to ours, or why that cannot be said. */
export type ClockAnswer =
  /** Within the tolerance, so the estimate's shift is 0; by when events happened, only that it is not ahead. */
  | { readonly kind: "right"; readonly estimate: ClockEstimate }
  | { readonly kind: "off"; readonly estimate: ClockEstimate }
  /** Off by more than any correction may be: left as it is, and somebody must look. */
  | { readonly kind: "beyond-bound"; readonly estimate: ClockEstimate }
  /** Some deliveries are off and others are not: several clocks, or one that jumped. One shift would be wrong for most. */
  | { readonly kind: "disagree"; readonly n: number; readonly lowMs: number; readonly medianMs: number }
  | { readonly kind: "too-few"; readonly n: number; readonly nMin: number };

/**
 * Estimates how far one source's clock is off, from the gaps between its times and ours: gap = time on the way − what its clock is ahead.
 *
 * The lower envelope: a message cannot arrive before it left, so the gaps of the fastest deliveries are what the clock is behind, plus the
 * least time on the way. Their 5 % quantile is taken rather than the least one, which any single wrong one would decide. So the
 * shift errs towards later, by what the fastest twentieth of the deliveries takes, for most senders under a second; a relay that holds every
 * message for ten minutes looks like a clock that is ten minutes behind.
 *
 * Where no message says when it left, the time at which its event happened stands in; that may be long ago, so only a clock that is ahead
 * shows, by at least what is estimated.
 *
 * Assumes one clock a source, as servers have. In a source of many browsers most are right; then nothing is corrected, and where they
 * differ it says so. The median must not lie further from the estimate than half of it.
 *
 * @param stretches - of one source, each at most once, in order of time. Gaps of several stretches are pooled by weighted quantiles of
 *   theirs: exact for one stretch, and for stretches of one delivery each.
 * @see Paxson (1998), "On Calibrating Measurements of Packet Transit Times", for the lower envelope of one-way delays.
 */
export function estimateClock(stretches: readonly ClockEvidence[], bucketMs: number): ClockAnswer {
  const sent = pooled(stretches.flatMap((one) => one.sent ?? []));
  const occurred = pooled(stretches.flatMap((one) => one.occurred ?? []));
  const [basis, gap] = sent.n >= CLOCK_DELIVERIES_MIN ? (["sent", sent] as const) : (["occurred", occurred] as const);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (gap.n < CLOCK_DELIVERIES_MIN || first === undefined || last === undefined)
    return { kind: "too-few", n: Math.max(sent.n, occurred.n), nMin: CLOCK_DELIVERIES_MIN };
  const { n, lowMs, medianMs } = gap;
  const heard = { heardFrom: first.from, heardBefore: instant(last.from + bucketMs) };
  if ((basis === "sent" ? Math.abs(lowMs) : -lowMs) <= CLOCK_TOLERANCE_MS)
    return { kind: "right", estimate: { basis, shiftMs: 0, uncertaintyMs: CLOCK_TOLERANCE_MS, n, ...heard } };
  const uncertaintyMs = medianMs - lowMs;
  if (uncertaintyMs > Math.max(CLOCK_TOLERANCE_MS, SPREAD_SHARE_MAX * Math.abs(lowMs)))
    return { kind: "disagree", n, lowMs, medianMs };
  const estimate = { basis, shiftMs: lowMs, uncertaintyMs, n, ...heard };
  return Math.abs(lowMs) > CLOCK_SHIFT_MS_MAX ? { kind: "beyond-bound", estimate } : { kind: "off", estimate };
}

/** Stretches joined, in order, until each group has deliveries enough to be judged; what is left over waits for more. */
export function clockGroups(stretches: readonly ClockEvidence[]): readonly (readonly ClockEvidence[])[] {
  const groups: (readonly ClockEvidence[])[] = [];
  let group: ClockEvidence[] = [];
  let [sent, occurred] = [0, 0];
  for (const stretch of stretches) {
    group.push(stretch);
    sent += stretch.sent?.n ?? 0;
    occurred += stretch.occurred?.n ?? 0;
    if (Math.max(sent, occurred) < CLOCK_DELIVERIES_MIN) continue;
    groups.push(group);
    [group, sent, occurred] = [[], 0, 0];
  }
  return groups;
}

/** What the last deliveries say that are enough to be judged. */
export function latestClock(stretches: readonly ClockEvidence[], bucketMs: number): ClockAnswer {
  return estimateClock(clockGroups(stretches).at(-1) ?? stretches, bucketMs);
}

function pooled(gaps: readonly ClockGap[]): Pick<ClockGap, "n" | "lowMs" | "medianMs"> {
  const weighted = (level: number, valueOf: (gap: ClockGap) => number): number => {
    let before = 0;
    return (
      gaps
        .map((gap) => ({ value: valueOf(gap), n: gap.n }))
        .toSorted((a, b) => a.value - b.value)
        .find(({ n: weight }) => (before += weight) > level * n)?.value ?? Number.NaN
    );
  };
  const n = gaps.reduce((sum, gap) => sum + gap.n, 0);
  return { n, lowMs: weighted(0.05, ({ lowMs }) => lowMs), medianMs: weighted(0.5, ({ medianMs }) => medianMs) };
}
