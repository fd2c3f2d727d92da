import type { ActionId, ChangeId, SegmentId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Cohort } from "../decisions/decision.ts";
import type { FactsReading } from "../signals/source-clock.ts";
import type { MetricDefinition } from "./metric.ts";

/**
 * All mature decisions that share everything the evidence distinguishes, reduced to sufficient statistics of one metric.
 *
 * Exact: sums are taken over whole micros, so every store gives the same bytes in any order.
 */
export interface OutcomeCell {
  readonly cycle: number;
  readonly fold: number;
  readonly segment: SegmentId;
  readonly cohort: Cohort;
  readonly playbookVersion: number;
  readonly changeId: ChangeId | null;
  readonly rolloutShare: number;
  readonly action: ActionId;
  /** null where an imported log does not say. */
  readonly propensity: number | null;
  /**
   * Whether eligibility took a candidate away, or a lapsed lease left the baseline alone (`isLimited`): then what was drawn from is not the
   * segment's value. Whom rules limit depends on what was done to them before, so it is itself an outcome of treatment: see
   * `unlimitedCells` for what may leave such cells out, and what must not.
   */
  readonly limited: boolean;
  /** Decisions, ≥ 1. */
  readonly n: number;
  /** Decisions with a non-zero outcome. */
  readonly nonZero: number;
  /** Sum of outcomes, in units of the metric (conversions, or money in whole units). */
  readonly sum: number;
  /** Sum of squared outcomes. */
  readonly sumSquares: number;
}

/** What to measure. Cells come back sorted by their keys in the order that `OutcomeCell` lists them. */
export interface MeasureQuery extends FactsReading {
  readonly source: string;
  readonly point: string;
  readonly metric: MetricDefinition;
  /** Facts that happened after it are not looked at; decisions whose window is still open then are left out as censored. */
  readonly watermark: Instant;
  /** Sources whose signals count for nothing here: whoever sends them could gain by forging them. */
  readonly untrusted?: readonly string[];
  /**
   * Times that are void, ends included: a decision whose outcome window meets one is left out, neither counted nor censored, whatever its
   * cohort. Attribution still sees it: its signals do not fall to an earlier decision.
   */
  readonly excluded?: readonly { readonly from: Instant; readonly to: Instant }[];
}

/** Cells of one metric, with what was left out. */
export interface Measurement {
  readonly cells: readonly OutcomeCell[];
  /** Decisions whose outcome window was still open at the watermark. */
  readonly censored: number;
}
