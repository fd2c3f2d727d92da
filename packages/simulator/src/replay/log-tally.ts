import {
  normalInterval,
  probabilitiesFor,
  type ActionProbabilities,
  type ChoiceLever,
  type SegmentId,
} from "@ratchet/engine";

/** All rows of a log that share segment, action and propensity, for one metric. */
export interface TallyCell {
  readonly segment: SegmentId;
  readonly action: string;
  readonly propensity: number;
  n: number;
  sum: number;
  sumSquares: number;
}

/** The whole log of one metric: what any policy that decides by segment would have earned on it. */
export class LogTally {
  readonly #cells = new Map<string, TallyCell>();

  add(key: Pick<TallyCell, "segment" | "action" | "propensity">, outcome: number): void {
    const name = `${key.segment}\u0000${key.action}\u0000${key.propensity}`;
    let cell = this.#cells.get(name);
    if (cell === undefined) {
      cell = { ...key, n: 0, sum: 0, sumSquares: 0 };
      this.#cells.set(name, cell);
    }
    cell.n += 1;
    cell.sum += outcome;
    cell.sumSquares += outcome * outcome;
  }

  get cells(): readonly Readonly<TallyCell>[] {
    return [...this.#cells.values()];
  }
}

/** Which action a policy gives in a segment, with which probability. */
export type PolicyRule = (segment: SegmentId) => ActionProbabilities;

/** A value per unit, or why there is none. The interval is a fixed-horizon 95 % one: the log is finished and looked at once. */
export type ValueEstimate =
  | {
      readonly kind: "estimate";
      readonly value: number;
      readonly standardError: number;
      readonly lower: number;
      readonly upper: number;
      readonly units: number;
    }
  | { readonly kind: "refused"; readonly reason: "no-overlap"; readonly message: string };

const CONFIDENCE = 0.95;

/** The rule of a lever as it stands. */
export function ruleOf(lever: ChoiceLever): PolicyRule {
  return (segment) => probabilitiesFor(lever, segment);
}

/**
 * Value of a policy on the whole log, self-normalised by inverse propensity (SNIPS), with the variance of its linearisation.
 *
 * @returns `no-overlap` where the policy gives an action to a segment in which the log never took it.
 * @see Swaminathan & Joachims (2015), section 4.
 */
export function valueOf(cells: readonly Readonly<TallyCell>[], rule: PolicyRule): ValueEstimate {
  const gap = gapOf(cells, rule);
  if (gap !== null) return { kind: "refused", reason: "no-overlap", message: gap };
  const { mean, weights } = snips(cells, rule);
  let squares = 0;
  let units = 0;
  for (const cell of cells) {
    const w = weightOf(cell, rule) / weights;
    if (w === 0) continue;
    units += cell.n;
    squares += w * w * (cell.sumSquares - 2 * mean * cell.sum + mean * mean * cell.n);
  }
  return estimate(mean, Math.sqrt(Math.max(0, squares)), units);
}

/** Value of one policy minus value of another on the same rows, so that what they share cancels. */
export function valueDifference(
  cells: readonly Readonly<TallyCell>[],
  rule: PolicyRule,
  other: PolicyRule,
): ValueEstimate {
  const gap = gapOf(cells, rule) ?? gapOf(cells, other);
  if (gap !== null) return { kind: "refused", reason: "no-overlap", message: gap };
  const a = snips(cells, rule);
  const b = snips(cells, other);
  let squares = 0;
  let units = 0;
  for (const cell of cells) {
    const wa = weightOf(cell, rule) / a.weights;
    const wb = weightOf(cell, other) / b.weights;
    // Each row adds wa·(y − a) − wb·(y − b) = slope·y + constant.
    const slope = wa - wb;
    const constant = wb * b.mean - wa * a.mean;
    squares += slope * slope * cell.sumSquares + 2 * slope * constant * cell.sum + constant * constant * cell.n;
    if (wa !== 0 || wb !== 0) units += cell.n;
  }
  return estimate(a.mean - b.mean, Math.sqrt(Math.max(0, squares)), units);
}

function estimate(value: number, standardError: number, units: number): ValueEstimate {
  return { kind: "estimate", value, standardError, ...normalInterval(value, standardError, CONFIDENCE), units };
}

function snips(
  cells: readonly Readonly<TallyCell>[],
  rule: PolicyRule,
): { readonly mean: number; readonly weights: number } {
  let weights = 0;
  let sum = 0;
  for (const cell of cells) {
    const w = weightOf(cell, rule);
    weights += w * cell.n;
    sum += w * cell.sum;
  }
  return { mean: sum / weights, weights };
}

function weightOf(cell: Readonly<TallyCell>, rule: PolicyRule): number {
  return (rule(cell.segment)[cell.action] ?? 0) / cell.propensity;
}

function gapOf(cells: readonly Readonly<TallyCell>[], rule: PolicyRule): string | null {
  const seen = new Map<SegmentId, Set<string>>();
  for (const cell of cells) {
    const actions = seen.get(cell.segment) ?? new Set();
    seen.set(cell.segment, actions.add(cell.action));
  }
  for (const [segment, actions] of seen) {
    const missing = Object.entries(rule(segment)).find(([action, p]) => p > 0 && !actions.has(action));
    if (missing !== undefined) return `the log never took "${missing[0]}" in segment ${segment}`;
  }
  return null;
}
