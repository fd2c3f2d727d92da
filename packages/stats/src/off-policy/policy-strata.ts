import { refuse, type Refused } from "../refused.ts";

/** Units of one stratum that took one action: how many, and the sums of their outcomes and squared outcomes. */
export interface PolicyCell {
  readonly action: string;
  /** Probability with which the logging policy chose this action, in (0, 1]; the same for every unit of the stratum. */
  readonly propensity: number;
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Probability of each action under a policy; an action left out has probability 0. */
export type ActionProbabilities = Readonly<Record<string, number>>;

/** Decisions of one period × segment × logging policy, so that propensities are equal within it. */
export interface ValueStratum {
  /** Number of the period; strata come in non-decreasing order. Propensities may depend on everything in earlier periods. */
  readonly period: number;
  /** Every action with a positive propensity, also where nobody took it yet (n = 0). Propensities sum to 1. */
  readonly cells: readonly PolicyCell[];
  /** The policy under judgement. */
  readonly target: ActionProbabilities;
  /** Which outcome model predicts here, for example the segment; one model for all when left out. */
  readonly modelKey?: string;
  /**
   * Weight of each unit here against units of other strata, > 0; 1 when left out. Must be fixed before the stratum's outcomes are seen, for
   * example from its propensities, and then what is estimated is the difference averaged with these weights.
   */
  readonly emphasis?: number;
}

/** A stratum with the second policy that the first is compared with. */
export interface ContrastStratum extends ValueStratum {
  readonly reference: ActionProbabilities;
}

/** Rounding allowed when probabilities are summed. */
const SUM_TOLERANCE = 1e-9;

/** The first reason why a stratum cannot be used, or null. */
export function checkStratum(stratum: ValueStratum | ContrastStratum): Refused<"no-overlap" | "invalid-input"> | null {
  const policies: readonly (readonly [string, ActionProbabilities])[] =
    "reference" in stratum
      ? [
          ["target", stratum.target],
          ["reference", stratum.reference],
        ]
      : [["target", stratum.target]];
  const fault =
    emphasisFault(stratum) ??
    cellFault(stratum.cells) ??
    policies.map(([name, policy]) => policyFault(name, policy)).find((text) => text !== null) ??
    null;
  if (fault !== null) return refuse("invalid-input", `period ${stratum.period}: ${fault}`);
  const possible = new Set(stratum.cells.filter((cell) => cell.propensity > 0).map((cell) => cell.action));
  for (const [name, policy] of policies) {
    const action = Object.entries(policy).find(([key, p]) => p > 0 && !possible.has(key))?.[0];
    if (action !== undefined)
      return refuse(
        "no-overlap",
        `period ${stratum.period}: the ${name} policy uses action "${action}", which the log could never have chosen there`,
      );
  }
  return null;
}

function emphasisFault({ emphasis = 1 }: ValueStratum): string | null {
  return emphasis > 0 && Number.isFinite(emphasis) ? null : `emphasis must be positive, got ${emphasis}`;
}

function cellFault(cells: readonly PolicyCell[]): string | null {
  for (const { action, propensity, n, sum, sumSquares } of cells) {
    if (!(propensity >= 0 && propensity <= 1)) return `propensity of "${action}" must be in (0, 1], got ${propensity}`;
    if (!(Number.isFinite(n) && n >= 0 && Number.isFinite(sum) && Number.isFinite(sumSquares) && sumSquares >= 0))
      return `counts of "${action}" must be finite, got n ${n}, sum ${sum}, sumSquares ${sumSquares}`;
    if (propensity === 0 && n > 0) return `action "${action}" was taken ${n} times with propensity 0`;
  }
  if (new Set(cells.map((cell) => cell.action)).size !== cells.length) return "an action appears in two cells";
  const total = cells.reduce((sum, cell) => sum + cell.propensity, 0);
  return Math.abs(total - 1) <= SUM_TOLERANCE ? null : `propensities must sum to 1 over the actions, got ${total}`;
}

function policyFault(name: string, policy: ActionProbabilities): string | null {
  const values = Object.values(policy);
  if (values.some((p) => !(p >= 0 && p <= 1))) return `the ${name} policy has a probability outside [0, 1]`;
  const total = values.reduce((sum, p) => sum + p, 0);
  return Math.abs(total - 1) <= SUM_TOLERANCE ? null : `the ${name} policy must sum to 1, got ${total}`;
}
