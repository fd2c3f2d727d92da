import type { Propensity } from "@ratchet/stats";
import type { ActionId, ChangeId, DecisionId, SegmentId, UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Context } from "../context.ts";

/** Who gets which playbook. Carved in this order; the first that applies wins. */
export type Cohort = "holdout" | "control" | "candidate";

/** One recorded choice, complete enough to be replayed and to be learned from. */
export interface Decision {
  readonly id: DecisionId;
  /** `engine` for decisions that Ratchet made; the import's name for those made elsewhere. */
  readonly source: string;
  /** The decision point: one lever answers at one point. */
  readonly point: string;
  readonly unitId: UnitId;
  readonly segment: SegmentId;
  readonly context: Context;
  readonly action: ActionId;
  /**
   * Probability that the playbook which this unit's cohort got gave this action; null where an imported log does not say.
   * Never computed by the caller for decisions of the engine.
   */
  readonly propensity: Propensity | null;
  readonly cohort: Cohort;
  /** Version of the playbook that answered: the holdout's baseline, the current one, or the current one edited by `changeId`. 0 for imports. */
  readonly playbookVersion: number;
  /** The change in rollout when the decision was made, whichever cohort the unit fell in. */
  readonly changeId: ChangeId | null;
  /** Share of eligible units (holdout aside) that got the candidate then, in [0, 1]. 0 where no change was in rollout. */
  readonly rolloutShare: number;
  /** Number of the learning cycle it was made in, from 1 (0 and up for imports): evidence is stratified by it. */
  readonly cycle: number;
  /** 0 … FOLD_COUNT − 1, a hash of the unit: what a fold's data chose is judged on the other folds. */
  readonly fold: number;
  /** At most three, in words, most important first. */
  readonly reasons: readonly string[];
  readonly decidedAt: Instant;
  /** When we heard of it, for decisions made elsewhere; absent for the engine's own, which are known as they are made. */
  readonly receivedAt?: Instant;
}

/** Folds that cross-fitted estimates are split into. */
export const FOLD_COUNT = 4;

/** When we knew of a decision. */
export function heardAt({ receivedAt, decidedAt }: Pick<Decision, "receivedAt" | "decidedAt">): Instant {
  return receivedAt ?? decidedAt;
}
