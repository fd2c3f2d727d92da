import type { Propensity } from "@ratchet/stats";
import type { Digest } from "../digest.ts";
import type { ActionId, ChangeId, DecisionId, SegmentId, UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Context } from "../context.ts";
import type { Counterfactual } from "./counterfactual.ts";
import type { Recipient } from "./eligibility/standing.ts";
import type { Funnel } from "./funnel.ts";

/**
 * Who gets which playbook. Carved in this order; the first that applies wins. `business-as-usual` units are only observed: their asker is
 * told to do its own thing.
 */
export type Cohort = "holdout" | "business-as-usual" | "control" | "candidate";

/**
 * `live` decisions are acted on and learned from. `shadow`: decided and recorded, but the asker does its own thing. `test`: asked with a
 * key for testing. Neither of those two ever trains.
 */
export type DecisionMode = "live" | "shadow" | "test";

/** The source of decisions that Ratchet made, by mode: what is measured and learned from is asked for by source. */
export const SOURCE_OF_MODE = {
  live: "engine",
  shadow: "engine:shadow",
  test: "engine:test",
} as const satisfies Readonly<Record<DecisionMode, string>>;

/** Whether a decision was made here, in whatever mode. Only those are found again by their id until they are projected. */
export function isOwnSource(source: string): boolean {
  return source === "engine" || source === "engine:shadow" || source === "engine:test";
}

/** Something that could have been chosen, after eligibility. */
export interface Candidate {
  readonly action: ActionId;
  /** Probability under the value that was served; they sum to 1. For a band: 1 for the one that the score fell in. */
  readonly probability: number;
}

/** How a score came about. */
export interface ScoreRecord {
  /** `weights`: the sum of intercept and points. `field`: a number of the context. */
  readonly kind: "weights" | "field";
  /** The lever whose weights made it, or the field that held it. */
  readonly of: string;
  /** null where the context did not say. */
  readonly score: number | null;
  /** Probability that the calibration gives the score; the score itself where it is a field. */
  readonly calibrated: number | null;
  readonly intercept: number;
  /** What each feature added, in the order of the lever's features: intercept + points, from left to right, is the score to the bit. */
  readonly points: readonly number[];
}

/** What a decision of ours was made from, beside its columns: enough, with the playbook that it names, to make it again to the same bytes. */
export interface DecisionRecord {
  readonly lever: string;
  readonly mode: DecisionMode;
  /** The playbook in force, by content. */
  readonly playbook: Digest;
  /** The policy whose limits were checked at serve, by content. */
  readonly policy: Digest;
  /** The hash-seeded draw, in [0, 1). */
  readonly draw: number;
  /** Shares of all units that are never adapted, when it was made. */
  readonly holdoutShare: number;
  readonly businessAsUsualShare: number;
  /** Why the baseline was served instead of the playbook's value; null in the ordinary case. */
  readonly fallback: string | null;
  /** Why every lever served its baseline then, such as a lease that had run out; null in the ordinary case. */
  readonly lease: string | null;
  /** What was asked as, where the unit has been merged into another since; null in the ordinary case. */
  readonly askedAs: UnitId | null;
  readonly candidates: readonly Candidate[];
  readonly funnel: Funnel;
  /** null for a choice. */
  readonly score: ScoreRecord | null;
  readonly counterfactual: Counterfactual;
  /** Whom a contact reaches, where that is not the unit: contacts are counted by it. */
  readonly recipient?: Pick<Recipient, "person" | "account">;
  /** When the chosen contact goes out; absent where it contacts nobody. */
  readonly sendAt?: Instant;
}

/** One recorded choice, complete enough to be replayed and to be learned from. */
export interface Decision {
  readonly id: DecisionId;
  /** `engine` for decisions that Ratchet made (`engine:shadow`, `engine:test` in those modes); the import's name for those made elsewhere. */
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
  /** Absent for imports, and once its context was erased. */
  readonly record?: DecisionRecord;
}

/**
 * Whether a rule took a candidate away before the choice, or a lapsed lease left nothing but the baseline. Such a decision's propensities are
 * not its segment's. It is counted in cells of its own: a cap or an opt-out follows from what the unit was sent before, so from its cohort,
 * and cohorts are compared with such decisions, never without (`unlimitedCells`).
 */
export function isLimited({ record }: Pick<Decision, "record">): boolean {
  if (record === undefined) return false;
  return record.lease !== null || record.funnel.stages.some(({ removed }) => removed.length > 0);
}

/** Folds that cross-fitted estimates are split into. */
export const FOLD_COUNT = 4;

/** When we knew of a decision. */
export function heardAt({ receivedAt, decidedAt }: Pick<Decision, "receivedAt" | "decidedAt">): Instant {
  return receivedAt ?? decidedAt;
}
