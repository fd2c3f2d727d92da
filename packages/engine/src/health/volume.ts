import { tTwoSidedP } from "@ratchet/stats";
import { isTroubled, typesOf, type DataQuestion } from "./data-question.ts";
import { instant } from "../time.ts";
import { closedDays, median, type DayShare } from "./day-counts.ts";
import { fine, finding, metricsCounting, noData, type DataReading, type Looked } from "./reading.ts";

/** Closed days before a weekday's own level is known: four weeks. */
const HISTORY_DAYS = 28;
const WEEKS = 8;
/** Alarm level of one day of one source: three false alarms a year in a thousand sources, were days as the model has them. */
const ALPHA = 1e-5;
/** A change by less is not worth a person's time, however certain. */
const RATIO_LOW = 0.5;
const RATIO_HIGH = 1.7;
const EXPECTED_MIN = 10;
/** Three busy days in a row at a tenth: a feed that is cut, not two holidays. */
const CUT = 0.1;
const CUT_DAYS = 3;
const CUT_EXPECTED_MIN = 20;
/** What the scale of eight weeks' residuals is worth in degrees of freedom, estimated by a median (37 % efficient). */
const DEGREES_OF_FREEDOM = 20;
const MAD_TO_DEVIATION = 1.4826;

/** Whether yesterday brought as much from each living source as its weekday does. */
export function checkVolume(question: DataQuestion): readonly DataReading[] {
  return question.living.map((source) => readSource(question, source));
}

interface DayJudgement {
  readonly expected: number;
  readonly seen: number;
  readonly pValue: number;
}

/**
 * A day's count against the median of its weekday in up to eight weeks before, on the scale 2√(n + 3/8) where counts of any size have
 * variance 1; the scale is the median residual of those weeks where they vary by more.
 *
 * @see Anscombe (1948), "The transformation of Poisson, binomial and negative-binomial data".
 */
function judgeDay(
  days: readonly DayShare[],
  i: number,
  isUnusual: (day: DayShare["day"]) => boolean,
): DayJudgement | null {
  const level = (j: number): number => 2 * Math.sqrt((days[j]?.n ?? 0) + 3 / 8);
  const past = [...days.keys()].filter((j) => j < i && !isUnusual(days[j]?.day ?? instant(0))).slice(-7 * WEEKS);
  const own = past.filter((j) => (i - j) % 7 === 0);
  if (own.length < HISTORY_DAYS / 7) return null;
  const residuals = past.map((j) => {
    const others = past.filter((k) => k !== j && (j - k) % 7 === 0);
    return Math.abs(level(j) - median(others.map(level)));
  });
  const deviation = Math.max(1, MAD_TO_DEVIATION * median(residuals.filter(Number.isFinite)));
  const centre = median(own.map(level));
  const seen = days[i]?.n ?? 0;
  return {
    expected: Math.max(0, (centre / 2) ** 2 - 3 / 8),
    seen,
    pValue: tTwoSidedP((level(i) - centre) / deviation, DEGREES_OF_FREEDOM),
  };
}

function readSource(question: DataQuestion, source: string): DataReading {
  const { profile, now, metrics } = question;
  const looked: Looked = { check: "volume", key: `volume ${source}`, source, subject: source };
  const counts = profile.signals.filter((count) => count.source === source);
  const days = closedDays(
    counts.map(({ day, n }) => ({ day, n, k: 0 })),
    now,
  );
  const last = days.at(-1);
  const isUnusual = isTroubled(question, looked);
  const judged = judgeDay(days, days.length - 1, isUnusual);
  if (judged === null || last === undefined)
    return noData(
      looked,
      `${source} has ${days.length} whole days of history; its weekdays are known after ${HISTORY_DAYS}`,
    );
  const { expected, seen, pValue } = judged;
  const ratio = seen / Math.max(expected, 1);
  const ordinary =
    pValue >= ALPHA || Math.max(expected, seen) < EXPECTED_MIN || (ratio > RATIO_LOW && ratio < RATIO_HIGH);
  if (ordinary) return fine(looked, `${seen} signals yesterday where ${Math.round(expected)} are usual`);
  const busy = [0, 1, 2, 3, 4, 5, 6]
    .map((ago) => judgeDay(days, days.length - 1 - ago, isUnusual))
    .filter((day) => day !== null && day.expected >= CUT_EXPECTED_MIN)
    .slice(0, CUT_DAYS);
  const isCut = busy.length === CUT_DAYS && busy.every((day) => day !== null && day.seen <= CUT * day.expected);
  return finding(looked, {
    severity: isCut ? "critical" : "warning",
    sentence: `${source} sent ${seen} signals yesterday where ${Math.round(expected)} are usual on that weekday; ${ratio < 1 ? "outcomes may be missing" : "outcomes may be counted that did not happen"}`,
    metrics: metricsCounting(metrics, typesOf(profile, source)),
    from: last.day,
    figures: { seen, expected: Math.round(expected), ratio, pValue },
    examples: [],
    fix:
      ratio < 1
        ? `Compare with the system that sends: was a list, a campaign or a type of event switched off? If the business itself was quiet, resolve the incident as explained`
        : `Look for a feed that is connected twice, a replayed history or a script that sends in a loop. A campaign that explains it: resolve the incident as explained`,
  });
}
