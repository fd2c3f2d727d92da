import { totalVariation } from "../adaptation/distance.ts";
import { rangeOf, type Range, type ThresholdLimits, type WeightsLimits } from "../decisions/limits.ts";
import { isChoiceEdit, type Edit, type ThresholdEdit, type WeightsEdit } from "../decisions/playbook.ts";
import type { LeverLimits } from "./policy.ts";

/**
 * How far an edit goes, in [0, 1]: of probabilities the share of units that get another action, of numbers the greatest difference as a
 * share of its range. An edit of another kind than its limits goes all the way: nothing vouches for it.
 */
export function stepOf(edit: Edit, limits: LeverLimits): number {
  if (isChoiceEdit(edit)) return totalVariation(edit.from, edit.to);
  if (edit.kind === "weights") return limits.kind === "weights" ? weightsStep(edit, limits) : 1;
  return limits.kind === "threshold" ? thresholdStep(edit, limits) : 1;
}

function weightsStep({ from, to }: WeightsEdit, limits: WeightsLimits): number {
  const names = [...new Set([...Object.keys(from.weights), ...Object.keys(to.weights)])];
  return Math.max(
    shareOf(from.intercept, to.intercept, limits.intercept),
    ...names.map((name) => shareOf(from.weights[name] ?? 0, to.weights[name] ?? 0, rangeOf(limits, name))),
  );
}

function thresholdStep({ from, to }: ThresholdEdit, limits: ThresholdLimits): number {
  return Math.max(
    shareOf(from.threshold, to.threshold, limits.threshold),
    shareOf(from.band, to.band, limits.band),
    shareOf(from.chance, to.chance, limits.chance),
  );
}

function shareOf(from: number, to: number, { min, max }: Range): number {
  if (from === to) return 0;
  const share = Math.abs(to - from) / (max - min);
  return share <= 1 ? share : 1;
}
