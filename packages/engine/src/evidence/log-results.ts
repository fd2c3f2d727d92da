import { chiSquaredSf, momentsFromSums, sequentialSampleRatio, welchDifference } from "@ratchet/stats";
import type { ActionId, SegmentId } from "../ids.ts";
import type { Measurement, OutcomeCell } from "../outcomes/cell.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { effectOf, verdictOf, type Effect, type NoEffect, type Precision } from "./effect.ts";
import { redSentences, type HealthCheck } from "./health.ts";
import { poolSegments, type SegmentEffect } from "./segment-effects.ts";
import { cannotTell, type Verdict } from "./verdict.ts";

/** A log of decisions that were made elsewhere. */
export interface LogQuestion {
  readonly metric: MetricDefinition;
  readonly measurement: Measurement;
  readonly actions: readonly ActionId[];
  readonly baseline: ActionId;
  /** Whether actions were drawn at random. Without that a difference is a correlation, and no verdict is given. */
  readonly assignment: "randomised" | "observational";
  readonly precision: Precision;
}

/** One action of a log against its baseline. */
export interface LogComparison {
  readonly action: ActionId;
  readonly n: number;
  readonly nBaseline: number;
  /** Outcome per unit, weighted by inverse propensity where propensities differ between units; null without units. */
  readonly mean: number | null;
  readonly meanBaseline: number | null;
  readonly effect: Effect | NoEffect;
  readonly verdict: Verdict;
  readonly segments: readonly SegmentEffect[];
}

/** A log read on one metric. */
export interface LogResults {
  readonly metric: MetricDefinition;
  readonly censored: number;
  readonly health: readonly HealthCheck[];
  readonly comparisons: readonly LogComparison[];
}

const HEALTH_ALPHA = 0.001;
/** Cells with fewer expected units than this are left out of the balance check, as the chi-squared approximation asks. */
const EXPECTED_MIN = 5;

/** Every action of a log against its baseline: the difference of means, which in a randomised log is the effect. */
export function logResults(question: LogQuestion): LogResults {
  const health = [designRatio(question), balance(question)];
  return {
    metric: question.metric,
    censored: question.measurement.censored,
    health,
    comparisons: question.actions
      .filter((action) => action !== question.baseline)
      .map((action) => compare(question, action, redSentences(health))),
  };
}

function compare(question: LogQuestion, action: ActionId, redChecks: readonly string[]): LogComparison {
  const { metric, baseline, precision } = question;
  const { cells } = question.measurement;
  const treated = cells.filter((cell) => cell.action === action);
  const control = cells.filter((cell) => cell.action === baseline);
  const effect = differenceOf(control, treated, precision);
  const nonZeroMin = Math.min(sumCells(treated).nonZero, sumCells(control).nonZero);
  const bySegment = new Map<SegmentId, Effect | NoEffect>(
    groupCells([...treated, ...control], (cell) => cell.segment).flatMap((own) =>
      own.slice(0, 1).map(({ segment }) => {
        const effectThere = differenceOf(
          own.filter((cell) => cell.action === baseline),
          own.filter((cell) => cell.action === action),
          precision,
        );
        return [segment, effectThere] as const;
      }),
    ),
  );
  return {
    action,
    n: sumCells(treated).n,
    nBaseline: sumCells(control).n,
    mean: weightedMean(treated),
    meanBaseline: weightedMean(control),
    effect,
    verdict:
      question.assignment === "observational"
        ? cannotTell(
            "nobody drew these actions at random, so a difference in outcomes may come from who got which",
            "give a share of units a random action, or keep a holdout, and import again",
          )
        : verdictOf(effect, { ...precision, metric, nonZeroMin, redChecks }),
    segments: poolSegments(bySegment),
  };
}

/**
 * Difference of means. Where every unit of an action had the same propensity it is Welch's; else each mean is self-normalised by inverse
 * propensity, with the variance of its linearisation.
 *
 * @see Hájek (1971); Lunceford & Davidian (2004), section 3, for the variance.
 */
function differenceOf(
  control: readonly OutcomeCell[],
  treated: readonly OutcomeCell[],
  precision: Precision,
): Effect | NoEffect {
  if (isEvenlyDrawn(control) && isEvenlyDrawn(treated)) {
    const welch = welchDifference(momentsFromSums(sumCells(control)), momentsFromSums(sumCells(treated)), {
      confidence: 1 - precision.alpha,
    });
    if (welch.kind === "refused") return welch;
    const n = sumCells(control).n + sumCells(treated).n;
    const effect = effectOf({ ...welch, n }, precision);
    return effect.kind === "refused"
      ? effect
      : { ...effect, fixed: { lower: welch.interval.lower, upper: welch.interval.upper } };
  }
  const a = hajek(control);
  const b = hajek(treated);
  if (a === null || b === null)
    return { kind: "refused", reason: "too-few", message: "one of the actions has no unit here" };
  return effectOf(
    { kind: "estimate", n: a.n + b.n, estimate: b.mean - a.mean, standardError: Math.sqrt(a.variance + b.variance) },
    precision,
  );
}

function isEvenlyDrawn(cells: readonly OutcomeCell[]): boolean {
  return new Set(cells.map((cell) => cell.propensity)).size <= 1;
}

function hajek(
  cells: readonly OutcomeCell[],
): { readonly n: number; readonly mean: number; readonly variance: number } | null {
  const mean = weightedMean(cells);
  if (mean === null) return null;
  let weights = 0;
  let squares = 0;
  for (const cell of cells) {
    const weight = 1 / (cell.propensity ?? 1);
    weights += weight * cell.n;
    squares += weight ** 2 * Math.max(0, cell.sumSquares - 2 * mean * cell.sum + mean ** 2 * cell.n);
  }
  return { n: sumCells(cells).n, mean, variance: squares / weights ** 2 };
}

function weightedMean(cells: readonly OutcomeCell[]): number | null {
  let weights = 0;
  let sum = 0;
  for (const cell of cells) {
    const weight = 1 / (cell.propensity ?? 1);
    weights += weight * cell.n;
    sum += weight * cell.sum;
  }
  return weights > 0 ? sum / weights : null;
}

/** Where every action has one declared propensity, units must fall on actions in those proportions. */
function designRatio({ measurement, actions, assignment }: LogQuestion): HealthCheck {
  const declared = actions.map((action) => measurement.cells.filter((cell) => cell.action === action));
  const expected = declared.map((cells) => cells[0]?.propensity ?? null);
  const known = expected.flatMap((p) => (p === null ? [] : [p]));
  const designed =
    known.length === actions.length &&
    declared.every(isEvenlyDrawn) &&
    Math.abs(known.reduce((a, p) => a + p, 0) - 1) < 1e-6;
  if (assignment === "observational" || !designed) {
    return {
      check: "action-ratio",
      state: "no data",
      sentence: "no fixed propensities to check the actions against",
      pValue: null,
    };
  }
  const ratio = sequentialSampleRatio({
    counts: declared.map((cells) => sumCells(cells).n),
    expected: known,
    concentration: 200,
  });
  if (ratio.kind === "refused")
    return { check: "action-ratio", state: "no data", sentence: ratio.message, pValue: null };
  return check("action-ratio", ratio.pValue, {
    red: "units per action contradict the declared propensities",
    green: "units per action agree with the declared propensities",
  });
}

/** In a randomised log with one propensity an action, actions have nothing to do with segments (chi-squared test of independence). */
function balance({ measurement, actions, assignment }: LogQuestion): HealthCheck {
  const segments = groupCells(measurement.cells, (cell) => cell.segment);
  const even = actions.every((action) => isEvenlyDrawn(measurement.cells.filter((cell) => cell.action === action)));
  if (assignment === "observational" || !even || segments.length < 2) {
    return {
      check: "balance",
      state: "no data",
      sentence: "nothing to check the balance of actions against",
      pValue: null,
    };
  }
  const total = sumCells(measurement.cells).n;
  const perAction = actions.map((action) => sumCells(measurement.cells.filter((cell) => cell.action === action)).n);
  let chiSquared = 0;
  let rows = 0;
  for (const cells of segments) {
    const { n } = sumCells(cells);
    const expected = perAction.map((count) => (n * count) / total);
    if (expected.some((e) => e < EXPECTED_MIN)) continue;
    rows++;
    actions.forEach((action, i) => {
      const e = expected[i] ?? 0;
      chiSquared += (sumCells(cells.filter((cell) => cell.action === action)).n - e) ** 2 / e;
    });
  }
  const freedom = (rows - 1) * (actions.length - 1);
  if (freedom < 1)
    return {
      check: "balance",
      state: "no data",
      sentence: "segments are too small to check the balance of actions",
      pValue: null,
    };
  return check("balance", chiSquaredSf(chiSquared, freedom), {
    red: "which action a unit got depends on its segment: this log was not drawn as declared",
    green: "actions are balanced over segments",
  });
}

function check(
  name: HealthCheck["check"],
  pValue: number,
  words: { readonly red: string; readonly green: string },
): HealthCheck {
  const red = pValue < HEALTH_ALPHA;
  return {
    check: name,
    state: red ? "red" : "green",
    sentence: red ? `${words.red} (p = ${pValue.toPrecision(2)})` : words.green,
    pValue,
  };
}
