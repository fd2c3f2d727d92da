import type { ChoiceLever } from "../decisions/lever.ts";
import { pointMass } from "../decisions/playbook.ts";
import type { ActionId, SegmentId } from "../ids.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { contrast } from "./contrast.ts";
import { effectOf, verdictOf, type Effect, type NoEffect, type Precision } from "./effect.ts";
import type { PolicyHistory } from "./policy-history.ts";
import { poolSegments, type SegmentEffect } from "./segment-effects.ts";
import type { Verdict } from "./verdict.ts";

/** One action against the baseline, over all decisions that no rule limited, and by segment. */
export interface ActionEffect {
  readonly action: ActionId;
  readonly baseline: ActionId;
  readonly effect: Effect | NoEffect;
  readonly verdict: Verdict;
  readonly segments: readonly SegmentEffect[];
}

/** What to compare, on what. */
export interface ActionQuestion {
  readonly lever: ChoiceLever;
  readonly metric: MetricDefinition;
  readonly cells: readonly OutcomeCell[];
  readonly history: PolicyHistory;
  readonly precision: Precision;
  readonly redChecks: readonly string[];
}

/** Every action but the baseline. */
export function actionEffects(question: ActionQuestion): readonly ActionEffect[] {
  return question.lever.actions
    .filter((a) => a !== question.lever.baseline)
    .map((action) => actionEffect(question, action));
}

/** Difference of always giving `action` and always giving `other`, on those of the cells whose rule could have given either. */
export function compareActions(
  question: Omit<ActionQuestion, "redChecks">,
  action: ActionId,
  other: ActionId,
): Effect | NoEffect {
  const measured = contrast({
    lever: question.lever.name,
    cells: question.cells,
    history: question.history,
    target: () => pointMass(question.lever, action),
    reference: () => pointMass(question.lever, other),
    overlapOnly: true,
    stabilised: true,
  });
  if (measured.kind === "refused" && measured.reason === "same-policy") {
    return {
      kind: "refused",
      reason: "too-few",
      message: `no unit got "${action}" or "${other}" where either could have been given`,
    };
  }
  return effectOf(measured, question.precision);
}

function actionEffect(question: ActionQuestion, action: ActionId): ActionEffect {
  const { lever, cells, metric, precision, redChecks } = question;
  const effect = compareActions(question, action, lever.baseline);
  return {
    action,
    baseline: lever.baseline,
    effect,
    verdict: verdictOf(effect, {
      ...precision,
      metric,
      redChecks,
      nonZeroMin: smallerNonZero(cells, action, lever.baseline),
    }),
    segments: poolSegments(
      bySegment(cells, (own) => compareActions({ ...question, cells: own }, action, lever.baseline)),
    ),
  };
}

/** An effect for each segment that has decisions. */
export function bySegment(
  cells: readonly OutcomeCell[],
  effectIn: (cells: readonly OutcomeCell[]) => Effect | NoEffect,
): ReadonlyMap<SegmentId, Effect | NoEffect> {
  return new Map(
    groupCells(cells, (cell) => cell.segment).flatMap((own) =>
      own.slice(0, 1).map(({ segment }) => [segment, effectIn(own)]),
    ),
  );
}

function smallerNonZero(cells: readonly OutcomeCell[], a: ActionId, b: ActionId): number {
  const of = (action: ActionId): number =>
    sumCells(unlimitedCells(cells).filter((cell) => cell.cohort !== "holdout" && cell.action === action)).nonZero;
  return Math.min(of(a), of(b));
}
