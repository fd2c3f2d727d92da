import { isWithin } from "../decisions/segment.ts";
import type { Edit } from "../decisions/playbook.ts";
import type { ActionEffect } from "../evidence/action-effects.ts";
import { redSentences, type HealthCheck } from "../evidence/health.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import { DAY_MS } from "../time.ts";
import { leaderOf, learnChoice, type ChoiceLesson } from "./learn-choice.ts";
import { predictEffect, type Prediction } from "./predict-effect.ts";

/** A change worth asking for, or why there is none. "No change" is a normal answer. */
export type ProposalAnswer =
  | {
      readonly kind: "proposal";
      readonly edits: readonly Edit[];
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
      `the best-looking change may do nothing: predicted ${short(predicted.estimate)} per unit (${short(predicted.lower)} to ${short(predicted.upper)})`,
    );
  }
  return {
    kind: "proposal",
    edits,
    rationale: rationaleOf(edits),
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

function rationaleOf(edits: readonly Edit[]): string {
  return edits
    .map((edit) => {
      const moves = Object.keys(edit.to)
        .map((action) => ({ action, before: edit.from[action] ?? 0, after: edit.to[action] ?? 0 }))
        .filter(({ before, after }) => Math.abs(after - before) > 1e-9)
        .sort((a, b) => b.after - b.before - (a.after - a.before))
        .map(({ action, before, after }) => `"${action}" ${percent(before)} → ${percent(after)}`);
      return `${edit.segment}: ${moves.join(", ")}`;
    })
    .join("; ");
}

function audienceOf(cells: readonly OutcomeCell[], edits: readonly Edit[]): number {
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
    `differences in ${metric.id} smaller than ${metric.minimumEffect} per unit are treated as none`,
    window,
    "effects of one unit's action on another unit's outcome",
  ];
}

function percent(p: number): string {
  return `${Number((100 * p).toPrecision(3))} %`;
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}
