import { normalCdf, normalPdf } from "@ratchet/stats";
import type { ActionProbabilities, ChoiceLever } from "../decisions/lever.ts";
import { probabilitiesFor, type ChoiceEdit } from "../decisions/playbook.ts";
import { ALL } from "../decisions/segment.ts";
import type { ActionLimits } from "../decisions/limits.ts";
import { bySegment, compareActions } from "../evidence/action-effects.ts";
import type { Effect, NoEffect, Precision } from "../evidence/effect.ts";
import type { PolicyHistory } from "../evidence/policy-history.ts";
import { poolSegments } from "../evidence/segment-effects.ts";
import { BURN_IN_NON_ZERO } from "../evidence/verdict.ts";
import type { ActionId, SegmentId } from "../ids.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import { unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { allocate, type Floors, type Ranking } from "./allocate.ts";
import { stepTowards, totalVariation } from "./distance.ts";

/** What the learner of a `choice` lever may know. Nothing in it says who approves, or how it will be judged. */
export interface ChoiceLesson {
  readonly lever: ChoiceLever;
  readonly metric: MetricDefinition;
  /** All of them: what was limited is passed over wherever actions are compared. */
  readonly cells: readonly OutcomeCell[];
  readonly history: PolicyHistory;
  readonly limits: ActionLimits & { readonly maxStep: number };
  readonly floors: Floors;
  readonly precision: Precision;
  /**
   * Actions that may not be given more: a change that favoured them failed, and the evidence has not materially changed since. Where such an
   * action leads already it may stay what it is; failing to get more is no evidence for less.
   */
  readonly barred: ReadonlySet<string>;
}

/** An action is ruled out once never trying it again is expected to cost less than this share of the smallest effect that matters. */
const RULED_OUT_BELOW = 0.5;
/** A segment leaves its parent's leader only when another action is better there with at least this (pooled) probability. */
const SEGMENT_CONFIDENCE = 0.95;
/** Edits that move fewer units than this share are noise, not proposals. */
const SMALLEST_STEP = 0.01;

/**
 * The edits that the evidence suggests: the leading action gets what floors leave, overall, and in a segment where partially pooled
 * evidence says that another action leads. Empty when nothing is tellable or nothing would move.
 */
export function learnChoice(lesson: ChoiceLesson): readonly ChoiceEdit[] {
  const ranking = rank(lesson);
  if (ranking === null) return [];
  const overall = targetFor(lesson, ranking, ALL);
  if (overall === null) return [];
  const exceptions = segmentRankings(lesson, ranking);
  const edits = [editOf(lesson, ALL, overall)];
  for (const segment of segmentsIn(lesson)) {
    const own = exceptions.get(segment);
    if (own === undefined && lesson.lever.segments[segment] === undefined) continue;
    const target = targetFor(lesson, own ?? ranking, segment);
    if (target !== null) edits.push(editOf(lesson, segment, target));
  }
  return edits.filter((edit) => totalVariation(edit.from, edit.to) >= SMALLEST_STEP);
}

/** The action that leads overall; null while too few outcomes are known of any two actions. */
export function leaderOf(lesson: ChoiceLesson): ActionId | null {
  return rank(lesson)?.leader ?? null;
}

/** The playbook's value with the edits, for any segment. */
export function valueWith(
  lever: ChoiceLever,
  edits: readonly ChoiceEdit[],
): (segment: SegmentId) => ActionProbabilities {
  const edited = {
    ...lever,
    segments: { ...lever.segments, ...Object.fromEntries(edits.map((edit) => [edit.segment, edit.to])) },
  };
  return (segment) => probabilitiesFor(edited, segment);
}

/** Leader by estimated value, and the actions that can no longer beat it; null while too few outcomes are known of any two actions. */
function rank(lesson: ChoiceLesson): Ranking | null {
  const { cells } = lesson;
  const known = lesson.lever.actions.filter(
    (action) => mayLead(lesson, action, ALL) && nonZeroOf(cells, action) >= BURN_IN_NON_ZERO,
  );
  const [first, ...rest] = known;
  if (first === undefined || rest.length === 0) return null;
  let leader = first;
  for (const action of rest) {
    const gain = gainOver(lesson, cells, { action, leader });
    if (gain.kind === "estimate" && gain.estimate > 0) leader = action;
  }
  const settled = lesson.lever.actions.filter(
    (action) => action !== leader && isSettled(lesson, cells, { action, leader, segment: ALL }),
  );
  return { leader, settled: new Set(settled) };
}

function mayLead(lesson: ChoiceLesson, action: ActionId, segment: SegmentId): boolean {
  return lesson.limits.allowed.includes(action) && !isHeldBack(lesson, action, segment);
}

/** Barred, and not the action that most units of the segment get anyway. */
function isHeldBack({ barred, lever }: ChoiceLesson, action: ActionId, segment: SegmentId): boolean {
  if (!barred.has(action)) return false;
  const { [action]: own = 0, ...others } = probabilitiesFor(lever, segment);
  return Object.values(others).some((p) => p >= own);
}

/** Segments (leaves) where, after pooling, another action leads. */
function segmentRankings(lesson: ChoiceLesson, overall: Ranking): ReadonlyMap<SegmentId, Ranking> {
  const best = new Map<SegmentId, { readonly action: ActionId; readonly mean: number }>();
  for (const action of lesson.lever.actions) {
    if (action === overall.leader) continue;
    const effects = bySegment(lesson.cells, (own) =>
      Math.min(nonZeroOf(own, action), nonZeroOf(own, overall.leader)) < BURN_IN_NON_ZERO
        ? { kind: "refused", reason: "too-few", message: "too few outcomes in this segment" }
        : gainOver(lesson, own, { action, leader: overall.leader }),
    );
    for (const { segment, pooled } of poolSegments(effects)) {
      if (
        pooled === null ||
        !mayLead(lesson, action, segment) ||
        pooled.probabilityPositive < SEGMENT_CONFIDENCE ||
        pooled.mean < lesson.metric.minimumEffect
      )
        continue;
      if (pooled.mean > (best.get(segment)?.mean ?? 0)) best.set(segment, { action, mean: pooled.mean });
    }
  }
  return new Map(
    [...best].map(([segment, { action }]) => {
      const own = lesson.cells.filter((cell) => cell.segment === segment);
      const settled = lesson.lever.actions.filter(
        (other) => other !== action && isSettled(lesson, own, { action: other, leader: action, segment }),
      );
      return [segment, { leader: action, settled: new Set(settled) }];
    }),
  );
}

/** Gain in the objective's good direction of `action` over `leader`. */
function gainOver(
  lesson: ChoiceLesson,
  cells: readonly OutcomeCell[],
  { action, leader }: { readonly action: ActionId; readonly leader: ActionId },
): Effect | NoEffect {
  const effect = compareActions({ ...lesson, cells }, action, leader);
  if (effect.kind === "refused" || lesson.metric.direction === "increase") return effect;
  return {
    ...effect,
    estimate: -effect.estimate,
    fixed: { lower: -effect.fixed.upper, upper: -effect.fixed.lower },
    sequence: { lower: -effect.sequence.upper, upper: -effect.sequence.lower },
  };
}

/** No longer worth a share: held back, or ruled out by the evidence. */
function isSettled(
  lesson: ChoiceLesson,
  cells: readonly OutcomeCell[],
  pair: { readonly action: ActionId; readonly leader: ActionId; readonly segment: SegmentId },
): boolean {
  return isHeldBack(lesson, pair.action, pair.segment) || isRuledOut(gainOver(lesson, cells, pair), lesson.metric);
}

/**
 * Expected loss of dropping an action whose gain over the leader is N(estimate, standard error²): the mean of its positive part. Best-arm
 * stopping by expected loss, so that exploring ends when it can no longer pay, not when a test happens to reject.
 *
 * @see Raiffa & Schlaifer (1961), "Applied Statistical Decision Theory", section 5.4 (the unit normal linear-loss integral).
 */
function isRuledOut(gain: Effect | NoEffect, metric: MetricDefinition): boolean {
  if (gain.kind === "refused") return false;
  const z = gain.estimate / gain.standardError;
  const expectedLoss = gain.standardError * normalPdf(z) + gain.estimate * normalCdf(z);
  return expectedLoss < RULED_OUT_BELOW * metric.minimumEffect;
}

function targetFor(lesson: ChoiceLesson, ranking: Ranking, segment: SegmentId): ActionProbabilities | null {
  const wanted = allocate(lesson.lever, ranking, lesson.floors, lesson.limits);
  return wanted === null ? null : stepTowards(probabilitiesFor(lesson.lever, segment), wanted, lesson.limits.maxStep);
}

function editOf(lesson: ChoiceLesson, segment: SegmentId, to: ActionProbabilities): ChoiceEdit {
  return { lever: lesson.lever.name, segment, from: probabilitiesFor(lesson.lever, segment), to };
}

function segmentsIn({ cells }: ChoiceLesson): readonly SegmentId[] {
  return [...new Set(cells.map((cell) => cell.segment))].filter((segment) => segment !== ALL).sort();
}

function nonZeroOf(cells: readonly OutcomeCell[], action: ActionId): number {
  return sumCells(unlimitedCells(cells).filter((cell) => cell.cohort !== "holdout" && cell.action === action)).nonZero;
}
