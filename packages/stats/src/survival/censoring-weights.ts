import { refuse, type Refused } from "../refused.ts";
import { lastAtOrBefore } from "./kaplan-meier.ts";
import { riskTable, type RiskTable, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Weights that let the units whose outcome at a horizon is known stand for those censored before it. */
export interface CensoringWeights {
  readonly kind: "estimate";
  /** One a unit: 0 for those censored before the horizon. They sum to about the number of units. */
  readonly weights: Float64Array;
  readonly largest: number;
  /** (Σw)²/Σw²: how many fully followed units these are worth. */
  readonly effectiveSize: number;
}

/**
 * Inverse probability of censoring weights: estimates on the units whose outcome by a horizon is known, as if none were censored.
 *
 * The weighted share of conversions is 1 − Kaplan-Meier at the horizon; the same weights serve any other mean or regression.
 *
 * @param horizon - positive: the outcome window.
 * @returns `too-early` when nobody unconverted was followed up to the horizon.
 * @formula wᵢ = 1/G(tᵢ−) if converted by h, 1/G(h−) if followed to h, else 0; G the Kaplan-Meier curve of censoring
 * @assumes censoring tells nothing about the event
 * @see Robins & Rotnitzky (1992), "Recovery of information and adjustment for dependent censoring using surrogate markers";
 * Graf et al. (1999), "Assessment and comparison of prognostic classification schemes for survival data", section 3.
 * @example
 * // Two converted, one censored in between, one followed to the end: the censored one's share goes to those after it.
 * censoringWeights({ times: [1, 2, 3, 4], events: [1, 0, 1, 0] }, 4).weights // => [1, 0, 1.5, 1.5]
 */
export function censoringWeights(
  input: SurvivalInput,
  horizon: number,
): CensoringWeights | Refused<SurvivalRefusal | "too-early"> {
  if (!(horizon > 0 && horizon < Infinity)) return refuse("invalid-input", `horizon must be positive, got ${horizon}`);
  const table = riskTable(input);
  if ("kind" in table) return table;
  const { times, events } = input;
  const followed = uncensored(table);
  // G just before a time: the value at the last distinct time before it.
  const before = (time: number): number => {
    const at = lastAtOrBefore(table.times, time);
    const previous = table.times[at] === time ? at - 1 : at;
    return followed[previous] ?? 1;
  };
  const atHorizon = before(horizon);
  const weights = new Float64Array(times.length);
  let [total, squares, largest, open] = [0, 0, 0, 0];
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? 0;
    const converted = events[i] === 1 && time <= horizon;
    if (!converted && time < horizon) continue;
    if (!converted) open++;
    const w = 1 / (converted ? before(time) : atHorizon);
    weights[i] = w;
    total += w;
    squares += w * w;
    largest = Math.max(largest, w);
  }
  const censored = weights.some((w) => w === 0);
  if (!(total > 0) || (open === 0 && censored))
    return refuse("too-early", `nobody unconverted was followed up to ${horizon}; choose a shorter horizon or wait`);
  return { kind: "estimate", weights, largest, effectiveSize: (total * total) / squares };
}

/** Kaplan-Meier of censoring at each distinct time: those converted at a time were at risk before those censored at it. */
function uncensored({ atRisk, events, censored }: RiskTable): Float64Array {
  let share = 1;
  return atRisk.map((n, k) => {
    const [left, gone] = [n - (events[k] ?? 0), censored[k] ?? 0];
    if (gone > 0) share *= 1 - gone / left;
    return share;
  });
}
