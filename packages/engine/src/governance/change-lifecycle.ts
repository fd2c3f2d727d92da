import type { Instant } from "../time.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Approval, ChangeEvent, ChangeState, ChangeStatus } from "./change.ts";

/** From which states an event may come. Everything else is a bug of ours, or a ledger that was tampered with. */
const LEGAL: Readonly<Record<Exclude<ChangeEvent["kind"], "change.drafted">, readonly ChangeStatus[]>> = {
  "change.evidenced": ["draft"],
  "change.reviewed": ["evidence"],
  "change.approval_given": ["pending"],
  "change.approved": ["policy_check", "pending"],
  "change.rejected": ["draft", "evidence", "policy_check", "pending", "approved"],
  "change.expired": ["draft", "evidence", "policy_check", "pending", "approved"],
  "change.started": ["approved"],
  "change.advanced": ["canary", "ramping"],
  "change.held": ["canary", "ramping"],
  "change.resumed": ["holding"],
  "change.promoted": ["ramping", "canary"],
  "change.rollback_started": ["canary", "ramping", "holding", "promoted"],
  "change.rolled_back": ["rolling_back"],
};

const OPEN: readonly ChangeStatus[] = [
  "draft",
  "evidence",
  "policy_check",
  "pending",
  "approved",
  "canary",
  "ramping",
  "holding",
  "rolling_back",
];
const EXPOSED: readonly ChangeStatus[] = ["canary", "ramping", "holding"];

/** Still on its way: neither ended nor promoted. */
export function isOpen(status: ChangeStatus): boolean {
  return OPEN.includes(status);
}

/** A share of the traffic gets it now, beside the playbook in force. */
export function isExposed(status: ChangeStatus): boolean {
  return EXPOSED.includes(status);
}

/**
 * The state of a change after one more ledger entry about it. Folding a change's entries gives its state: nothing else stores it.
 *
 * @throws Error when the entry cannot follow; the ledger's writer checks before it writes.
 */
export function evolveChange(state: ChangeState | null, event: ChangeEvent, at: LedgerEntry["at"]): ChangeState {
  if (event.kind === "change.drafted") {
    if (state !== null) throw new Error(`change ${event.changeId} was drafted twice`);
    return {
      change: event.change,
      digest: event.digest,
      status: "draft",
      draftedAt: at,
      evidence: null,
      verdict: null,
      policyVersion: null,
      approvals: [],
      step: -1,
      share: 0,
      startedAt: null,
      startedAfterCycle: null,
      stepSince: null,
      endedAt: null,
      reason: null,
      decisions: event.change.predicted.kind === "estimate" ? event.change.predicted.n : 0,
    };
  }
  if (state === null) throw new Error(`${event.kind} for change ${event.changeId}, which was never drafted`);
  if (!LEGAL[event.kind].includes(state.status))
    throw new Error(`${event.kind} cannot follow status ${state.status} (change ${event.changeId})`);
  return { ...state, ...effectOf(state, event, at) };
}

function effectOf(
  state: ChangeState,
  event: Exclude<ChangeEvent, { kind: "change.drafted" }>,
  at: Instant,
): Partial<ChangeState> {
  switch (event.kind) {
    case "change.evidenced":
      return { status: "evidence", evidence: event.evidence };
    case "change.reviewed":
      return {
        status: event.verdict.kind === "needs_approval" ? "pending" : "policy_check",
        verdict: event.verdict,
        policyVersion: event.policyVersion,
      };
    case "change.approval_given":
      return { approvals: [...state.approvals, approvalOf(event, at)] };
    case "change.approved":
      return { status: "approved" };
    case "change.rejected":
      return {
        status: "rejected",
        reason: event.reason,
        endedAt: at,
        decisions: Math.max(state.decisions, event.decisions),
      };
    case "change.expired":
      return { status: "expired", reason: event.reason, endedAt: at };
    case "change.started":
      return {
        status: "canary",
        step: 0,
        share: event.share,
        startedAt: at,
        startedAfterCycle: event.cycle,
        stepSince: at,
      };
    case "change.advanced":
      return { status: "ramping", step: event.step, share: event.share, stepSince: at };
    case "change.held":
      return { status: "holding", reason: event.reason };
    case "change.resumed":
      return { status: state.step === 0 ? "canary" : "ramping", reason: null };
    case "change.promoted":
      return { status: "promoted", share: 0, endedAt: at };
    case "change.rollback_started":
      return {
        status: "rolling_back",
        share: 0,
        reason: event.reason,
        decisions: Math.max(state.decisions, event.decisions),
      };
    case "change.rolled_back":
      return { status: "rolled_back", endedAt: at };
  }
}

function approvalOf(event: Extract<ChangeEvent, { kind: "change.approval_given" }>, at: Instant): Approval {
  return { by: event.by, role: event.role, at, digest: event.digest, policyVersion: event.policyVersion };
}
