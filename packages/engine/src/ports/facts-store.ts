import type { Decision } from "../decisions/decision.ts";
import type { Execution, ExecutionKind, OverrideCount } from "../decisions/execution.ts";
import type { DecisionId, PersonRef, UnitId } from "../ids.ts";
import type { MeasureQuery, Measurement } from "../outcomes/cell.ts";
import type { Signal } from "../signals/signal.ts";
import type { Instant } from "../time.ts";
import type { InboxSegment } from "./state-store.ts";

/** Which decisions to list; newest first. */
export interface DecisionQuery {
  readonly source?: string;
  readonly unitId?: UnitId;
  readonly playbookVersion?: number;
  readonly cycle?: number;
  /** Decided later than this. */
  readonly since?: Instant;
  /** Decided at this moment or before. */
  readonly until?: Instant;
  readonly limit: number;
}

/** Which executions to list; newest first by when they happened. */
export interface ExecutionQuery {
  /** Only those of these decisions; of none where it is empty. */
  readonly decisionIds?: readonly DecisionId[];
  readonly kind?: ExecutionKind;
  /** Happened later than this. */
  readonly since?: Instant;
  /** Happened at this moment or before. */
  readonly until?: Instant;
  readonly limit: number;
}

/** Which signals to list; newest first by when they happened. */
export interface SignalQuery {
  readonly source?: string;
  readonly type?: string;
  readonly unitId?: UnitId;
  readonly limit: number;
}

/** How many facts there are; for health and for proving that nothing was lost or counted twice. */
export interface FactCounts {
  readonly decisions: number;
  readonly signals: number;
}

/**
 * The append-only facts, and the aggregates that evidence is made of.
 *
 * Attribution in `measure` (and `signalsOf`), the same on every driver: a signal counts for decision d when its type is the metric's and
 * `d.decidedAt ≤ occurredAt ≤ d.decidedAt + windowMs`, and either it names d, or it names no decision and d is the latest decision of
 * its unit at that point and source with `decidedAt ≤ occurredAt` (ties: the greater id). Signals after the watermark, and
 * in `measure` those of `untrusted` sources, are not looked at, and d counts only when `d.decidedAt + windowMs ≤ watermark`.
 *
 * A decision whose candidates a rule had limited takes part in attribution, and is counted in no cell and not as censored: what it was drawn
 * from is not what its segment's cell says.
 */
export interface FactsStore {
  /** Adds a segment's facts. Loading the same segment number again adds nothing, also after a crash in the middle of the first load. */
  load(segment: InboxSegment): Promise<void>;
  measure(query: MeasureQuery): Promise<Measurement>;
  decision(id: DecisionId): Promise<Decision | null>;
  decisions(query: DecisionQuery): Promise<readonly Decision[]>;
  /** Every signal attributed to a decision under the rule above with an unlimited window and no watermark, in order of time. */
  signalsOf(decision: Decision): Promise<readonly Signal[]>;
  /** Ties by source, then message id, descending. */
  signals(query: SignalQuery): Promise<readonly Signal[]>;
  /** Ties by source, then message id, descending. */
  executions(query: ExecutionQuery): Promise<readonly Execution[]>;
  /**
   * Overrides that happened after `since`, by what was decided, why it was overridden, and what was done instead: each decision once under
   * each. The most frequent first; ties by point, action, reason and what was done instead, those that are not known last.
   */
  overrides(query: { readonly since?: Instant }): Promise<readonly OverrideCount[]>;
  counts(): Promise<FactCounts>;
  /**
   * Forgets what senders told in words: the properties of these persons' signals and the contexts of these units' decisions become empty,
   * their records go,
   * and no file of the store holds them any more. What was measured stays: facts name nobody. Units may be any id; erasing twice is
   * harmless.
   */
  erase(whom: { readonly persons: readonly PersonRef[]; readonly units: readonly UnitId[] }): Promise<void>;
  /** The latest `decidedAt` or `occurredAt` there is, as epoch ms; null when empty. */
  latest(): Promise<number | null>;
  close(): Promise<void>;
}
