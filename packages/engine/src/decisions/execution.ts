import type { ActionId, ActorId, DecisionId } from "../ids.ts";
import type { Instant } from "../time.ts";

/**
 * What became of a recommendation: it was shown among others, and nobody acts on it yet · its asker took it up · it reached its recipient ·
 * somebody worked on it · somebody did otherwise, for a reason · a rule held it back after the decision · it was left undone.
 */
export const EXECUTION_KINDS = [
  "offered",
  "exposed",
  "delivered",
  "worked",
  "overridden",
  "suppressed",
  "skipped",
] as const;
export type ExecutionKind = (typeof EXECUTION_KINDS)[number];

/** Why a person did otherwise. A closed list, so that reasons can be counted; a new one is a release. */
export const OVERRIDE_REASONS = [
  "wrong_person",
  "wrong_time",
  "wrong_channel",
  "wrong_message",
  "wrong_owner",
  "bad_fit",
  "data_wrong",
  "already_in_contact",
  "asked_by_customer",
  "no_capacity",
  "policy",
  "other",
] as const;
export type OverrideReason = (typeof OVERRIDE_REASONS)[number];

/** What is told of a kind, and of no other. */
export type ExecutionReport =
  | { readonly kind: "offered" | "exposed" | "delivered" | "worked" }
  | {
      readonly kind: "overridden";
      /** Who did otherwise; a surrogate where the name was one of a person. */
      readonly by: ActorId;
      readonly reason: OverrideReason;
      /** What was done in its place; null: nothing. */
      readonly didInstead: ActionId | null;
    }
  | {
      readonly kind: "suppressed" | "skipped";
      /** A stable word such as `suppression.unsubscribed`; never free text. null: not said. */
      readonly reason: string | null;
    };

/** One thing that is known of how a decision was carried out. A fact: append-only, `(source, messageId)` makes it idempotent. */
export interface Execution {
  readonly source: string;
  readonly messageId: string;
  readonly decisionId: DecisionId;
  readonly report: ExecutionReport;
  readonly occurredAt: Instant;
  readonly receivedAt: Instant;
}

/** The key of an execution in the inbox: apart from the ids that its sender gives to signals. */
export function executionKey(messageId: string): string {
  return `execution/${messageId}`;
}

/** How far a decision got: `assigned` while nothing else is known of it. */
export type ExecutionState = "assigned" | ExecutionKind;

/** What counts most where several things are known: a person's word, then the furthest that it got. */
const WEIGHT: readonly ExecutionKind[] = [
  "overridden",
  "worked",
  "delivered",
  "suppressed",
  "skipped",
  "exposed",
  "offered",
];

/** How far a decision got, whatever the order in which one heard. */
export function executionState(executions: readonly Pick<Execution, "report">[]): ExecutionState {
  return WEIGHT.find((kind) => executions.some(({ report }) => report.kind === kind)) ?? "assigned";
}

/** How often something was overridden for one reason; each decision counts once under each reason. */
export interface OverrideCount {
  /** The decision's point and action; null where no decision of that id is known. */
  readonly point: string | null;
  readonly action: ActionId | null;
  readonly reason: OverrideReason;
  readonly didInstead: ActionId | null;
  readonly count: number;
}
