import { refuse, type Interval, type Refused } from "../refused.ts";
import { bisect } from "../numerics/bisect.ts";
import {
  batchFault,
  DEFAULT_TWO_BY_TWO_PRIOR,
  logLikelihoodRatio,
  predictedRate,
  priorFault,
  type Conversions,
  type TwoByTwoBatch,
  type TwoByTwoPrior,
  type TwoByTwoRefusal,
  type TwoOutcomes,
} from "./two-by-two-e-process.ts";

/** Error probability over all looks together, in (0, 1), and how finely differences are searched. */
export interface DifferenceOptions {
  readonly alpha: number;
  /** Differences tried at first, evenly between −1 and 1, from 2 on; the ends of the interval are then found exactly. */
  readonly grid?: number;
  readonly prior?: TwoByTwoPrior;
}

/** Differences of two rates that no look so far has rejected. */
export interface DifferenceSequence extends Interval {
  readonly kind: "estimate";
}

/** `too-few` before both arms have units in one batch; `none-left` when every difference has been rejected: the rates moved. */
export type DifferenceRefusal = TwoByTwoRefusal | "too-few" | "invalid-input" | "none-left";

/**
 * Exact confidence sequence for the difference of two conversion rates, treatment less control.
 *
 * Holds at every look, at any size and any rate; intersected over the looks, so it never widens. No burn-in: the interval for a
 * rollout of which little is known yet. Where the difference moves between batches, it may end empty.
 *
 * @param batches - in time order; each batch's sizes are fixed before its outcomes are seen.
 * @formula all δ with max over looks E(δ) < 1/α; E(δ) as the 2×2 e-process, against the rates (t, t + δ) with the smallest
 * n_a·KL(t_a ‖ t) + n_b·KL(t_b ‖ t + δ)
 * @assumes within a batch, units of an arm convert independently and with one rate; one difference for all batches
 * @returns the smallest and the largest δ left, in [−1, 1]
 * @see Turner & Grünwald (2023), "Exact anytime-valid confidence intervals for contingency tables and beyond", section 3.
 * @example
 * const day = { control: { n: 100, conversions: 10 }, treatment: { n: 100, conversions: 30 } };
 * twoByTwoDifference([day, day], { alpha: 0.05 }) // => { lower: 0.0372528, upper: 0.3600415 }
 */
export function twoByTwoDifference(
  batches: readonly TwoByTwoBatch[],
  { alpha, grid = 200, prior = DEFAULT_TWO_BY_TWO_PRIOR }: DifferenceOptions,
): DifferenceSequence | Refused<DifferenceRefusal> {
  if (!(alpha > 0 && alpha < 1 && grid >= 2 && grid <= 1e6))
    return refuse("invalid-input", `alpha must be in (0, 1) and grid in 2…10⁶, got ${alpha} and ${grid}`);
  const fault = priorFault(prior) ?? batches.map(batchFault).find((found) => found !== null) ?? null;
  if (fault !== null) return fault;
  const steps = comparedBatches(batches, prior);
  if (steps.length === 0) return refuse("too-few", "no batch has units in both arms yet");
  const excess = (delta: number): number => mostEvidence(steps, delta) + Math.log(alpha);
  return edges(excess, candidates(batches, Math.floor(grid)));
}

/** A batch with units in both arms, and the rates that were predicted for it from the batches before. */
interface ComparedBatch extends TwoByTwoBatch {
  readonly ofControl: TwoOutcomes;
  readonly ofTreatment: TwoOutcomes;
}

function comparedBatches(batches: readonly TwoByTwoBatch[], prior: TwoByTwoPrior): readonly ComparedBatch[] {
  let [control, treatment]: readonly Conversions[] = [NOBODY, NOBODY];
  return batches.flatMap((batch) => {
    const compared = {
      ...batch,
      ofControl: predictedRate(control ?? NOBODY, prior.control),
      ofTreatment: predictedRate(treatment ?? NOBODY, prior.treatment),
    };
    control = sum(control ?? NOBODY, batch.control);
    treatment = sum(treatment ?? NOBODY, batch.treatment);
    return batch.control.n > 0 && batch.treatment.n > 0 ? [compared] : [];
  });
}

const NOBODY: Conversions = { n: 0, conversions: 0 };

function sum(a: Conversions, b: Conversions): Conversions {
  return { n: a.n + b.n, conversions: a.conversions + b.conversions };
}

/** Largest ln e-value over the looks against a difference. */
function mostEvidence(batches: readonly ComparedBatch[], delta: number): number {
  let [logE, most] = [0, -Infinity];
  for (const batch of batches) {
    const { control, treatment, ofControl, ofTreatment } = batch;
    const t = nearestRate(batch, delta);
    logE +=
      logLikelihoodRatio(control, ofControl, { rate: t, rest: 1 - t }) +
      logLikelihoodRatio(treatment, ofTreatment, { rate: t + delta, rest: 1 - t - delta });
    most = Math.max(most, logE);
  }
  return most;
}

/**
 * Control's rate t for which (t, t + δ) is nearest to the predicted rates: where the derivative of the weighted divergence is 0.
 * Newton's steps, or a halving where one would leave the bracket.
 */
function nearestRate({ control, treatment, ofControl, ofTreatment }: ComparedBatch, delta: number): number {
  let [low, high] = [Math.max(0, -delta), Math.min(1, 1 - delta)];
  let t = (low + high) / 2;
  for (let i = 0; i < 100; i++) {
    const [a, b, c, d] = [1 - t, t, 1 - t - delta, t + delta];
    const slope =
      control.n * (ofControl.rest / a - ofControl.rate / b) +
      treatment.n * (ofTreatment.rest / c - ofTreatment.rate / d);
    const curvature =
      control.n * (ofControl.rest / (a * a) + ofControl.rate / (b * b)) +
      treatment.n * (ofTreatment.rest / (c * c) + ofTreatment.rate / (d * d));
    if (slope < 0) low = t;
    else high = t;
    const newton = t - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 4e-16 * t || next === low || next === high) break;
    t = next;
  }
  return t;
}

/** An even grid, and the observed difference: with many units the interval may lie between two points of the grid. */
function candidates(batches: readonly TwoByTwoBatch[], grid: number): readonly number[] {
  const rate = (arm: "control" | "treatment"): number => {
    const total = batches.reduce((so, batch) => sum(so, batch[arm]), NOBODY);
    return total.conversions / total.n;
  };
  const even = Array.from({ length: grid - 1 }, (_, k) => -1 + (2 * (k + 1)) / grid);
  const observed = Math.min(OUTERMOST, Math.max(-OUTERMOST, rate("treatment") - rate("control")));
  return [-OUTERMOST, ...even, observed, OUTERMOST].toSorted((a, b) => a - b);
}

/** Differences nearer to ±1 than this are taken for ±1. */
const OUTERMOST = 1 - 1e-9;

function edges(excess: (delta: number) => number, tried: readonly number[]): DifferenceSequence | Refused<"none-left"> {
  const isLeft = tried.map((delta) => excess(delta) < 0);
  const [first, last] = [isLeft.indexOf(true), isLeft.lastIndexOf(true)];
  if (first < 0)
    return refuse(
      "none-left",
      "every difference has been rejected at some look: it cannot have been the same at all of them",
    );
  const at = (k: number): number => tried[k] ?? 0;
  return {
    kind: "estimate",
    lower: first === 0 ? -1 : bisect(excess, at(first - 1), at(first)),
    upper: last === tried.length - 1 ? 1 : bisect(excess, at(last), at(last + 1)),
  };
}
