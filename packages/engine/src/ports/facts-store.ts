import type { Decision } from "../decisions/decision.ts";
import type { ArrivalDelays } from "../signals/arrival-delays.ts";
import type { ClockEvidence, ClockEvidenceQuery, ReceivedBetween } from "../signals/clock-evidence.ts";
import type { FactsReading } from "../signals/source-clock.ts";
import type { Execution, ExecutionKind, OverrideCount } from "../decisions/execution.ts";
import type { ExposureQuery, MultipleExposure } from "../decisions/multiple-exposure.ts";
import type { DecisionId, PersonRef, UnitId } from "../ids.ts";
import type { DataProfile, DataProfileQuery } from "../health/data-profile.ts";
import type { MeasureQuery, Measurement } from "../outcomes/cell.ts";
import type { Label, LabellerKind } from "../signals/notes/label.ts";
import type { Signal } from "../signals/signal.ts";
import type { Instant } from "../time.ts";
import type { NumberedItems } from "./state-store.ts";

/** Which decisions to list; newest first. */
export interface DecisionQuery extends Pick<FactsReading, "knownAt"> {
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

/** A signal's place in a list: what lists are ordered by. A signal that was listed stands for its own. */
export type SignalPlace = Pick<Signal, "occurredAt" | "occurredAtRaw" | "source" | "messageId">;

/** Which signals to list; newest first by when they happened, then by when their senders say. */
export interface SignalQuery extends FactsReading {
  readonly source?: string;
  readonly type?: string;
  readonly unitId?: UnitId;
  /** Happened later than this, by our clock. */
  readonly since?: Instant;
  /** Happened at this moment or before, by our clock. */
  readonly until?: Instant;
  /**
   * Only those that come behind this place. Page by page under one reading nothing is left out and nothing comes twice; under another
   * one, whose clocks differ, it may.
   */
  readonly behind?: SignalPlace;
  readonly limit: number;
}

/** Whose delays to count, by when we received them; under corrected clocks where they are given. */
export interface ArrivalDelaysQuery extends ReceivedBetween, FactsReading {}

/** Which labels to list; newest first by when they were given. */
export interface LabelQuery {
  /** Of the signal that carried the text. */
  readonly source?: string;
  readonly messageId?: string;
  readonly field?: string;
  readonly labeller?: LabellerKind;
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
 * Under a `FactsReading`, `occurredAt` is the time by our clock (`correctedOccurrence`), and facts that had not been received by `knownAt`
 * are not there: neither signals nor, for the attribution to the latest one, decisions. So an answer as known at some time is the same
 * whenever it is asked for, down to the last byte, once all that was received by then has been loaded. `measure` further passes over
 * signals less likely to be a person's than the metric asks for (`humanProbabilityMinOf`).
 *
 * Units that the reading's `merges` join (`mergedUnits`) are one unit to all of this: a signal that names no decision counts for the latest
 * decision of any of them, and a list of one's signals has those of all. Facts come back with the unit that they were told of.
 *
 * A metric may be about a label: to a signal type `label:<field>=<label>` (`labelSignalOf`) every text counts as one signal whose reading
 * in force (`labelsInForce`) is that label, at the time of the signal that carried it, of its source, unit and decision. It has no value.
 *
 * A decision whose candidates a rule had limited, or that a lapsed lease left its baseline, is counted like any other, in cells that say so
 * (`limited`): cohorts are compared with them, actions without them.
 */
export interface FactsStore {
  /** Adds a segment's facts. Loading the same segment number again adds nothing, also after a crash in the middle of the first load. */
  load(segment: NumberedItems): Promise<void>;
  measure(query: MeasureQuery): Promise<Measurement>;
  decision(id: DecisionId): Promise<Decision | null>;
  decisions(query: DecisionQuery): Promise<readonly Decision[]>;
  /**
   * Every signal attributed to a decision under the rule above with an unlimited window and no watermark, whatever its human probability,
   * in order of time: when it happened, then when its sender says, then source and message id.
   */
  signalsOf(decision: Decision, reading?: FactsReading): Promise<readonly Signal[]>;
  /** Ties by source, then message id, descending. */
  signals(query: SignalQuery): Promise<readonly Signal[]>;
  /** Readings of texts, those that no longer count included. Ties by source of the label, then its id, descending. */
  labels(query: LabelQuery): Promise<readonly Label[]>;
  /** Ties by source, then message id, descending. */
  executions(query: ExecutionQuery): Promise<readonly Execution[]>;
  /**
   * Overrides that happened after `since`, by what was decided, why it was overridden, and what was done instead: each decision once under
   * each. The most frequent first; ties by point, action, reason and what was done instead, those that are not known last.
   */
  overrides(query: { readonly since?: Instant }): Promise<readonly OverrideCount[]>;
  /** How many units were seen in several cohorts of one change. */
  multipleExposure(query: ExposureQuery): Promise<MultipleExposure>;
  counts(): Promise<FactCounts>;
  /** What data health is judged by. Times are the senders' own, uncorrected: a wrong clock must show. */
  dataProfile(query: DataProfileQuery): Promise<DataProfile>;
  /** What the sources' messages say about their clocks. One row per source and stretch that has messages, by source, then time. */
  clockEvidence(query: ClockEvidenceQuery): Promise<readonly ClockEvidence[]>;
  /** How late signals arrive. One row per source that has dated signals, by source. */
  arrivalDelays(query: ArrivalDelaysQuery): Promise<readonly ArrivalDelays[]>;
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
