import type { ExecutionRequest, OverrideReason, SignalRequest } from "@ratchet/protocol";

/** The unit that is decided for, as you call it. `lead` is another word for a unit that is one. */
export type Who = { readonly unit: string } | { readonly lead: string };

/** Something that came of a decision, or happened to a unit. */
export interface OutcomeReport {
  /** What happened, as a lower-case word: `meeting_booked`. */
  readonly type: string;
  /** The id of the answer; null, as a fallback has it, needs a `unit`. */
  readonly decisionId?: string | null;
  readonly unit?: string;
  /** When it happened; now where absent. */
  readonly at?: Date | string;
  /** An amount, in units (not cents), with its ISO 4217 currency. */
  readonly value?: number;
  readonly currency?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Words that somebody wrote: a reply, a note. */
  readonly text?: string;
  /** Yours, where another program may tell the same; made here where absent. */
  readonly messageId?: string;
}

/** What became of a decision. */
export type ExecutionReport = {
  readonly decisionId: string | null;
  /** When it happened; now where absent. */
  readonly at?: Date | string;
  readonly messageId?: string;
} & (
  | { readonly kind: "exposed" | "delivered" | "worked" }
  | { readonly kind: "overridden"; readonly by: string; readonly reason: OverrideReason; readonly didInstead?: string }
  | { readonly kind: "suppressed" | "skipped"; readonly reason?: string }
);

export function unitOf(who: Who): string {
  return "unit" in who ? who.unit : who.lead;
}

/** @throws Error with what is missing. */
export function outcomeFrom(report: OutcomeReport, madeId: string): SignalRequest {
  const { type, unit, value, currency, properties, text, messageId = madeId } = report;
  const decisionId = report.decisionId ?? undefined;
  if (decisionId === undefined && unit === undefined)
    throw new Error("the outcome says neither which decision it came of nor which unit it is about");
  return {
    message_id: messageId,
    type,
    occurred_at: momentOf(report.at),
    ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    ...(unit === undefined ? {} : { unit_id: unit }),
    ...(value === undefined ? {} : { value }),
    ...(currency === undefined ? {} : { currency }),
    ...(properties === undefined ? {} : { properties }),
    ...(text === undefined ? {} : { text }),
  };
}

/** @throws Error with what is missing. */
export function executionFrom(report: ExecutionReport, madeId: string): ExecutionRequest {
  const { decisionId, messageId = madeId } = report;
  if (decisionId === null) throw new Error("a fallback was not recorded: there is no decision to report on");
  const common = { message_id: messageId, decision_id: decisionId, at: momentOf(report.at) };
  switch (report.kind) {
    case "exposed":
    case "delivered":
    case "worked":
      return { ...common, kind: report.kind };
    case "overridden": {
      const { by, reason, didInstead } = report;
      return {
        ...common,
        kind: "overridden",
        by,
        reason,
        ...(didInstead === undefined ? {} : { did_instead: didInstead }),
      };
    }
    case "suppressed":
    case "skipped":
      return { ...common, kind: report.kind, ...(report.reason === undefined ? {} : { reason: report.reason }) };
  }
}

/** A report may wait: it says when it happened, not when it got through. @throws RangeError where a time is none. */
function momentOf(at: Date | string | undefined): string {
  const date = at === undefined ? new Date() : new Date(at);
  if (Number.isNaN(date.getTime()))
    throw new RangeError(`"${String(at)}" is no time; give a Date, or ISO 8601 with a zone`);
  return date.toISOString();
}
