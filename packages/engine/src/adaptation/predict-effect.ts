import { emptyMoments, mergeMoments, normalQuantile, sampleVariance, type Moments } from "@ratchet/stats";
import { FOLD_COUNT } from "../decisions/decision.ts";
import type { ChoiceEdit } from "../decisions/playbook.ts";
import { contrast } from "../evidence/contrast.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import { unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { learnChoice, valueWith, type ChoiceLesson } from "./learn-choice.ts";

/** What a change would do, as far as the log can tell, or why that cannot be said. */
export type Prediction =
  | {
      readonly kind: "estimate";
      /**
       * Change of the objective per decision outside the holdout that no rule limits, from units that did not help to choose the change. What
       * the change does to how often rules limit is not in it: the rollout measures that.
       */
      readonly estimate: number;
      readonly lower: number;
      readonly upper: number;
      readonly confidence: number;
      readonly effectiveSampleSize: number;
      /** Decisions it rests on. */
      readonly n: number;
    }
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/** Fewer effectively weighted units than this say nothing about a policy. */
const EFFECTIVE_UNITS_MIN = 200;

/**
 * Off-policy estimate by progressive validation: each fold's units judge the edits that the *earlier* folds would have led to, so no unit
 * judges what it helped to choose. It values the learner's step, of which the proposed edits are the whole-sample version; the first fold
 * only teaches.
 *
 * Earlier folds and not all other folds: where nothing works, folds that judge each other's choices agree or disagree together, and the
 * normal interval calls noise an improvement two to three times as often as it promises. In one order the scores are martingale
 * differences, and the interval keeps its word also where no action is best.
 *
 * @see Luedtke & van der Laan (2016), "Statistical inference for the mean outcome under a possibly non-unique optimal treatment strategy",
 *   section 4 (the online one-step estimator); Dudík et al. (2011) for the scores.
 */
export function predictEffect(lesson: ChoiceLesson, edits: readonly ChoiceEdit[], confidence: number): Prediction {
  const inForce = valueWith(lesson.lever, []);
  let scores: Moments = emptyMoments;
  for (let fold = 1; fold < FOLD_COUNT; fold++) {
    const learned = learnChoice({ ...lesson, cells: lesson.cells.filter((cell) => cell.fold < fold) });
    const judged = scoresOf(lesson, { edits: learned, cells: lesson.cells.filter((cell) => cell.fold === fold) });
    if ("kind" in judged) return judged;
    scores = mergeMoments(scores, judged);
  }
  const whole = contrast({
    ...questionOf(lesson, lesson.cells),
    target: valueWith(lesson.lever, edits),
    reference: inForce,
  });
  if (whole.kind === "refused") return whole;
  if (whole.effectiveSampleSize < EFFECTIVE_UNITS_MIN) {
    return {
      kind: "refused",
      reason: "too-few-effective-units",
      message: `the log is worth ${Math.floor(whole.effectiveSampleSize)} effective units for this change, ${EFFECTIVE_UNITS_MIN} are needed`,
    };
  }
  const variance = sampleVariance(scores);
  if (variance === null || variance === 0) {
    return { kind: "refused", reason: "zero-variance", message: "the folds of the log do not agree on any change" };
  }
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(variance / scores.n);
  return {
    kind: "estimate",
    estimate: scores.mean,
    lower: scores.mean - half,
    upper: scores.mean + half,
    confidence,
    effectiveSampleSize: whole.effectiveSampleSize,
    n: whole.n,
  };
}

type Refusal = Extract<Prediction, { kind: "refused" }>;

interface Judging {
  readonly edits: readonly ChoiceEdit[];
  readonly cells: readonly OutcomeCell[];
}

/** Scores of one fold. Where the earlier folds would change nothing, every unit scores 0. */
function scoresOf(lesson: ChoiceLesson, { edits, cells }: Judging): Moments | Refusal {
  const n = sumCells(unlimitedCells(cells).filter((cell) => cell.cohort !== "holdout")).n;
  const unmoved: Moments = { n, mean: 0, m2: 0 };
  if (edits.length === 0) return unmoved;
  const judged = contrast({
    ...questionOf(lesson, cells),
    target: valueWith(lesson.lever, edits),
    reference: valueWith(lesson.lever, []),
  });
  if (judged.kind === "estimate") return judged.scores;
  return judged.reason === "same-policy" || judged.reason === "too-few" || judged.reason === "zero-variance"
    ? unmoved
    : judged;
}

function questionOf(
  lesson: ChoiceLesson,
  cells: readonly OutcomeCell[],
): Pick<Parameters<typeof contrast>[0], "lever" | "cells" | "history" | "overlapOnly"> {
  return { lever: lesson.lever.name, cells, history: lesson.history, overlapOnly: true };
}
