import type { ChangeId } from "../ids.ts";
import type { Chosen } from "./choose.ts";
import type { Cohort, DecisionMode } from "./decision.ts";
import type { Funnel } from "./funnel.ts";
import type { LeverPlan, ThresholdPlan, WeightsPlan } from "./plan.ts";

/** What the reasons of a decision tell of. */
interface ReasonFacts {
  readonly chosen: Chosen;
  readonly cohort: Cohort;
  readonly mode: DecisionMode;
  readonly changeId: ChangeId | null;
  readonly funnel: Funnel;
  readonly version: number;
}

const REASONS_MAX = 3;

/** At most three sentences, most important first. Those of a choice that many units share are written once. */
export function reasonsFor(plan: LeverPlan, facts: ReasonFacts): readonly string[] {
  const { chosen, mode } = facts;
  const known = mode === "live" ? chosen.written?.get(chosen.action) : undefined;
  if (known !== undefined) return known;
  const reasons = [
    ...(mode === "shadow" ? ["Shadow mode: decided and recorded only, do your own thing"] : []),
    ...sentences(plan, facts),
  ].slice(0, REASONS_MAX);
  if (mode === "live") chosen.written?.set(chosen.action, reasons);
  return reasons;
}

function sentences(plan: LeverPlan, facts: ReasonFacts): readonly string[] {
  const { chosen, cohort, changeId } = facts;
  if (cohort === "business-as-usual")
    return ["Business as usual: the engine only observes this unit, so that what it is worth can be measured"];
  const limited = limitedSentences(facts.funnel);
  if (cohort === "holdout")
    return [
      `In the holdout: gets the baseline ${baselineInWords(plan, chosen)}, so that the whole programme can be measured`,
      ...limited,
    ];
  if (chosen.fallback !== null) return [`Baseline served, because ${chosen.fallback}`, ...limited];
  return [
    mainSentence(plan, facts),
    ...limited,
    ...(cohort === "candidate" ? [`Among those who get change ${changeId} first`] : []),
    ...(cohort === "control" && changeId !== null ? [`Control of change ${changeId}`] : []),
  ];
}

/** One sentence however many were taken away: the funnel has them all. */
function limitedSentences({ stages }: Funnel): readonly string[] {
  const removed = stages.flatMap((stage) => stage.removed);
  const [first] = removed;
  if (first === undefined) return [];
  const more = removed.length > 1 ? `, and ${removed.length - 1} more were not eligible` : "";
  return [`"${first.action}" was not eligible: ${first.why}${more}`];
}

function baselineInWords(plan: LeverPlan, { action, score }: Chosen): string {
  if (plan.kind === "choice") return `"${action}"`;
  return score?.calibrated === null || score === null
    ? `"${action}"`
    : `"${action}" (score ${percent(score.calibrated)} under it)`;
}

function mainSentence(plan: LeverPlan, { chosen, version }: ReasonFacts): string {
  const where = `in segment ${chosen.segment} under playbook v${version}`;
  switch (plan.kind) {
    case "choice":
      return `"${chosen.action}" has a ${percent(chosen.propensity)} chance ${where}`;
    case "weights":
      return weightsSentence(plan, chosen, where);
    case "threshold":
      return thresholdSentence(plan, chosen, where);
  }
}

/** The band, and what weighed most. */
function weightsSentence({ lever }: WeightsPlan, { action, score }: Chosen, where: string): string {
  if (score === null) return `"${action}" ${where}`;
  const most = heaviestOf(score.points).map((i) => {
    const points = score.points[i] ?? 0;
    return `${lever.features[i]?.name ?? ""} ${points > 0 ? "+" : "−"}${short(Math.abs(points))}`;
  });
  const because = most.length === 0 ? "" : `, mostly ${most.join(", ")}`;
  return `"${action}": ${percent(score.calibrated ?? 0)} expected ${where}${because}`;
}

/** The places of the two that weigh most, the heaviest first; those that weigh nothing are no reason. */
function heaviestOf(points: readonly number[]): readonly number[] {
  let [first, second] = [-1, -1];
  let [heaviest, next] = [0, 0];
  for (let i = 0; i < points.length; i++) {
    const weight = Math.abs(points[i] ?? 0);
    if (weight > heaviest) {
      [second, next] = [first, heaviest];
      [first, heaviest] = [i, weight];
    } else if (weight > next) {
      [second, next] = [i, weight];
    }
  }
  return [first, second].filter((i) => i >= 0);
}

function thresholdSentence({ lever }: ThresholdPlan, { action, score, propensity }: Chosen, where: string): string {
  if (score?.calibrated === null || score === null)
    return `"${action}", because ${lever.score.kind === "field" ? lever.score.field : lever.score.lever} is not known ${where}`;
  const drawn = propensity < 1 ? `, drawn with a ${percent(propensity)} chance near the threshold` : "";
  return `"${action}": ${score.of} is ${short(score.calibrated)}${drawn} ${where}`;
}

function percent(p: number): string {
  return `${short(100 * p)} %`;
}

/** Three significant digits. Of most numbers by rounding: every decision has some, and `toPrecision` costs more than drawing. */
function short(x: number): string {
  const size = Math.abs(x);
  if (!(size >= 0.01 && size < 1000)) return String(Number(x.toPrecision(3)));
  const scale = size >= 100 ? 1 : size >= 10 ? 10 : size >= 1 ? 100 : size >= 0.1 ? 1000 : 10_000;
  return String(Math.round(x * scale) / scale);
}
