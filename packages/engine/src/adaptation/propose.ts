import { ALL, isWithin } from "../decisions/segment.ts";
import type { ChoiceEdit } from "../decisions/playbook.ts";
import type { ActionEffect } from "../evidence/action-effects.ts";
import { redSentences, type HealthCheck } from "../evidence/health.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { differenceInWords, metricInWords, rangeInWords, sizeInWords } from "../outcomes/in-words.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import { DAY_MS } from "../time.ts";
import { leaderOf, learnChoice, type ChoiceLesson } from "./learn-choice.ts";
import { predictEffect, type Prediction } from "./predict-effect.ts";

/** A change worth asking for, or why there is none. "No change" is a normal answer. */
export type ProposalAnswer =
  | {
      readonly kind: "proposal";
      readonly edits: readonly ChoiceEdit[];
      readonly rationale: string;
      readonly predicted: Extract<Prediction, { kind: "estimate" }>;
      readonly audienceShare: number;
      readonly cannotDetect: readonly string[];
    }
  | { readonly kind: "none"; readonly sentence: string };

/** What a proposal follows from. */
export interface ProposeQuestion {
  readonly lesson: ChoiceLesson;
  readonly health: readonly HealthCheck[];
  readonly actions: readonly ActionEffect[];
  /** Two-sided confidence of the shown interval is 2c − 1: its mild end must clear 0 with one-sided confidence c. */
  readonly confidence: number;
}

/** Asks the learner, then lets the folds judge what it says. Proposes only what the judged lower bound calls an improvement. */
export function propose(question: ProposeQuestion): ProposalAnswer {
  const { lesson, health, confidence } = question;
  const [red] = redSentences(health);
  if (red !== undefined) return none(`nothing is learned while a health check is red: ${red}`);
  const edits = learnChoice(lesson);
  if (edits.length === 0) return none(whyNothing(question));
  const predicted = predictEffect(lesson, edits, twoSided(confidence));
  if (predicted.kind === "refused")
    return none(`no estimate of what the best-looking change would do: ${predicted.message}`);
  const mildEnd = lesson.metric.direction === "increase" ? predicted.lower : -predicted.upper;
  if (mildEnd <= 0) {
    return none(
      `the best-looking change may do nothing: predicted ${differenceInWords(lesson.metric, predicted.estimate)} in ${metricInWords(lesson.metric)} (${rangeInWords(lesson.metric, predicted)})`,
    );
  }
  return {
    kind: "proposal",
    edits,
    rationale: rationaleOf(question, edits),
    predicted,
    audienceShare: audienceOf(lesson.cells, edits),
    cannotDetect: limitsOf(lesson),
  };
}

function none(sentence: string): ProposalAnswer {
  return { kind: "none", sentence };
}

/** Without the last digits that subtraction leaves: an approver reads this number. */
function twoSided(confidence: number): number {
  return Number((2 * confidence - 1).toPrecision(12));
}

/** A leader that already has its share is no lack of evidence, although other actions may never be told apart. */
function whyNothing({ lesson, actions }: ProposeQuestion): string {
  const leader = leaderOf(lesson);
  if (leader !== null) return `"${leader}" leads, and the playbook already gives it all that floors and ranges leave`;
  const open = actions.find((effect) => effect.verdict.word === "too early" || effect.verdict.word === "cannot tell");
  return open === undefined
    ? "too few outcomes are known of any two actions"
    : `"${open.action}" against "${open.baseline}": ${open.verdict.word}. ${open.verdict.sentence}${open.verdict.remedy === null ? "" : `; ${open.verdict.remedy}`}`;
}

/** Why, then what: who leads by how much, and the moves that follow. */
function rationaleOf(question: ProposeQuestion, edits: readonly ChoiceEdit[]): string {
  return edits.map((edit) => `${whyLeads(question, edit)}: ${movesOf(edit)}`).join(". ");
}

function whyLeads({ lesson: { metric }, actions }: ProposeQuestion, edit: ChoiceEdit): string {
  const [first] = gainsOf(edit);
  const place = edit.segment === ALL ? "overall" : `in ${edit.segment.slice("all/".length)}`;
  const found = actions.find(({ action }) => action === first?.action);
  if (found === undefined) return `"${first?.action ?? ""}" leads ${place}`;
  const pooled = found.segments.find(({ segment }) => segment === edit.segment)?.pooled;
  const estimate = edit.segment === ALL && found.effect.kind === "estimate" ? found.effect.estimate : pooled?.mean;
  if (estimate === undefined) return `"${found.action}" leads ${place}`;
  return `"${found.action}" leads ${place}, by ${differenceInWords(metric, estimate)} in ${metricInWords(metric)} over "${found.baseline}"`;
}

function movesOf(edit: ChoiceEdit): string {
  return gainsOf(edit)
    .filter(({ before, after }) => Math.abs(after - before) > 1e-9)
    .map(({ action, before, after }) => `"${action}" ${percent(before)} → ${percent(after)}`)
    .join(", ");
}

/** Actions, the one that gains most first. */
function gainsOf(
  edit: ChoiceEdit,
): readonly { readonly action: string; readonly before: number; readonly after: number }[] {
  return Object.keys(edit.to)
    .map((action) => ({ action, before: edit.from[action] ?? 0, after: edit.to[action] ?? 0 }))
    .sort((a, b) => b.after - b.before - (a.after - a.before));
}

function audienceOf(cells: readonly OutcomeCell[], edits: readonly ChoiceEdit[]): number {
  const adapted = cells.filter((cell) => cell.cohort !== "holdout");
  const { n } = sumCells(adapted);
  const touched = sumCells(adapted.filter((cell) => edits.some((edit) => isWithin(cell.segment, edit.segment)))).n;
  return n === 0 ? 1 : touched / n;
}

function limitsOf({ metric }: ChoiceLesson): readonly string[] {
  const window =
    metric.windowMs === 0
      ? "what the log does not record"
      : `what happens later than ${metric.windowMs / DAY_MS} days after the decision`;
  return [
    `differences in ${metricInWords(metric)} smaller than ${sizeInWords(metric, metric.minimumEffect)} are treated as none`,
    window,
    "effects of one unit's action on another unit's outcome",
  ];
}

function percent(p: number): string {
  return `${Number((100 * p).toPrecision(3))} %`;
}
