import type { Cohort } from "../decisions/decision.ts";
import type { ChangeId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** What to count, and over which time. Signals are taken by when they were received, decisions by when they were made. */
export interface DataProfileQuery {
  /** Included. */
  readonly from: Instant;
  /** Left out; usually now. */
  readonly to: Instant;
  /** Names of the context that decisions and signals should tell: `persona`, `channel`, `account` … */
  readonly fields: readonly string[];
  /** Signal types that some metric counts. */
  readonly outcomeTypes: readonly string[];
  /** Properties of signals whose values are words of a small set: `to`, `pipeline`, `channel`, `disposition`. */
  readonly categories: readonly string[];
  /** From when decisions of the engine were dealt to cohorts by today's shares. */
  readonly cohortsFrom: Instant;
}

/**
 * Aggregates of the facts, and never a row of them: what data health is judged by. `day` and `hour` are the beginnings of UTC days and
 * hours. Every list is sorted by its keys in the order of the interface; texts by code points.
 */
export interface DataProfile {
  readonly sources: readonly SourceCount[];
  readonly arrivals: readonly ArrivalCount[];
  readonly signals: readonly SignalCount[];
  readonly fields: readonly FieldCount[];
  readonly categories: readonly CategoryCount[];
  readonly faults: readonly FaultCount[];
  readonly cohorts: readonly CohortCount[];
}

/** A source that sent signals in the time asked for. */
export interface SourceCount {
  readonly source: string;
  readonly n: number;
  readonly lastReceivedAt: Instant;
}

/** Signals received in one hour; hours without any are left out. */
export interface ArrivalCount {
  readonly source: string;
  readonly hour: Instant;
  readonly n: number;
}

/** Signals of one type received on one day. */
export interface SignalCount {
  readonly source: string;
  readonly type: string;
  readonly day: Instant;
  readonly n: number;
  /** Opens and clicks with a probability that a person did it, and those of them below one half. */
  readonly judged: number;
  readonly machine: number;
  /** Received more than `LATE_MS` after they happened. */
  readonly late: number;
  /** Said to have happened more than `AHEAD_MS` after they were received: the sender's clock is ahead. */
  readonly ahead: number;
}

/** How often a field was not told: absent, null or empty. */
export interface FieldCount {
  readonly of: "decisions" | "signals";
  readonly source: string;
  /** The decision point, or the signal's type. */
  readonly kind: string;
  readonly field: string;
  readonly day: Instant;
  readonly n: number;
  readonly missing: number;
}

/** How often a property had a value. Properties of a type that have more than `CATEGORY_VALUES_MAX` values are left out. */
export interface CategoryCount {
  readonly source: string;
  readonly type: string;
  readonly property: string;
  readonly value: string;
  readonly day: Instant;
  readonly n: number;
}

/**
 * What cannot be, or leads nowhere: an amount below zero · a time after `FUTURE_MS` from receipt · an outcome more than
 * `BEFORE_DECISION_MS` before the decision that it names · a probability outside [0, 1] · a transition whose `from` is not where the
 * thing last went · a transition of a thing that was won · all that another signal says, again under another id
 * (each but the first) · a signal that names a decision which is not there (not for the last `SETTLING_MS`: it may be on its way) · an
 * outcome of a unit that never had a decision, and names none.
 */
export type FaultKind =
  | "before_decision"
  | "duplicate"
  | "future"
  | "negative_value"
  | "no_such_decision"
  | "probability_outside"
  | "stage_mismatch"
  | "stranger"
  | "won_reopened";

/** Signals with one fault, by the day of receipt. */
export interface FaultCount {
  readonly kind: FaultKind;
  readonly source: string;
  readonly type: string;
  readonly day: Instant;
  readonly n: number;
  /** Message ids, the first three in order; never contents. */
  readonly examples: readonly string[];
}

/**
 * Units of the engine's decisions since `cohortsFrom`, by how they were dealt, each in the week of its first decision so dealt. Weeks are
 * of seven days counted from 1970.
 */
export interface CohortCount {
  readonly point: string;
  readonly changeId: ChangeId | null;
  readonly rolloutShare: number;
  readonly cohort: Cohort;
  readonly week: Instant;
  readonly units: number;
  /** Units with a decision that a field of the query was missing from, in the order of the query's fields. */
  readonly missing: readonly number[];
}

export const LATE_MS = 86_400_000;
export const AHEAD_MS = 120_000;
export const FUTURE_MS = 86_400_000;
export const BEFORE_DECISION_MS = 300_000;
export const SETTLING_MS = 3_600_000;
export const CATEGORY_VALUES_MAX = 50;
/** Properties that name the thing which moves through stages; the first that is there counts. */
export const THING_PROPERTIES = ["opportunity_id", "deal_id", "record_id", "object_id"] as const;
export const EXAMPLES_MAX = 3;
