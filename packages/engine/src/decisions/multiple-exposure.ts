import type { ChangeId, UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Cohort, Decision } from "./decision.ts";

/** Whose cohorts to look at: decisions of one source at one point while one change was in rollout. */
export interface ExposureQuery {
  readonly source: string;
  readonly point: string;
  readonly changeId: ChangeId;
  /** Decided at this moment or before. */
  readonly until: Instant;
}

/** Units of one change's rollout, and those that were seen in more than one of its cohorts. */
export interface MultipleExposure {
  readonly units: number;
  /** In two cohorts while the rollout's share was one and the same: never by design. A merge of two units does it, or a fault. */
  readonly atOneShare: number;
  /** In two cohorts at all, those included: by design also the control's units that a rising share made the candidate's. */
  readonly overall: number;
}

/** Counts from the decisions themselves. */
export function multipleExposureOf(decisions: Iterable<Decision>, query: ExposureQuery): MultipleExposure {
  const { source, point, changeId, until } = query;
  const seen = new Map<UnitId, Map<number, Set<Cohort>>>();
  for (const d of decisions) {
    if (d.source !== source || d.point !== point || d.changeId !== changeId || d.decidedAt > until) continue;
    const shares = seen.get(d.unitId) ?? new Map<number, Set<Cohort>>();
    const cohorts = shares.get(d.rolloutShare) ?? new Set<Cohort>();
    seen.set(d.unitId, shares.set(d.rolloutShare, cohorts.add(d.cohort)));
  }
  const units = [...seen.values()].map((shares) => [...shares.values()]);
  return {
    units: units.length,
    atOneShare: units.filter((shares) => shares.some(({ size }) => size > 1)).length,
    overall: units.filter((shares) => new Set(shares.flatMap((cohorts) => [...cohorts])).size > 1).length,
  };
}
