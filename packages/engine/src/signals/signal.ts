import type { Probability } from "@ratchet/stats";
import type { Context } from "../context.ts";
import type { AccountRef, DecisionId, PersonRef, UnitId } from "../ids.ts";
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
  /** When it happened, as the sender says; in what is read with clocks (`FactsReading`), by our clock. */
  readonly occurredAt: Instant;
  /** What the sender said, where a reading corrected it. Never part of a stored fact. */
  readonly occurredAtRaw?: Instant;
  /** When the message left, by the sender's clock; absent where it does not say. */
  readonly sentAt?: Instant;
  /** When we heard of it. */
  readonly receivedAt: Instant;
  /** What else its message told; absent where it told nothing more. */
  readonly detail?: SignalDetail;
}

/** What a signal tells beside what joins it to a decision. Never a direct identifier of a person: those are in the people store. */
export interface SignalDetail {
  /** Who did it, as a surrogate. */
  readonly person: PersonRef | null;
  readonly account: AccountRef | null;
  /** ISO 4217, of `value`. */
  readonly currency: string | null;
  /** Probability that a person, not a scanner or a prefetching mail client, opened or clicked; null where that is no question. */
  readonly humanProbability: Probability | null;
  /** Channel, campaign, stage, disposition, reason and the like. */
  readonly properties: Context;
}
