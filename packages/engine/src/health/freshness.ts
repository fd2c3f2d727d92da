import { isTroubled, typesOf, type DataQuestion } from "./data-question.ts";
import { fine, finding, metricsCounting, noData, type DataReading, type Looked } from "./reading.ts";
import { judgeSilence } from "./rhythm.ts";

/** Surprise above the limit, and ordinary days of activity missing, from which a silence voids: more than two holidays in a row. */
const CRITICAL_ABOVE = 3;
const CRITICAL_DAYS = 2.2;

/** Whether each living source still sends, by its own rhythm. */
export function checkFreshness(question: DataQuestion): readonly DataReading[] {
  return question.living.map((source) => readSource(question, source));
}

function readSource(question: DataQuestion, source: string): DataReading {
  const { profile, now, metrics } = question;
  const looked: Looked = { check: "freshness", key: `freshness ${source}`, source, subject: source };
  const active = profile.arrivals.filter((arrival) => arrival.source === source).map(({ hour }) => hour);
  const silence = judgeSilence(active, now, isTroubled(question, looked));
  if (silence.kind === "no-rhythm")
    return noData(
      looked,
      active.length === 0
        ? `${source} has sent nothing in the time that was looked at`
        : `${source} has ${Math.floor(silence.days)} days of history; its rhythm is known after 14`,
    );
  const { surprise, limit, daysMissing, emptyHours } = silence;
  if (surprise < limit)
    return fine(
      looked,
      emptyHours === 0 ? `${source} is sending` : `${emptyHours} hours without a signal are ordinary for ${source}`,
    );
  const critical = surprise >= limit + CRITICAL_ABOVE && daysMissing >= CRITICAL_DAYS;
  const lastReceivedAt = profile.sources.find((one) => one.source === source)?.lastReceivedAt ?? silence.since;
  return finding(looked, {
    severity: critical ? "critical" : "warning",
    sentence: `${source} has sent nothing for ${emptyHours} hours, ${daysMissing.toFixed(1)} of its ordinary days; what it would have reported looks as if it had not happened`,
    metrics: metricsCounting(metrics, typesOf(profile, source)),
    from: lastReceivedAt,
    figures: { emptyHours, surprise, limit, daysMissing },
    examples: [],
    fix: `Look at the requests of ${source} (ratchet sources requests ${source}) and at the system that sends them: a key that was changed, a job that stopped, an address that moved. What it kept can be sent again: it counts once`,
  });
}
