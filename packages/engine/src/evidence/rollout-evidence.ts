import { asymptoticConfidenceSequence, twoByTwoEProcess } from "@ratchet/stats";
import { isWithin } from "../decisions/segment.ts";
import { FOLD_COUNT } from "../decisions/decision.ts";
import { choiceLeverNamed, probabilitiesFor, withEdits, type Edit } from "../decisions/playbook.ts";
import type { ChangeId, SegmentId } from "../ids.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { sizeInWords } from "../outcomes/in-words.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { someLimited } from "../outcomes/unlimited-cells.ts";
import { cohortContrast } from "./cohort-contrast.ts";
import { contrast } from "./contrast.ts";
import { effectOf, verdictOf, type Effect, type NoEffect, type Precision } from "./effect.ts";
import type { PolicyHistory } from "./policy-history.ts";
import { BURN_IN_NON_ZERO, type Verdict } from "./verdict.ts";

/** The change in rollout, as evidence sees it. */
export interface RunningChange {
  readonly id: ChangeId;
  readonly lever: string;
  readonly edits: readonly Edit[];
  readonly basedOn: number;
}

/**
 * Candidate against concurrent control since the canary began, on the units that the change affects: all of them, also those whose decisions
 * a rule had limited (intention-to-treat).
 */
export interface RolloutEvidence {
  readonly changeId: ChangeId;
  /** Value of the candidate minus value of the current playbook, per affected decision (`candidateEffect`). */
  readonly effect: Effect | NoEffect;
  readonly verdict: Verdict;
  readonly candidateUnits: number;
  readonly controlUnits: number;
  readonly candidateMean: number | null;
  readonly controlMean: number | null;
  readonly guardrails: readonly GuardrailReading[];
}

/** How one guardrail stands. */
export interface GuardrailReading {
  readonly id: string;
  readonly metric: string;
  readonly state: "fine" | "watch" | "breached" | "no data";
  readonly sentence: string;
  readonly effect: Effect | NoEffect;
  readonly tolerated: number;
  /** Mature decisions of the smaller cohort. */
  readonly units: number;
}

/** A guardrail as evidence needs it; the policy's is a superset. */
export interface GuardrailRule {
  readonly id: string;
  readonly direction: "must_not_increase" | "must_not_decrease";
  readonly tolerated: number;
  readonly test: "two_by_two_e_process" | "mean_confidence_sequence";
  readonly alpha: number;
}

/** A guardrail's rule with the cells of its metric. */
interface GuardrailQuestion {
  readonly rule: GuardrailRule;
  readonly metric: MetricDefinition;
  readonly cells: readonly OutcomeCell[];
}

/** What to judge a rollout on. */
export interface RolloutQuestion {
  readonly change: RunningChange;
  readonly metric: MetricDefinition;
  /** Cells of the objective. */
  readonly cells: readonly OutcomeCell[];
  readonly guardrails: readonly GuardrailQuestion[];
  readonly history: PolicyHistory;
  readonly precision: Precision;
  readonly redChecks: readonly string[];
}

/** Reads a rollout: the objective's effect with its verdict, and every guardrail. */
export function rolloutEvidence(question: RolloutQuestion): RolloutEvidence {
  const own = affected(question.cells, question.change);
  const candidate = sumCells(own.filter((cell) => cell.cohort === "candidate"));
  const control = sumCells(own.filter((cell) => cell.cohort === "control"));
  const effect = candidateEffect(own, question, question.precision);
  return {
    changeId: question.change.id,
    effect,
    verdict: rolloutVerdict(effect, own, question),
    candidateUnits: candidate.n,
    controlUnits: control.n,
    candidateMean: candidate.n > 0 ? candidate.sum / candidate.n : null,
    controlMean: control.n > 0 ? control.sum / control.n : null,
    guardrails: question.guardrails.map((guardrail) => readGuardrail(guardrail, question)),
  };
}

/**
 * The interval's word; and where that is too early for the interval, the exact test's on harm. Burn-in protects the interval, it must not
 * protect a candidate that loses nearly every conversion and so never burns in.
 */
function rolloutVerdict(effect: Effect | NoEffect, own: readonly OutcomeCell[], question: RolloutQuestion): Verdict {
  const { metric, precision, redChecks } = question;
  const nonZeroMin = Math.min(conversions(own, "candidate").conversions, conversions(own, "control").conversions);
  const verdict = verdictOf(effect, { ...precision, metric, nonZeroMin, redChecks });
  if (verdict.word !== "too early" || metric.kind !== "conversion") return verdict;
  const direction = metric.direction === "increase" ? "must_not_decrease" : "must_not_increase";
  const harm = exactHarm(own, { direction, alpha: precision.alpha });
  return harm.state === "breached"
    ? { word: "worse", sentence: `${metric.id}: ${harm.sentence}`, remedy: null }
    : verdict;
}

/** Decisions made during the change's rollout, outside the holdout, in segments that it edits. */
function affected(cells: readonly OutcomeCell[], change: RunningChange): readonly OutcomeCell[] {
  return cells.filter(
    (cell) =>
      cell.changeId === change.id &&
      cell.cohort !== "holdout" &&
      change.edits.some((edit) => isWithin(cell.segment, edit.segment)),
  );
}

/**
 * Where rules limited nobody, a cohort's outcomes follow from its actions alone, and the contrast of actions over both cohorts' decisions says
 * by how much they differ: far tighter, since only what the two playbooks do differently adds noise. As soon as a rule limited somebody,
 * cohorts are compared as such. Both estimate the same there and then; a rollout whose first limited decision falls in its middle has
 * been looked at through two sequences, each with its own alpha.
 */
function candidateEffect(
  own: readonly OutcomeCell[],
  { change, history }: RolloutQuestion,
  precision: Precision,
): Effect | NoEffect {
  if (someLimited(own)) return effectOf(cohortContrast(own), precision);
  const current = history.playbook(change.basedOn);
  const candidate = withEdits(current, change.edits);
  const of = (playbook: typeof current) => (segment: SegmentId) =>
    probabilitiesFor(choiceLeverNamed(playbook, change.lever), segment);
  return effectOf(
    contrast({ lever: change.lever, cells: own, history, target: of(candidate), reference: of(current) }),
    precision,
  );
}

function readGuardrail({ rule, metric, cells }: GuardrailQuestion, question: RolloutQuestion): GuardrailReading {
  const own = affected(cells, question.change);
  const effect = candidateEffect(own, question, { alpha: rule.alpha, tunedFor: question.precision.tunedFor });
  const units = Math.min(conversions(own, "control").n, conversions(own, "candidate").n);
  const base = { id: rule.id, metric: metric.id, effect, tolerated: rule.tolerated, units };
  if (units === 0) return { ...base, state: "no data", sentence: "one of the cohorts has no mature decision yet" };
  const harm =
    rule.test === "two_by_two_e_process"
      ? exactHarm(own, rule)
      : boundedHarm(effect, { rule, metric, own, precision: question.precision });
  return { ...base, ...harm };
}

type Reading = Pick<GuardrailReading, "state" | "sentence">;

interface BoundQuestion {
  readonly rule: GuardrailRule;
  readonly metric: MetricDefinition;
  readonly own: readonly OutcomeCell[];
  readonly precision: Precision;
}

/** Harm once even the mild end of the one-sided confidence sequence lies beyond what is tolerated. Asymptotic, so after burn-in only. */
function boundedHarm(effect: Effect | NoEffect, { rule, metric, own, precision }: BoundQuestion): Reading {
  if (effect.kind === "refused") return { state: "no data", sentence: effect.message };
  const nonZero = Math.min(conversions(own, "control").conversions, conversions(own, "candidate").conversions);
  if (nonZero < BURN_IN_NON_ZERO)
    return { state: "no data", sentence: `${nonZero} outcomes in the smaller cohort, ${BURN_IN_NON_ZERO} are needed` };
  const sign = rule.direction === "must_not_increase" ? 1 : -1;
  const bound = asymptoticConfidenceSequence({
    estimate: sign * effect.estimate,
    standardError: effect.standardError,
    n: effect.n,
    alpha: rule.alpha,
    tunedFor: precision.tunedFor,
    sides: "lower",
  });
  if (bound.kind === "refused") return { state: "watch", sentence: bound.message };
  const harm = sign * effect.estimate;
  if (bound.lower > rule.tolerated) {
    return {
      state: "breached",
      sentence: `harm of at least ${sizeInWords(metric, bound.lower)}, ${sizeInWords(metric, rule.tolerated)} is tolerated`,
    };
  }
  return harm > rule.tolerated
    ? {
        state: "watch",
        sentence: `harm of ${sizeInWords(metric, harm)} so far, not yet certain; ${sizeInWords(metric, rule.tolerated)} is tolerated`,
      }
    : {
        state: "fine",
        sentence: `harm of ${sizeInWords(metric, Math.max(harm, 0))} so far, ${sizeInWords(metric, rule.tolerated)} is tolerated`,
      };
}

/** Exact for conversions and any sample size. The e-process is two-sided, so the direction is read off the rates. */
function exactHarm(own: readonly OutcomeCell[], rule: Pick<GuardrailRule, "direction" | "alpha">): Reading {
  const eValue = exactEValue(own);
  const control = conversions(own, "control");
  const candidate = conversions(own, "candidate");
  const difference = candidate.conversions / candidate.n - control.conversions / control.n;
  const harmful = rule.direction === "must_not_increase" ? difference > 0 : difference < 0;
  const counts = `${candidate.conversions} of ${candidate.n} against ${control.conversions} of ${control.n}`;
  // Under no harm the e-value drifts below 1, so one above 1 that points at harm is a grey zone: neither certain nor nothing.
  if (!harmful || eValue <= 1) return { state: "fine", sentence: counts };
  return eValue >= 1 / rule.alpha
    ? {
        state: "breached",
        sentence: `${counts}: harm (e-value ${short(eValue)}, limit ${short(1 / rule.alpha)})`,
      }
    : {
        state: "watch",
        sentence: `${counts}: leans towards harm (e-value ${short(eValue)} of ${short(1 / rule.alpha)}), not yet certain`,
      };
}

/**
 * Evidence that the cohorts' rates differ. Batches are the folds of each cycle: their sizes follow from hashes of the units, not from
 * outcomes, and several to a cycle let harm show in the first one, where a single batch would still be all prior. Which fold comes first is
 * chance, so the e-processes of every rotation of the folds are averaged: the mean of e-processes is one.
 */
function exactEValue(own: readonly OutcomeCell[]): number {
  const batches = groupCells(own, (cell) => `${cell.cycle}/${cell.fold}`).map((cells) => ({
    cycle: cells[0]?.cycle ?? 0,
    fold: cells[0]?.fold ?? 0,
    control: conversions(cells, "control"),
    treatment: conversions(cells, "candidate"),
  }));
  let sum = 0;
  for (let rotation = 0; rotation < FOLD_COUNT; rotation++) {
    const place = (fold: number): number => (fold + rotation) % FOLD_COUNT;
    const evidence = twoByTwoEProcess(batches.toSorted((a, b) => a.cycle - b.cycle || place(a.fold) - place(b.fold)));
    if (evidence.kind === "refused") throw new Error(`counts of cells are counts: ${evidence.message}`);
    sum += evidence.eValue;
  }
  return sum / FOLD_COUNT;
}

function conversions(
  cells: readonly OutcomeCell[],
  cohort: OutcomeCell["cohort"],
): { readonly n: number; readonly conversions: number } {
  const { n, nonZero } = sumCells(cells.filter((cell) => cell.cohort === cohort));
  return { n, conversions: nonZero };
}

function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}
