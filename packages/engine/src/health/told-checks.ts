import { typesOf, type ClockReading, type DataQuestion, type LabelAgreement } from "./data-question.ts";
import { closedDays } from "./day-counts.ts";
import { fine, finding, metricsCounting, noData, percent, type DataReading, type Looked } from "./reading.ts";

const HOUR_MS = 3_600_000;
/** A clock that is off by less is what clocks are. */
const AHEAD_NOTICED_MS = 60_000;
const FIX_CLOCK =
  "Whole hours are a time zone: let the source send times with their zone (2026-03-01T09:30:00+01:00) or in UTC. Anything else is a clock that nobody sets";
const CONFLICT_SHARE = 0.01;
const CONFLICTS_MIN = 5;
/** Krippendorff (2004), "Content analysis", chapter 11: below it, labels are no ground to conclude from. */
const ALPHA_MIN = 0.667;
const TEXTS_MIN = 20;

/** Where no estimate is: the share of the last closed day's signals that were not to have happened yet when they came. */
const AHEAD_SHARE = 0.5;
const AHEAD_MIN = 20;

/** Whose clocks are off: as estimated where signals are read, and for the other sources by what has not happened yet. */
export function checkClocks(question: DataQuestion): readonly DataReading[] {
  const { clocks, living } = question;
  const estimated = clocks.filter(({ state }) => state !== "unknown");
  const others = living.filter((source) => !estimated.some((clock) => clock.source === source));
  return [
    ...estimated.map((clock) => readClock(question, clock)),
    ...others.map((source) => readAhead(question, source)),
  ];
}

function readAhead({ profile, metrics, now }: DataQuestion, source: string): DataReading {
  const looked: Looked = { check: "clock-skew", key: `clock-skew ${source}`, source, subject: source };
  const day = closedDays(
    profile.signals
      .filter((count) => count.source === source)
      .map(({ day: of, n, ahead }) => ({ day: of, n, k: ahead })),
    now,
  ).at(-1);
  if (day === undefined || day.n < AHEAD_MIN)
    return noData(looked, `too few messages to tell whether ${source}'s clock is right`);
  const share = day.k / day.n;
  if (share < AHEAD_SHARE) return fine(looked, `${source}'s clock is not ahead of ours`);
  return finding(looked, {
    severity: "warning",
    sentence: `${percent(share)} of ${source}'s signals say that they happened after they were received; its clock is ahead, and outcomes near the end of a window fall out of it`,
    metrics: metricsCounting(metrics, typesOf(profile, source)),
    from: day.day,
    figures: { share, n: day.n },
    examples: [],
    fix: FIX_CLOCK,
  });
}

function readClock(
  { profile, metrics, from }: DataQuestion,
  { source, aheadMs, state, since }: ClockReading,
): DataReading {
  const looked: Looked = { check: "clock-skew", key: `clock-skew ${source}`, source, subject: source };
  if (aheadMs === null || state === "right" || Math.abs(aheadMs) < AHEAD_NOTICED_MS)
    return fine(looked, `${source}'s clock is right to a minute`);
  const off = `${source}'s clock is ${Math.abs(aheadMs / HOUR_MS).toFixed(1)} hours ${aheadMs > 0 ? "ahead" : "behind"}`;
  return finding(looked, {
    severity: state === "beyond-bound" ? "critical" : Math.abs(aheadMs) >= HOUR_MS / 2 ? "warning" : "info",
    sentence:
      state === "beyond-bound"
        ? `${off}, too far to be corrected; its outcomes fall into the wrong windows`
        : `${off}; its times are read as corrected by as much`,
    metrics: state === "beyond-bound" ? metricsCounting(metrics, typesOf(profile, source)) : [],
    from: since ?? from,
    figures: { aheadMs },
    examples: [],
    fix: FIX_CLOCK,
  });
}

/** Whether names are claimed by two persons. */
export function checkIdentities({ identities, from }: DataQuestion): readonly DataReading[] {
  const looked: Looked = { check: "identity-conflicts", key: "identity-conflicts", source: null, subject: "people" };
  if (identities === null || identities.claimed === 0)
    return [noData(looked, "nobody came with a user id and an address yet")];
  const { claimed, conflicts, examples } = identities;
  if (conflicts === 0) return [fine(looked, `each of ${claimed} addresses and numbers belongs to one person`)];
  const share = conflicts / claimed;
  return [
    finding(looked, {
      severity: conflicts >= CONFLICTS_MIN && share >= CONFLICT_SHARE ? "warning" : "info",
      sentence: `${conflicts} of ${claimed} addresses, numbers and browsers (${percent(share)}) are claimed by two persons or more; what one did may be told of another`,
      metrics: [],
      from,
      figures: { claimed, conflicts, share },
      examples: examples.slice(0, 3),
      fix: "A shared mailbox or device is no fault. Two records of one person are: say so with POST /v1/people/merge, or merge them in the CRM and let it send the merge",
    }),
  ];
}

/** Whether people who read the same texts say the same. */
export function checkLabels({ labels, from }: DataQuestion): readonly DataReading[] {
  return labels.map((agreement) => readLabels(agreement, from));
}

function readLabels({ field, n, alphaUpper, examples }: LabelAgreement, from: DataQuestion["from"]): DataReading {
  const looked: Looked = {
    check: "label-disagreement",
    key: `label-disagreement ${field}`,
    source: null,
    subject: field,
  };
  if (n < TEXTS_MIN || alphaUpper === null)
    return noData(looked, `${n} texts were read for ${field} by two people; ${TEXTS_MIN} are needed`);
  if (alphaUpper >= ALPHA_MIN)
    return fine(looked, `people who read ${n} texts for ${field} agree (alpha at most ${alphaUpper.toFixed(2)})`);
  return finding(looked, {
    severity: "warning",
    sentence: `people who read the same ${n} texts for ${field} agree hardly better than chance would (alpha at most ${alphaUpper.toFixed(2)}, ${ALPHA_MIN} is the least to conclude from); the model learns what nobody agrees on`,
    metrics: [],
    from,
    figures: { n, alphaUpper },
    examples: examples.slice(0, 3),
    fix: "Read the examples together, agree what each label means, and write it down where labels are given",
  });
}
