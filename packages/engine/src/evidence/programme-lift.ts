import { policyContrast, type ContrastStratum } from "@ratchet/stats";
import type { OutcomeCell } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { effectOf, verdictOf, type Effect, type NoEffect, type Precision } from "./effect.ts";
import type { Verdict } from "./verdict.ts";

/** Everyone under adaptation against the holdout, over all cycles and cycle by cycle. */
export interface ProgrammeLift {
  readonly effect: Effect | NoEffect;
  readonly verdict: Verdict;
  /** Mean outcome of the holdout per unit; null while it is empty. */
  readonly holdoutMean: number | null;
  readonly holdoutUnits: number;
  readonly programmeUnits: number;
  readonly cycles: readonly { readonly cycle: number; readonly effect: Effect | NoEffect }[];
}

/** What to measure it on. */
export interface ProgrammeQuestion {
  readonly metric: MetricDefinition;
  readonly cells: readonly OutcomeCell[];
  readonly holdoutShare: number;
  readonly precision: Precision;
  readonly redChecks: readonly string[];
}

const PROGRAMME = "programme";
const HOLDOUT = "holdout";

/**
 * Lift of the whole programme: cohorts are the two actions, their shares the propensities, cycles the strata. So a shifting base rate,
 * or a holdout of another size, cannot pass for lift. Intention-to-treat: decisions that a rule limited count like any other.
 */
export function programmeLift(question: ProgrammeQuestion): ProgrammeLift {
  const { cells, precision } = question;
  const holdout = cells.filter((cell) => cell.cohort === "holdout");
  const programme = cells.filter((cell) => cell.cohort !== "holdout");
  const effect = liftOn(cells, question);
  const held = sumCells(holdout);
  const adapted = sumCells(programme);
  const nonZeroMin = Math.min(held.nonZero, adapted.nonZero);
  return {
    effect,
    verdict: verdictOf(effect, { ...precision, metric: question.metric, nonZeroMin, redChecks: question.redChecks }),
    holdoutMean: held.n > 0 ? held.sum / held.n : null,
    holdoutUnits: held.n,
    programmeUnits: adapted.n,
    cycles: cyclesOf(cells).map(({ cycle, own }) => ({ cycle, effect: liftOn(own, question) })),
  };
}

function liftOn(cells: readonly OutcomeCell[], { holdoutShare, precision }: ProgrammeQuestion): Effect | NoEffect {
  if (holdoutShare <= 0) {
    return {
      kind: "refused",
      reason: "no-holdout",
      message: "the policy keeps no holdout, so the programme has nothing to be measured against",
    };
  }
  return effectOf(policyContrast(strataOf(cells, holdoutShare)), precision);
}

function strataOf(cells: readonly OutcomeCell[], holdoutShare: number): readonly ContrastStratum[] {
  return cyclesOf(cells).map(({ cycle, own }) => ({
    period: cycle,
    cells: [
      { action: PROGRAMME, propensity: 1 - holdoutShare, ...sumCells(own.filter((cell) => cell.cohort !== "holdout")) },
      { action: HOLDOUT, propensity: holdoutShare, ...sumCells(own.filter((cell) => cell.cohort === "holdout")) },
    ],
    target: { [PROGRAMME]: 1, [HOLDOUT]: 0 },
    reference: { [PROGRAMME]: 0, [HOLDOUT]: 1 },
  }));
}

function cyclesOf(
  cells: readonly OutcomeCell[],
): readonly { readonly cycle: number; readonly own: readonly OutcomeCell[] }[] {
  return groupCells(cells, (cell) => cell.cycle)
    .map((own) => ({ cycle: own[0]?.cycle ?? 0, own }))
    .sort((a, b) => a.cycle - b.cycle);
}
