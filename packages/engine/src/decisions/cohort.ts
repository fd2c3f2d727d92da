import { hashToUnitInterval, sha256, unitIntervalAt } from "../digest.ts";
import type { ChangeId, UnitId } from "../ids.ts";
import { FOLD_COUNT, type Cohort } from "./decision.ts";

/** Where a unit stands, by hash. */
export interface UnitPlace {
  /** In [0, 1): who stands below the holdout's share is in it. */
  readonly place: number;
  /** 0 … FOLD_COUNT − 1. */
  readonly fold: number;
}

/** One digest a unit: its place from the front of it, its fold, which has nothing to do with the place, from digits further back. */
export function placeOf(salt: string, unitId: UnitId): UnitPlace {
  // The canonical JSON of the three, written out: it is made for every unit.
  const digest = sha256(`[${JSON.stringify(salt)},"holdout",${JSON.stringify(unitId)}]`);
  return { place: unitIntervalAt(digest, 0), fold: Math.floor(unitIntervalAt(digest, 13) * FOLD_COUNT) };
}

/** What a unit's cohort depends on: nothing but its id, the workspace's salt and the shares in force. */
export interface CohortQuestion {
  /** The workspace's secret: without it nobody can compute, or aim for, a cohort. */
  readonly salt: string;
  readonly unitId: UnitId;
  /** Where the unit stands in the order of all units, from `placeOf`: the holdout is the front of the queue. */
  readonly place: number;
  readonly holdoutShare: number;
  readonly businessAsUsualShare: number;
  /** The change in rollout at this point, and its share of the units that are neither holdout nor business as usual; null where there is none. */
  readonly rollout: { readonly changeId: ChangeId; readonly share: number } | null;
}

/**
 * The cohort of a unit: a salted hash, so every node gives the same answer after every restart, and a unit that became candidate at a
 * small share stays candidate as the share rises. Each change draws from a hash of its own, so levers are independent layers, and
 * independent of the holdout; business as usual begins where the holdout ends, so changing its share moves no unit of the holdout.
 */
export function cohortOf(question: CohortQuestion): Cohort {
  const { salt, unitId, place, holdoutShare, businessAsUsualShare, rollout } = question;
  if (place < holdoutShare) return "holdout";
  if (place < holdoutShare + businessAsUsualShare) return "business-as-usual";
  if (rollout === null) return "control";
  return hashToUnitInterval([salt, "rollout", rollout.changeId, unitId]) < rollout.share ? "candidate" : "control";
}
