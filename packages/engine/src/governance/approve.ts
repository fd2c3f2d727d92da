import type { Digest } from "../digest.ts";
import { ENGINE, type ActorId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Approval, ChangeEvent, ChangeState } from "./change.ts";
import type { Policy } from "./policy.ts";

/** A person's word on a change, binding the bytes that they saw. */
export interface ApprovalRequest {
  readonly by: ActorId;
  readonly role: string;
  /** Digest of the change as it was shown to them. */
  readonly revision: Digest;
  readonly comment: string;
  /** Said where nobody has to sign in: the ledger says so, too. */
  readonly isSolo?: true;
}

/** How programs are called that act here: by a key, as an agent, as a source. None of them ever approves, whatever a policy says. */
const PROGRAM = /^(?:key|agent|source):/u;

/** Events to record, or why the request cannot stand. */
export type ApprovalAnswer =
  | { readonly kind: "accepted"; readonly events: readonly ChangeEvent[] }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** An approval: recorded when it may be given; the change is approved once every approver that its tier asks for has spoken. */
export function approve(state: ChangeState, request: ApprovalRequest, policy: Policy): ApprovalAnswer {
  const refusal = refusalOf(state, request, policy);
  if (refusal !== null) return refusal;
  const changeId = state.change.id;
  const given: ChangeEvent = {
    kind: "change.approval_given",
    changeId,
    by: request.by,
    role: request.role,
    digest: state.digest,
    policyVersion: policy.version,
    comment: request.comment,
    ...soloOf(request),
  };
  const roles = [...state.approvals.map((approval) => approval.role), request.role];
  return {
    kind: "accepted",
    events: isComplete(state, roles) ? [given, { kind: "change.approved", changeId }] : [given],
  };
}

/** A rejection: any person in any role but the author, at any time before it starts. Refusing a risk needs less than taking it. */
export function reject(
  state: ChangeState,
  request: ApprovalRequest,
  { policy, decisions }: { readonly policy: Policy; readonly decisions: number },
): ApprovalAnswer {
  if (state.status !== "pending" && state.status !== "approved") {
    return refuse(
      "change.not_pending",
      `change ${state.change.id} is ${state.status}; only a pending or approved one can be rejected`,
    );
  }
  const refusal = personRefusal(state, request, policy);
  if (refusal !== null) return refusal;
  return {
    kind: "accepted",
    events: [
      {
        kind: "change.rejected",
        changeId: state.change.id,
        by: request.by,
        reason: request.comment,
        decisions,
        ...soloOf(request),
      },
    ],
  };
}

function soloOf({ isSolo }: ApprovalRequest): Pick<ApprovalRequest, "isSolo"> {
  return isSolo === undefined ? {} : { isSolo };
}

/** Whether approvals were given on these bytes, under this policy, and not too long ago. Checked again when a rollout starts. */
export function approvalsHold(state: ChangeState, policy: Policy, now: Instant): boolean {
  if (state.verdict?.kind === "automatic") return state.policyVersion === policy.version;
  const valid = state.approvals.filter(
    (approval) =>
      approval.digest === state.digest &&
      approval.policyVersion === policy.version &&
      now - approval.at <= policy.approvalValidForMs,
  );
  return isComplete(
    state,
    valid.map((approval) => approval.role),
  );
}

/** Approvals still missing, by role. */
export function missingApprovals(state: ChangeState): readonly { readonly role: string; readonly count: number }[] {
  return outstanding(
    state,
    state.approvals.map((approval) => approval.role),
  );
}

function refusalOf(
  state: ChangeState,
  request: ApprovalRequest,
  policy: Policy,
): Extract<ApprovalAnswer, { kind: "refused" }> | null {
  if (state.status !== "pending")
    return refuse("change.not_pending", `change ${state.change.id} is ${state.status}, not pending`);
  if (state.policyVersion !== policy.version) {
    return refuse(
      "approval.policy_moved",
      `change ${state.change.id} was checked under policy v${String(state.policyVersion)}, v${policy.version} is in force; have it checked again`,
    );
  }
  const person = personRefusal(state, request, policy);
  if (person !== null) return person;
  if (state.approvals.some((approval: Approval) => approval.by === request.by)) {
    return refuse("approval.given_before", `${request.by} has already approved change ${state.change.id}`);
  }
  if (!missingApprovals(state).some(({ role }) => role === request.role)) {
    return refuse("approval.not_needed", `change ${state.change.id} needs no further approval by role ${request.role}`);
  }
  return null;
}

function personRefusal(
  state: ChangeState,
  { by, role, revision }: ApprovalRequest,
  policy: Policy,
): Extract<ApprovalAnswer, { kind: "refused" }> | null {
  if (revision !== state.digest) {
    return refuse(
      "approval.revision_moved",
      `change ${state.change.id} is not the revision that was shown (${revision.slice(0, 8)}…); read it again`,
    );
  }
  if (by === ENGINE) return refuse("approval.by_engine", "the engine proposes; it can never approve or reject");
  if (PROGRAM.test(by)) return refuse("approval.by_program", `${by} is a program; only people approve and reject`);
  if (by === state.change.author) return refuse("approval.by_author", `${by} wrote this change and cannot rule on it`);
  const members = (Object.hasOwn(policy.roles, role) ? policy.roles[role] : undefined) ?? [];
  return members.includes(by) ? null : refuse("approval.not_in_role", `${by} is not in role ${role}`);
}

function isComplete(state: ChangeState, roles: readonly string[]): boolean {
  return outstanding(state, roles).length === 0;
}

function outstanding(
  state: ChangeState,
  roles: readonly string[],
): readonly { readonly role: string; readonly count: number }[] {
  return (state.verdict?.approvers ?? [])
    .map(({ role, count }) => ({ role, count: count - roles.filter((given) => given === role).length }))
    .filter(({ count }) => count > 0);
}

function refuse(code: string, message: string): Extract<ApprovalAnswer, { kind: "refused" }> {
  return { kind: "refused", code, message };
}
