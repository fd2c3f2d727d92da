import { policyContrast, type ContrastStratum } from "@ratchet/stats";
import type { ActionProbabilities } from "../decisions/lever.ts";
import type { SegmentId } from "../ids.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { someLimited, unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { cohortProbabilities, loggingProbabilities, type PolicyHistory } from "./policy-history.ts";

/** Two ways to decide, by segment, and the logged decisions to compare them on. */
export interface ContrastQuestion {
  readonly lever: string;
  /** Cells of the holdout, and of decisions that a rule limited, are left out here. */
  readonly cells: readonly OutcomeCell[];
  readonly history: PolicyHistory;
  readonly target: (segment: SegmentId) => ActionProbabilities;
  readonly reference: (segment: SegmentId) => ActionProbabilities;
  /** Use only the decisions whose rule could have given every action that either way uses; by default one such gap refuses. */
  readonly overlapOnly?: boolean;
  /**
   * Give cycles in which the two ways were hardly tried apart less weight, so that they do not drown the others in noise. What is estimated
   * then is the difference averaged over cycles with these weights; segments keep their shares within a cycle.
   */
  readonly stabilised?: boolean;
}

/** What `policyContrast` of `@ratchet/stats` answers. */
export type Contrast = ReturnType<typeof policyContrast>;

/**
 * Value of `target` minus value of `reference`, per unit of the decisions in `cells` that no rule limited: those are the ones that the
 * playbook's probabilities drew. Where some were limited, each cohort is its own stratum under its own playbook, since who is left of it
 * depends on what it was sent; where none were, both are one stratum under their mixture, which is tighter and overlaps more.
 */
export function contrast(question: ContrastQuestion): Contrast {
  return policyContrast(strataOf(question));
}

/** Cells grouped by what makes propensities constant: cycle, segment, the rule in force, and the cohort where it matters. In time order. */
function strataOf(question: ContrastQuestion): readonly ContrastStratum[] {
  const adapted = question.cells.filter((cell) => cell.cohort !== "holdout");
  const isSelected = someLimited(adapted);
  const groups = groupCells(unlimitedCells(adapted), (cell) =>
    [
      cell.cycle,
      cell.segment,
      cell.playbookVersion,
      cell.changeId ?? "",
      cell.rolloutShare,
      isSelected ? cell.cohort : "",
    ].join("\u0000"),
  );
  const probabilitiesOf = isSelected ? cohortProbabilities : loggingProbabilities;
  const strata = groups.map((group) => stratumOf(group, question, probabilitiesOf)).sort((a, b) => a.period - b.period);
  const usable = question.overlapOnly === true ? strata.filter(overlaps) : strata;
  return question.stabilised === true ? stabilise(usable) : usable;
}

/**
 * Emphasis 1/√(mean over units of Σ_a (target_a − reference_a)²/p_a), cycle by cycle: what the scores' noise is proportional to. It depends
 * on propensities and contexts only, never on outcomes.
 *
 * @see Hadad, Hirshberg, Zhan, Wager & Athey (2021), "Confidence intervals for policy evaluation in adaptive experiments", section 2.2.
 */
function stabilise(strata: readonly ContrastStratum[]): readonly ContrastStratum[] {
  const cycles = new Map<number, { units: number; noise: number }>();
  for (const stratum of strata) {
    const units = stratum.cells.reduce((n, cell) => n + cell.n, 0);
    const cycle = cycles.get(stratum.period) ?? { units: 0, noise: 0 };
    cycles.set(stratum.period, { units: cycle.units + units, noise: cycle.noise + units * noiseOf(stratum) });
  }
  return strata.map((stratum) => {
    const cycle = cycles.get(stratum.period);
    return cycle === undefined || !(cycle.noise > 0)
      ? stratum
      : { ...stratum, emphasis: Math.sqrt(cycle.units / cycle.noise) };
  });
}

function noiseOf({ cells, target, reference }: ContrastStratum): number {
  return cells.reduce(
    (sum, { action, propensity }) => sum + ((target[action] ?? 0) - (reference[action] ?? 0)) ** 2 / propensity,
    0,
  );
}

function stratumOf(
  group: readonly OutcomeCell[],
  question: ContrastQuestion,
  probabilitiesOf: typeof cohortProbabilities,
): ContrastStratum {
  const [first] = group;
  if (first === undefined) throw new Error("a stratum has at least one cell");
  const logging = probabilitiesOf(question.history, { ...first, lever: question.lever });
  const cells = Object.entries(logging)
    .filter(([, p]) => p > 0)
    .map(([action, p]) => ({ action, propensity: p, ...sumCells(group.filter((cell) => cell.action === action)) }));
  return {
    period: first.cycle,
    modelKey: first.segment,
    cells,
    target: question.target(first.segment),
    reference: question.reference(first.segment),
  };
}

function overlaps({ cells, target, reference }: ContrastStratum): boolean {
  const possible = new Set(cells.map((cell) => cell.action));
  return [...Object.entries(target), ...Object.entries(reference)].every(
    ([action, p]) => p === 0 || possible.has(action),
  );
}
