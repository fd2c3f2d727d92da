import type { Context } from "../context.ts";
import type { ActionId, SegmentId } from "../ids.ts";
import {
  beyond,
  nearestFieldChange,
  nearestWeightChange,
  NO_SINGLE_CHANGE,
  type Counterfactual,
  type ScoreMade,
} from "./counterfactual.ts";
import type { Candidate, ScoreRecord } from "./decision.ts";
import { DO_NOTHING } from "./funnel.ts";
import type { ThresholdValue } from "./lever.ts";
import type { ChoicePlan, Leaf, LeverPlan, ServedChoice, ServedWeights, ThresholdPlan, WeightsPlan } from "./plan.ts";
import { bandAt, calibrate, pointsOf, scoreReaching, totalOf } from "./score.ts";

/** Which of a leaf's values a unit gets: the holdout the baseline, the control the current one, the candidate the change's. */
export type Served = "baseline" | "current" | "candidate";

/** What a choice follows from, once the unit's cohort and draw are known. */
export interface Choosing {
  readonly served: Served;
  readonly context: Context;
  /** In [0, 1). */
  readonly draw: number;
  /** What eligibility left, in the lever's order; null where it took nothing away. */
  readonly remaining: readonly ActionId[] | null;
}

/** What was chosen, and why. */
export interface Chosen {
  readonly segment: SegmentId;
  readonly action: ActionId;
  readonly propensity: number;
  readonly candidates: readonly Candidate[];
  readonly score: ScoreRecord | null;
  readonly counterfactual: Counterfactual;
  readonly fallback: string | null;
  /** Reasons that were written before for the same choice; null where they are to be written. */
  readonly written: Map<ActionId, readonly string[]> | null;
}

/** Chooses for one unit. Pure: the same plan and question give the same answer. */
export function choose(plan: LeverPlan, question: Choosing): Chosen {
  switch (plan.kind) {
    case "choice":
      return chooseAction(plan, question);
    case "weights":
      return chooseBand(plan, question);
    case "threshold":
      return chooseSide(plan, question);
  }
}

function chooseAction(plan: ChoicePlan, question: Choosing): Chosen {
  const leaf = plan.leafOf(question.context);
  return question.remaining === null ? stretchAt(plan, leaf, question) : chooseWith(plan, leaf, question);
}

/** What every draw up to the next one gets. */
interface Stretch {
  readonly from: number;
  readonly chosen: Chosen;
}

/** By the value that is served: worked out once, and then only looked up. */
const STRETCHES = new WeakMap<ServedChoice, readonly Stretch[]>();

/**
 * The choice at a draw. Both the action and what would have flipped it change only where a cumulative probability of this segment or of a
 * neighbour lies, so between two such places all units share one answer.
 */
function stretchAt(plan: ChoicePlan, leaf: Leaf<ServedChoice>, question: Choosing): Chosen {
  const value = leaf[question.served];
  let stretches = STRETCHES.get(value);
  if (stretches === undefined) {
    stretches = stretchesOf(plan, leaf, question);
    STRETCHES.set(value, stretches);
  }
  let before = 0;
  let after = stretches.length;
  while (after - before > 1) {
    const middle = (before + after) >> 1;
    if ((stretches[middle]?.from ?? 1) <= question.draw) before = middle;
    else after = middle;
  }
  const found = stretches[before];
  if (found === undefined) throw new Error("the first stretch begins at 0");
  return found.chosen;
}

function stretchesOf(plan: ChoicePlan, leaf: Leaf<ServedChoice>, question: Choosing): readonly Stretch[] {
  const value = leaf[question.served];
  const neighbours = question.served === "baseline" ? [] : plan.neighboursOf(leaf.segment);
  const places = [value, ...neighbours.map((neighbour) => neighbour.leaf[question.served])].flatMap(cumulated);
  const froms = [...new Set([0, ...places])].filter((from) => from < 1).toSorted((a, b) => a - b);
  return froms.map((from) => ({ from, chosen: chooseWith(plan, leaf, { ...question, draw: from }) }));
}

/** Added up as a draw adds them up, to the bit. */
function cumulated({ candidates }: ServedChoice): readonly number[] {
  let total = 0;
  return candidates.map(({ probability }) => (total += Math.max(0, probability)));
}

function chooseWith(plan: ChoicePlan, leaf: Leaf<ServedChoice>, question: Choosing): Chosen {
  const value = leaf[question.served];
  const { remaining, draw } = question;
  const candidates = remaining === null ? value.candidates : among(value.candidates, remaining, plan.lever.baseline);
  const { action, probability } = drawFrom(candidates, draw);
  return {
    segment: leaf.segment,
    action,
    propensity: probability,
    candidates,
    score: null,
    counterfactual: nearestSegment(plan, leaf, { ...question, action }),
    fallback: value.fallback,
    written: remaining === null ? value.reasons : null,
  };
}

/**
 * The candidates that are left, their probabilities made to sum to 1 again. Where none of them had any, the baseline is what is left, and
 * where that went too, nothing is done.
 */
function among(
  candidates: readonly Candidate[],
  remaining: readonly ActionId[],
  baseline: ActionId | null,
): readonly Candidate[] {
  const left = candidates.filter(({ action }) => remaining.includes(action));
  const total = left.reduce((sum, { probability }) => sum + probability, 0);
  if (total > 0) return left.map(({ action, probability }) => ({ action, probability: probability / total }));
  const fallback = left.some(({ action }) => action === baseline) ? baseline : null;
  const zeros = left.filter(({ action }) => action !== fallback).map(({ action }) => ({ action, probability: 0 }));
  return [...zeros, { action: fallback ?? DO_NOTHING, probability: 1 }];
}

const NOTHING_LEFT: Candidate = { action: DO_NOTHING, probability: 1 };

function drawFrom(candidates: readonly Candidate[], draw: number): Candidate {
  let cumulative = 0;
  let last: Candidate = NOTHING_LEFT;
  for (const candidate of candidates) {
    if (candidate.probability <= 0) continue;
    cumulative += candidate.probability;
    last = candidate;
    if (draw < cumulative) return candidate;
  }
  return last;
}

/** The action that these probabilities give at this draw. */
export function actionAt(candidates: readonly Candidate[], draw: number): ActionId {
  return drawFrom(candidates, draw).action;
}

/** Another value of one field of the segment that gives another action at the same draw. The holdout gets one baseline everywhere. */
function nearestSegment(
  plan: ChoicePlan,
  { segment }: Leaf<ServedChoice>,
  { served, draw, remaining, action }: Choosing & { readonly action: ActionId },
): Counterfactual {
  if (served === "baseline") return NO_SINGLE_CHANGE;
  for (const { field, to, leaf } of plan.neighboursOf(segment)) {
    const { candidates } = leaf[served];
    const left = remaining === null ? candidates : among(candidates, remaining, plan.lever.baseline);
    const other = drawFrom(left, draw).action;
    if (other !== action) return { kind: "context", field, to, action: other };
  }
  return NO_SINGLE_CHANGE;
}

function chooseBand(plan: WeightsPlan, { served, context, remaining }: Choosing): Chosen {
  const leaf = plan.leafOf(context);
  const value = leaf[served];
  const score = scoreWith(plan, value, context);
  const own = bandAt(plan.lever.bands, score.calibrated);
  const band = plan.lever.bands[own]?.name ?? DO_NOTHING;
  const isLeft = remaining === null || remaining.includes(band);
  return {
    segment: leaf.segment,
    action: isLeft ? band : DO_NOTHING,
    propensity: 1,
    candidates: isLeft
      ? bandsOf(plan, band)
      : [...bandsOf(plan, null).filter(({ action: name }) => remaining.includes(name)), NOTHING_LEFT],
    score,
    counterfactual: isLeft
      ? nearestBand(plan, own, {
          fields: plan.movable,
          weights: value.weights,
          context,
          points: score.points,
          score: score.score,
        })
      : NO_SINGLE_CHANGE,
    fallback: value.fallback,
    written: null,
  };
}

/** One list a band, whoever falls in it. */
const BANDS = new WeakMap<WeightsPlan, Map<ActionId | null, readonly Candidate[]>>();

function bandsOf(plan: WeightsPlan, chosen: ActionId | null): readonly Candidate[] {
  const lists = BANDS.get(plan) ?? new Map<ActionId | null, readonly Candidate[]>();
  BANDS.set(plan, lists);
  const known = lists.get(chosen);
  if (known !== undefined) return known;
  const made = plan.lever.bands.map(({ name }) => ({ action: name, probability: name === chosen ? 1 : 0 }));
  lists.set(chosen, made);
  return made;
}

/** A score that weights made: it is always known. */
interface Scored extends ScoreRecord {
  readonly score: number;
  readonly calibrated: number;
}

/** As it is recorded: what is made for every unit is made once. */
function scoreWith({ lever }: WeightsPlan, { intercept, weights }: ServedWeights, context: Context): Scored {
  const points = pointsOf(lever.features, weights, context);
  const score = totalOf(intercept, points);
  return { kind: "weights", of: lever.name, score, calibrated: calibrate(lever.calibration, score), intercept, points };
}

/** The nearest way over one of the two edges of the band at `own`: a field of the context, else a weight. */
function nearestBand({ lever, edges }: WeightsPlan, own: number, made: ScoreMade): Counterfactual {
  const [better, worse] = [lever.bands[own - 1]?.name, lever.bands[own + 1]?.name];
  const up = better === undefined ? null : (edges[own - 1] ?? null);
  const down = worse === undefined ? null : (edges[own] ?? null);
  const rise = up === null ? null : nearestFieldChange(made, up, true);
  const fall = down === null ? null : nearestFieldChange(made, down, false);
  if (rise !== null && better !== undefined && (fall === null || rise.distance <= fall.distance))
    return { kind: "context", field: rise.field, to: rise.to, action: better };
  if (fall !== null && worse !== undefined) return { kind: "context", field: fall.field, to: fall.to, action: worse };
  const edge = up ?? down;
  const action = up === null ? worse : better;
  const change = edge === null ? null : nearestWeightChange(lever.features, made, { edge, rising: up !== null });
  return change === null || action === undefined ? NO_SINGLE_CHANGE : { kind: "weight", ...change, action };
}

function chooseSide(plan: ThresholdPlan, question: Choosing): Chosen {
  const { served, context, draw, remaining } = question;
  const { lever } = plan;
  const leaf = plan.leafOf(context);
  const { value, fallback } = leaf[served];
  const scored = scoreFor(plan, question);
  const chance = chanceOfAbove(value, scored.record.calibrated);
  const both = [
    { action: lever.above, probability: chance },
    { action: lever.below, probability: 1 - chance },
  ];
  const candidates = remaining === null ? both : among(both, remaining, lever.below);
  const { action, probability } = drawFrom(candidates, draw);
  return {
    segment: leaf.segment,
    action,
    propensity: probability,
    candidates,
    score: scored.record,
    counterfactual:
      remaining === null && scored.record.calibrated !== null
        ? nearestSide(plan, value, { question, action, scored })
        : NO_SINGLE_CHANGE,
    fallback,
    written: null,
  };
}

/** Probability of `above`: 1 or 0 outside the band, the stated one inside. A score that is not known is below. */
function chanceOfAbove({ threshold, band, chance }: ThresholdValue, score: number | null): number {
  // A damaged baseline has nothing behind it: then nobody is handed over.
  if (score === null || !Number.isFinite(threshold + band)) return 0;
  if (score >= threshold + band) return 1;
  if (score < threshold - band) return 0;
  return chance >= 0 && chance <= 1 ? chance : 0;
}

interface ScoredSide {
  readonly record: ScoreRecord;
  /** null where the score is a field of the context. */
  readonly value: ServedWeights | null;
}

/**
 * The score of a threshold: a field, or what the weights in force make of the context, the holdout's the baseline's. A change of the weights
 * that is still on trial moves no threshold: levers are independent layers.
 */
function scoreFor({ lever, scoredBy }: ThresholdPlan, { served, context }: Choosing): ScoredSide {
  if (scoredBy === null) {
    const field = lever.score.kind === "field" ? lever.score.field : lever.score.lever;
    const known = lever.score.kind === "field" && Object.hasOwn(context, field) ? context[field] : undefined;
    const score = typeof known === "number" && Number.isFinite(known) ? known : null;
    return { record: { kind: "field", of: field, score, calibrated: score, intercept: 0, points: [] }, value: null };
  }
  const leaf = scoredBy.leafOf(context);
  const value = served === "baseline" ? leaf.baseline : leaf.current;
  return { record: scoreWith(scoredBy, value, context), value };
}

/** The score that would have given the other side at this draw, reached by a field of the context, else by moving the threshold. */
function nearestSide(
  plan: ThresholdPlan,
  { threshold, band, chance }: ThresholdValue,
  about: { readonly question: Choosing; readonly action: ActionId; readonly scored: ScoredSide },
): Counterfactual {
  const { question, action, scored } = about;
  const { lever, scoredBy, movable } = plan;
  const { score, calibrated, points } = scored.record;
  if (score === null || calibrated === null) return NO_SINGLE_CHANGE;
  const rising = action === lever.below;
  const other = rising ? lever.above : lever.below;
  // Inside the band this draw gives `above` exactly where it lies below the chance.
  const edge = question.draw < chance ? threshold - band : threshold + band;
  if (scoredBy === null) return { kind: "context", field: scored.record.of, to: beyond(edge, rising), action: other };
  const scoreEdge = scoreReaching(scoredBy.lever.calibration, edge);
  const change =
    scoreEdge === null || scored.value === null
      ? null
      : nearestFieldChange(
          { fields: movable, weights: scored.value.weights, context: question.context, points, score },
          scoreEdge,
          rising,
        );
  if (change !== null) return { kind: "context", field: change.field, to: change.to, action: other };
  return { kind: "threshold", to: beyond(threshold + (calibrated - edge), !rising), action: other };
}
