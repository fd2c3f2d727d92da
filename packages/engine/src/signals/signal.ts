import type { DecisionId, UnitId } from "../ids.ts";
import type { Micros } from "../money.ts";
import type { Instant } from "../time.ts";

/**
 * An observed fact that may inform a decision or count as an outcome: a visit, a reply, a meeting held, a deal won.
 *
 * Append-only. `(source, messageId)` is its idempotency key: the same fact sent twice counts once.
 */
export interface Signal {
  readonly source: string;
  readonly messageId: string;
  /** What happened, as a lower-case word with underscores: `visit`, `meeting_held`, `opportunity_won`. */
  readonly type: string;
  readonly unitId: UnitId;
  /** The decision it answers, where the sender knows it; null leaves the join to the metric's attribution. */
  readonly decisionId: DecisionId | null;
  /** An amount that came with it (a deal's value, a basket); null where it carries none. */
  readonly value: Micros | null;
  /** When it happened. */
  readonly occurredAt: Instant;
  /** When we heard of it. */
  readonly receivedAt: Instant;
}
