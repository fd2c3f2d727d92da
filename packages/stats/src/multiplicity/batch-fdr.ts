import { refuse, type Refused } from "../refused.ts";
import { polynomialShare } from "./online-tests.ts";

/** What the levels of later batches need to know of one past batch. */
export interface PastBatch {
  readonly level: number;
  readonly rejections: number;
  /** Rejections if one p-value of the batch had been 0: at least `rejections`, at least 1. */
  readonly rejectionsMost: number;
  /** Largest p-value of the batch. */
  readonly largestP: number;
}

/** Hypotheses that come in batches; the state is the list of the batches so far. */
export interface BatchProcedure {
  /** Level of the coming batch of a given size; may exceed 1 after many discoveries. */
  readonly level: (past: readonly PastBatch[], size: number) => number;
  /** Estimated share of true nulls of a batch, by which its p-values are multiplied. */
  readonly nullShare: (pValues: readonly number[]) => number;
}

/** One batch decided. */
export interface BatchDecision {
  readonly kind: "decision";
  readonly level: number;
  /** In the order of the p-values. */
  readonly rejected: readonly boolean[];
  readonly past: readonly PastBatch[];
}

/** `too-few` for an empty batch, `invalid-procedure` when alpha or lambda is out of range. */
export type BatchRefusal = "too-few" | "invalid-p-value" | "invalid-procedure";

/**
 * Decides all hypotheses of the next batch together, at the level that its procedure gives them.
 *
 * @part batchBenjaminiHochberg
 */
export function testBatch(
  procedure: BatchProcedure,
  past: readonly PastBatch[],
  pValues: readonly number[],
): BatchDecision | Refused<BatchRefusal> {
  if (pValues.length === 0) return refuse("too-few", "a batch needs at least one p-value");
  const bad = pValues.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) return refuse("invalid-p-value", `a p-value must be in [0, 1], got ${bad}`);
  const level = procedure.level(past, pValues.length);
  if (!(level >= 0))
    return refuse("invalid-procedure", "the procedure gives no level: are alpha and lambda in (0, 1)?");
  const threshold = largestRejected(pValues, procedure.nullShare(pValues), level);
  const rejected = pValues.map((p) => p <= threshold);
  const largestP = pValues.reduce((most, p) => Math.max(most, p), 0);
  // The p-value whose fall to 0 adds most rejections is the largest: all others move up a rank, and Storey's share falls most.
  const place = pValues.indexOf(largestP);
  const augmented = pValues.map((p, i) => (i === place ? 0 : p));
  const most = largestRejected(augmented, procedure.nullShare(augmented), level);
  const batch = {
    level,
    rejections: rejected.filter(Boolean).length,
    rejectionsMost: augmented.filter((p) => p <= most).length,
    largestP,
  };
  return { kind: "decision", level, rejected, past: [...past, batch] };
}

/** Largest p-value that Benjamini-Hochberg rejects when p-values are multiplied by a share of nulls; −1 for none. */
function largestRejected(pValues: readonly number[], nullShare: number, level: number): number {
  if (level >= 1) return 1;
  const ascending = Float64Array.from(pValues).toSorted();
  const n = ascending.length;
  for (let rank = n; rank >= 1; rank--) {
    const p = ascending[rank - 1] ?? 1;
    if ((n / rank) * nullShare * p <= level) return p;
  }
  return -1;
}

/**
 * BatchBH: Benjamini-Hochberg on batch after batch, with the false discovery rate of all of them together at alpha.
 *
 * @formula α_t = (α·Σ_{s≤t} g(s) − Σ_{s<t} α_s·R⁺_s/(R⁺_s + Σ_{r<t, r≠s} R_r))·(n_t + Σ_{s<t} R_s)/n_t; g(j) = 0.4375·j^−1.6,
 * R_s the rejections of batch s and R⁺_s what they would be with one p-value at 0
 * @assumes independent p-values, within a batch and between batches
 * @returns a procedure for `testBatch`, which refuses an alpha outside (0, 1)
 * @see Zrnic, Jiang, Ramdas & Jordan (2020), "The power of batching in multiple hypothesis testing", algorithm 1.
 * @example
 * const first = testBatch(batchBenjaminiHochberg(0.05), [], [0.001, 0.3, 0.8]);
 * first // => { level: 0.0218745, rejected: [true, false, false] }
 * testBatch(batchBenjaminiHochberg(0.05), first.past, [0.02, 0.6]) // => { level: 0.0108238, rejected: [false, false] }
 */
export function batchBenjaminiHochberg(alpha: number): BatchProcedure {
  return {
    level: (past, size) => (isRate(alpha) ? unspent(alpha, past, { size, isCharged: () => true }) : NaN),
    nullShare: () => 1,
  };
}

/**
 * BatchPRDS: Benjamini-Hochberg on batch after batch, for p-values that depend positively within a batch, as segments that share a control.
 *
 * @formula α_t = α·g(t)·(n_t + Σ_{s<t} R_s)/n_t, g(j) = 0.4375·j^−1.6, R_s the rejections of batch s
 * @assumes positive regression dependence within a batch, independent batches
 * @returns a procedure for `testBatch`, which refuses an alpha outside (0, 1)
 * @see Zrnic, Jiang, Ramdas & Jordan (2020), algorithm 3.
 * @example
 * testBatch(batchPositivelyDependent(0.05), [], [0.001, 0.3, 0.8]) // => { level: 0.0218745, rejected: [true, false, false] }
 */
export function batchPositivelyDependent(alpha: number): BatchProcedure {
  return {
    level: (past, size) =>
      isRate(alpha) ? (alpha * polynomialShare(past.length + 1) * (size + rejectionsOf(past))) / size : NaN,
    nullShare: () => 1,
  };
}

/**
 * BatchStBH: as BatchBH with Storey's estimate of the share of true nulls in each batch; more powerful where many effects are real.
 *
 * @param options.lambda - in (0, 1); ½ unless given.
 * @formula α_t as BatchBH, where a batch without p > λ is not charged; within a batch p·π₀, π₀ = (#{p > λ} + 1)/((1 − λ)·n)
 * @assumes independent p-values, within a batch and between batches
 * @returns a procedure for `testBatch`, which refuses an alpha or lambda outside (0, 1)
 * @see Zrnic, Jiang, Ramdas & Jordan (2020), algorithm 2; Storey (2002), "A direct approach to false discovery rates".
 * @example
 * testBatch(batchStorey(0.05), [], [0.001, 0.01, 0.8]) // => { level: 0.0218745, rejected: [true, true, false] }
 */
export function batchStorey(alpha: number, { lambda = 0.5 }: { readonly lambda?: number } = {}): BatchProcedure {
  const isValid = isRate(alpha) && isRate(lambda);
  return {
    level: (past, size) =>
      isValid ? unspent(alpha, past, { size, isCharged: ({ largestP }) => largestP > lambda }) : NaN,
    nullShare: (pValues) => (pValues.filter((p) => p > lambda).length + 1) / ((1 - lambda) * pValues.length),
  };
}

/** What is left of the error rate for the coming batch, scaled up by the discoveries so far. */
function unspent(
  alpha: number,
  past: readonly PastBatch[],
  { size, isCharged }: { readonly size: number; readonly isCharged: (batch: PastBatch) => boolean },
): number {
  const found = rejectionsOf(past);
  let left = alpha * polynomialShare(past.length + 1);
  past.forEach((batch, s) => {
    left += alpha * polynomialShare(s + 1);
    const most = batch.rejectionsMost;
    if (isCharged(batch)) left -= (batch.level * most) / (most + found - batch.rejections);
  });
  return (Math.max(0, left) * (size + found)) / size;
}

function rejectionsOf(past: readonly PastBatch[]): number {
  return past.reduce((sum, { rejections }) => sum + rejections, 0);
}

function isRate(x: number): boolean {
  return x > 0 && x < 1;
}
