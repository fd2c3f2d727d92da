import type { Instant } from "@ratchet/engine";

/** What results are asked for: one metric, all where null; as known then, now where null. */
export interface ResultsAsked {
  readonly metric: string | null;
  readonly asOf: Instant | null;
}
