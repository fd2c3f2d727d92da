import { sequentialSampleRatio } from "@ratchet/stats";
import type { Instant } from "../time.ts";
import type { CohortCount } from "./data-profile.ts";
import type { DataQuestion } from "./data-question.ts";
import { fine, finding, noData, type DataReading, type Looked } from "./reading.ts";

/** Alarm levels over all looks together: a warning at one in a hundred installations ever, what voids at one in a thousand. */
const WARN_P = 0.01;
const CRITICAL_P = 0.001;
/** Units of prior weight: finds gross faults soon (Lindon & Malek 2022). */
const CONCENTRATION = 200;
const COHORTS = ["holdout", "control", "candidate"] as const;

/** Whether units fell into the cohorts as the design deals them, by decision point. */
export function checkCohortRatio(question: DataQuestion): readonly DataReading[] {
  return points(question).map((point) => {
    const looked: Looked = { check: "cohort-ratio", key: `cohort-ratio ${point}`, source: "engine", subject: point };
    return readRatio(question, looked, { point, unitsOf: ({ units }) => units, what: "units" });
  });
}

/**
 * Whether context is missing equally often from every cohort: among the units that lack a field, cohorts must appear in the shares that
 * the design deals, since chance alone dealt them. A field that is recorded for one cohort only is a broken comparison.
 */
export function checkCohortMissingness(question: DataQuestion): readonly DataReading[] {
  return points(question).flatMap((point) =>
    question.fields.map((field, i) => {
      const looked: Looked = {
        check: "cohort-missingness",
        key: `cohort-missingness ${point} ${field}`,
        source: "engine",
        subject: `${field} at ${point}`,
      };
      return readRatio(question, looked, {
        point,
        unitsOf: ({ missing }) => missing[i] ?? 0,
        what: `units without ${field}`,
      });
    }),
  );
}

function points({ profile }: DataQuestion): readonly string[] {
  return [...new Set(profile.cohorts.map(({ point }) => point))];
}

interface Ratio {
  readonly point: string;
  readonly unitsOf: (count: CohortCount) => number;
  readonly what: string;
}

function readRatio(question: DataQuestion, looked: Looked, { point, unitsOf, what }: Ratio): DataReading {
  const { profile, holdoutShare } = question;
  const own = profile.cohorts.filter((count) => count.point === point);
  if (holdoutShare === null || own.every((count) => unitsOf(count) === 0))
    return noData(looked, `no ${what} at ${point} yet`);
  const { logEvidence, since: begun } = mixtureOverStarts(own, (since) => {
    const deals = [...new Set(since.map(({ changeId, rolloutShare }) => `${changeId ?? ""} ${rolloutShare}`))];
    // Each is evidence under the design however often it is looked at, and so is the product of independent ones.
    return deals.reduce((log, deal) => {
      const group = since.filter(({ changeId, rolloutShare }) => `${changeId ?? ""} ${rolloutShare}` === deal);
      const share = group[0]?.rolloutShare ?? 0;
      const counts = COHORTS.map((cohort) => sumOf(group, cohort, unitsOf));
      return (
        log + evidenceAgainst(counts, [holdoutShare, (1 - holdoutShare) * (1 - share), (1 - holdoutShare) * share])
      );
    }, 0);
  });
  const pValue = Math.min(1, Math.exp(-logEvidence));
  const seen = COHORTS.map((cohort) => `${sumOf(own, cohort, unitsOf)} ${cohort}`).join(", ");
  if (pValue >= WARN_P) return fine(looked, `${what} at ${point} fell as the design deals them (${seen})`);
  return finding(looked, {
    severity: pValue < CRITICAL_P ? "critical" : "warning",
    sentence: `${what} at ${point} did not fall into the cohorts as the design deals them (${seen}; p = ${pValue.toPrecision(2)}); cohorts that differ by more than what was done to them cannot be compared`,
    metrics: "all",
    from: begun ?? question.from,
    figures: { pValue, units: own.reduce((sum, count) => sum + unitsOf(count), 0) },
    examples: [],
    fix: "Find what keeps units of one cohort out of the record: a filter after the decision, a cohort that is asked more often, a field that only one cohort's path fills in. Changed shares in a new policy start this count anew",
  });
}

/**
 * ln of a weighted mean of the evidence since each week, and the week since which there is most: a fault that begins late is not drowned in the good weeks before it. Week j's
 * evidence is 1 until it begins and its weight 1/((j + 1)(j + 2)); the weights add up to at most 1, so the mean is evidence too.
 *
 * @see Shin, Ramdas & Rinaldo (2022), "E-detectors", section 2, for sums of evidence over the times at which a change may have begun.
 */
function mixtureOverStarts(
  counts: readonly CohortCount[],
  evidenceSince: (since: readonly CohortCount[]) => number,
): { readonly logEvidence: number; readonly since: Instant | null } {
  const weeks = [...new Set(counts.map(({ week }) => week))].toSorted((a, b) => a - b);
  const logs = weeks.map(
    (start, j) => evidenceSince(counts.filter(({ week }) => week >= start)) - Math.log((j + 1) * (j + 2)),
  );
  const most = Math.max(...logs);
  const since = weeks[logs.indexOf(most)] ?? null;
  if (!Number.isFinite(most)) return { logEvidence: most, since };
  return { logEvidence: most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0)), since };
}

function sumOf(counts: readonly CohortCount[], cohort: CohortCount["cohort"], unitsOf: Ratio["unitsOf"]): number {
  return counts.filter((count) => count.cohort === cohort).reduce((sum, count) => sum + unitsOf(count), 0);
}

/** ln of the evidence that the split is another; +∞ where a cohort has units that the design gives none. */
function evidenceAgainst(counts: readonly number[], expected: readonly number[]): number {
  if (counts.every((n) => n === 0)) return 0;
  const answer = sequentialSampleRatio({ counts, expected, concentration: CONCENTRATION });
  if (answer.kind === "estimate") return answer.logBayesFactor;
  return answer.reason === "impossible-arm" ? Infinity : 0;
}
