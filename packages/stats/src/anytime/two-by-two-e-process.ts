import { refuse, type Refused } from "../refused.ts";

/** n units of which `conversions` had outcome 1. */
export interface Conversions {
  readonly n: number;
  readonly conversions: number;
}

/** One batch: the units of both arms since the previous look. Its sizes must not depend on its own outcomes. */
export interface TwoByTwoBatch {
  readonly control: Conversions;
  readonly treatment: Conversions;
}

/** Everything the e-process needs from the past: totals of both arms and the evidence so far. */
export interface TwoByTwoState {
  readonly control: Conversions;
  readonly treatment: Conversions;
  readonly logEValue: number;
  /** Largest ln e seen at the end of any batch; the always-valid p-value comes from it. */
  readonly logEValueMax: number;
}

/** Evidence against equal conversion rates. */
export interface TwoByTwoEvidence {
  readonly kind: "estimate";
  /** ln of the e-value; reject at 1/alpha or more. */
  readonly logEValue: number;
  /** exp(logEValue); Infinity when it overflows. */
  readonly eValue: number;
  /** Always-valid p-value min(1, 1/max e), at most alpha once the e-value has ever reached 1/alpha. */
  readonly pValue: number;
}

/** Beta(a, a) prior of each arm's rate; .18 is the value Turner et al. found to grow fastest. */
const PRIOR = 0.18;
const NOBODY: Conversions = { n: 0, conversions: 0 };

/** No batch seen yet: e-value 1. */
export const initialTwoByTwo: TwoByTwoState = { control: NOBODY, treatment: NOBODY, logEValue: 0, logEValueMax: 0 };

/**
 * The state after one more batch. An empty batch, and one in which only one arm got units, change no evidence.
 *
 * @returns `invalid-counts` unless 0 ≤ conversions ≤ n, both finite, in each arm.
 */
export function stepTwoByTwo(state: TwoByTwoState, batch: TwoByTwoBatch): TwoByTwoState | Refused<"invalid-counts"> {
  if (!isCount(batch.control) || !isCount(batch.treatment)) {
    return refuse("invalid-counts", `conversions must lie between 0 and n in each arm, got ${JSON.stringify(batch)}`);
  }
  const logEValue = state.logEValue + batchLogEvidence(state, batch);
  return {
    control: add(state.control, batch.control),
    treatment: add(state.treatment, batch.treatment),
    logEValue,
    logEValueMax: Math.max(state.logEValueMax, logEValue),
  };
}

/** Reads the evidence off a state. */
export function twoByTwoEvidence({ logEValue, logEValueMax }: TwoByTwoState): TwoByTwoEvidence {
  return { kind: "estimate", logEValue, eValue: Math.exp(logEValue), pValue: Math.min(1, Math.exp(-logEValueMax)) };
}

/**
 * Exact e-process for two conversion rates being equal, batch by batch.
 *
 * Exact at any size and any base rate, also one that moves between batches: no burn-in, which makes it the guardrail of
 * choice when conversions are few. Costs 25-40 % more traffic than an asymptotic confidence sequence.
 *
 * @param batches - in time order; each batch's sizes are fixed before its outcomes are seen.
 * @see Turner, Ly & Grünwald (2024), "Generic E-variables for exact sequential k-sample tests that allow for optional
 * stopping", JSPI, eq. 11-13.
 */
export function twoByTwoEProcess(batches: readonly TwoByTwoBatch[]): TwoByTwoEvidence | Refused<"invalid-counts"> {
  let state = initialTwoByTwo;
  for (const batch of batches) {
    const next = stepTwoByTwo(state, batch);
    if ("kind" in next) return next;
    state = next;
  }
  return twoByTwoEvidence(state);
}

function batchLogEvidence(past: TwoByTwoState, { control, treatment }: TwoByTwoBatch): number {
  if (control.n === 0 || treatment.n === 0) return 0;
  const rateControl = (past.control.conversions + PRIOR) / (past.control.n + 2 * PRIOR);
  const rateTreatment = (past.treatment.conversions + PRIOR) / (past.treatment.n + 2 * PRIOR);
  const pooled = (control.n * rateControl + treatment.n * rateTreatment) / (control.n + treatment.n);
  return logRatio(control, rateControl, pooled) + logRatio(treatment, rateTreatment, pooled);
}

function logRatio({ n, conversions }: Conversions, rate: number, pooled: number): number {
  return conversions * Math.log(rate / pooled) + (n - conversions) * (Math.log1p(-rate) - Math.log1p(-pooled));
}

function add(a: Conversions, b: Conversions): Conversions {
  return { n: a.n + b.n, conversions: a.conversions + b.conversions };
}

function isCount({ n, conversions }: Conversions): boolean {
  return Number.isFinite(n) && n >= 0 && conversions >= 0 && conversions <= n;
}
