import type { Propensity } from "@ratchet/stats";
import type { Context } from "../context.ts";
import type { ActionId, MetricId, UnitId } from "../ids.ts";
import type { Micros } from "../money.ts";
import type { Instant } from "../time.ts";

/** What came of a logged row, for one metric. A metric that is absent from a row's outcomes had none: its outcome is 0. */
export interface LoggedOutcome {
  readonly metric: MetricId;
  readonly signal: string;
  readonly value: Micros | null;
  readonly at: Instant;
}

/** One decision that was made elsewhere, with what came of it: what an import stores and a replay reveals. */
export interface LoggedRow {
  /** Data row in the file, from 1 (the header not counted). */
  readonly row: number;
  readonly unitId: UnitId;
  readonly at: Instant;
  readonly action: ActionId;
  /** Probability with which the log's rule chose this action; null where the log was not randomised. */
  readonly propensity: Propensity | null;
  readonly context: Context;
  readonly outcomes: readonly LoggedOutcome[];
}
