import { refuse, type Refused } from "../refused.ts";
import { denseRows, rowCount, type DenseRows, type Rows } from "./dense-rows.ts";

/** Units of a logistic model. `outcomes` are 0 or 1, or a probability in between; weights are not negative. */
export interface LogisticInput {
  readonly rows: Rows;
  readonly outcomes: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
  /** Known part of each unit's log-odds, for example the log-odds of a champion model or a shift of the base rate. */
  readonly offsets?: ArrayLike<number>;
}

/** The same, checked and packed. */
export interface LogisticData {
  readonly rows: DenseRows;
  readonly outcomes: Float64Array;
  readonly weights: Float64Array;
  readonly offsets: Float64Array;
}

/** Checks and packs the units; shared by every logistic model of this package. */
export function logisticData(
  { rows, outcomes, weights, offsets }: LogisticInput,
  intercept: boolean,
): LogisticData | Refused<"invalid-input" | "too-few" | "one-class"> {
  const n = outcomes.length;
  const packed = denseRows(rows);
  if (packed === null) return refuse("invalid-input", "every unit needs as many finite columns as the others");
  if (n === 0 || (packed.columns === 0 && !intercept))
    return refuse("too-few", `${n} units and ${packed.columns} columns`);
  if (rowCount(rows) !== n || (weights ?? outcomes).length !== n || (offsets ?? outcomes).length !== n)
    return refuse("invalid-input", "rows, outcomes, weights and offsets must be equally many");
  const data = {
    rows: packed,
    outcomes: packedNumbers(outcomes),
    weights: weights === undefined ? new Float64Array(n).fill(1) : packedNumbers(weights),
    offsets: offsets === undefined ? new Float64Array(n) : packedNumbers(offsets),
  };
  return logisticFault(data, intercept) ?? data;
}

function logisticFault(
  { outcomes, weights, offsets }: LogisticData,
  intercept: boolean,
): Refused<"invalid-input" | "too-few" | "one-class"> | null {
  if (!outcomes.every((y) => y >= 0 && y <= 1)) return refuse("invalid-input", "outcomes must be in [0, 1]");
  if (!weights.every((w) => w >= 0 && w < Infinity))
    return refuse("invalid-input", "weights must be finite and not negative");
  if (!offsets.every(Number.isFinite)) return refuse("invalid-input", "offsets must be finite");
  if (!weights.some((w) => w > 0)) return refuse("too-few", "no unit has a positive weight");
  const seen = (found: (y: number) => boolean): boolean => outcomes.some((y, i) => found(y) && (weights[i] ?? 0) > 0);
  return !intercept || (seen((y) => y > 0) && seen((y) => y < 1))
    ? null
    : refuse("one-class", "all outcomes are alike; wait for one of the other kind");
}

/** A typed array as it is; any other list copied into one. */
export function packedNumbers(numbers: ArrayLike<number>): Float64Array {
  return numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
}
