import { hashToUnitInterval } from "../digest.ts";
import type { ChangeId, UnitId } from "../ids.ts";
import type { Cohort } from "./decision.ts";

/** What a unit's cohort depends on: nothing but its id, the workspace's salt and the shares in force. */
export interface CohortQuestion {
  /** The workspace's secret: without it nobody can compute, or aim for, a cohort. */
  readonly salt: string;
  readonly unitId: UnitId;
  readonly holdoutShare: number;
  /** The change in rollout at this point, and its share of the units outside the holdout; null where there is none. */
  readonly rollout: { readonly changeId: ChangeId; readonly share: number } | null;
}

/**
 * The cohort of a unit: a salted hash, so every node gives the same answer after every restart, and a unit that became candidate at a
 * small share stays candidate as the share rises. Holdout and each change draw from hashes of their own, so that they are independent.
 */
export function cohortOf({ salt, unitId, holdoutShare, rollout }: CohortQuestion): Cohort {
  if (hashToUnitInterval([salt, "holdout", unitId]) < holdoutShare) return "holdout";
  if (rollout === null) return "control";
  return hashToUnitInterval([salt, "rollout", rollout.changeId, unitId]) < rollout.share ? "candidate" : "control";
}
