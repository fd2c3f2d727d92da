import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { actorId, ENGINE } from "../ids.ts";
import { BO, CY, exampleChange, examplePolicy, NOON, reviewed, stateAfter } from "../loop-examples.contract.ts";
import { later } from "../time.ts";
import {
  approvalsHold,
  approve,
  missingApprovals,
  reject,
  type ApprovalAnswer,
  type ApprovalRequest,
} from "./approve.ts";
import type { ChangeEvent, ChangeState } from "./change.ts";
import { evolveChange } from "./change-lifecycle.ts";

const policy = examplePolicy({ roles: { "lever-owner": [BO, ENGINE], revenue: [BO, CY] } });
const change = exampleChange();
const pending = stateAfter(reviewed(change));
const two = stateAfter(
  reviewed(change, {
    approvers: [
      { role: "lever-owner", count: 1 },
      { role: "revenue", count: 1 },
    ],
  }),
);

const asking = (told: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  by: BO,
  role: "lever-owner",
  revision: pending.digest,
  comment: "go",
  ...told,
});

const events = (answer: ApprovalAnswer): readonly ChangeEvent[] => (answer.kind === "accepted" ? answer.events : []);

/** The state after an approval that must be accepted. */
function after(state: ChangeState, request: ApprovalRequest): ChangeState {
  const answer = approve(state, request, policy);
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer.events.reduce<ChangeState>((before, event) => evolveChange(before, event, NOON), state);
}

describe("an approval", () => {
  it("by the one approver that the tier asks for approves the change", () => {
    expect(after(pending, asking())).toMatchObject({
      status: "approved",
      approvals: [{ by: BO, role: "lever-owner", policyVersion: 1 }],
    });
  });

  it.each([
    approve,
    (state: ChangeState, request: ApprovalRequest) => reject(state, request, { policy, decisions: 0 }),
  ])("says for ever that nobody was signed in, where nobody was: %o", (rule) => {
    const [first] = events(rule(pending, asking({ isSolo: true }), policy));
    expect(first).toMatchObject({ by: BO, isSolo: true });
    expect(events(rule(pending, asking(), policy))[0]).not.toHaveProperty("isSolo");
  });

  it("waits for the other roles", () => {
    const half = after(two, asking());
    expect(half.status).toBe("pending");
    expect(missingApprovals(half)).toEqual([{ role: "revenue", count: 1 }]);
    expect(after(half, asking({ by: CY, role: "revenue" })).status).toBe("approved");
  });

  it.each<readonly [string, string, ChangeState, Partial<ApprovalRequest>]>([
    ["approval.revision_moved", "of other bytes than these", pending, { revision: digestOf("an earlier draft") }],
    ["approval.by_engine", "by the engine", pending, { by: ENGINE }],
    ["approval.by_program", "by an agent", pending, { by: actorId("agent:key_1") }],
    ["approval.by_program", "by a key", pending, { by: actorId("key:key_1") }],
    [
      "approval.by_author",
      "by the author",
      stateAfter(reviewed(exampleChange({ author: BO }))),
      { revision: digestOf(exampleChange({ author: BO })) },
    ],
    ["approval.not_in_role", "by somebody who is not in the role", pending, { by: CY }],
    ["approval.not_in_role", "in a role that no policy has", pending, { role: "constructor" }],
    [
      "approval.given_before",
      "by somebody who has approved before, in whatever role",
      after(two, asking()),
      { role: "revenue" },
    ],
    ["approval.not_needed", "in a role that has been heard", pending, { by: CY, role: "revenue" }],
    [
      "change.not_pending",
      "of a change that is approved already",
      after(pending, asking()),
      { by: CY, role: "revenue" },
    ],
  ])("is refused with %s: %s", (code, _, state, request) => {
    expect(approve(state, asking(request), policy)).toMatchObject({ kind: "refused", code });
  });

  it("is refused under another policy version than the change was checked under", () => {
    expect(approve(pending, asking(), { ...policy, version: 2 })).toMatchObject({
      kind: "refused",
      code: "approval.policy_moved",
    });
  });
});

describe("approvals hold", () => {
  const approved = after(pending, asking());

  it("until they lapse, to the millisecond", () => {
    expect(approvalsHold(approved, policy, later(NOON, policy.approvalValidForMs))).toBe(true);
    expect(approvalsHold(approved, policy, later(NOON, policy.approvalValidForMs + 1))).toBe(false);
  });

  it("only under the policy version that they were given under, also where nobody had to give one", () => {
    expect(approvalsHold(approved, { ...policy, version: 2 }, NOON)).toBe(false);
    const automatic = stateAfter(reviewed(change, { kind: "automatic", approvers: [] }));
    expect(approvalsHold(automatic, policy, NOON)).toBe(true);
    expect(approvalsHold(automatic, { ...policy, version: 2 }, NOON)).toBe(false);
  });

  it("only where all of them do", () => {
    const late = evolveChange(
      after(two, asking()),
      {
        kind: "change.approval_given",
        changeId: change.id,
        by: CY,
        role: "revenue",
        digest: two.digest,
        policyVersion: 1,
        comment: "",
      },
      later(NOON, policy.approvalValidForMs),
    );
    expect(approvalsHold(late, policy, later(NOON, 1))).toBe(true);
    expect(approvalsHold(late, policy, later(NOON, policy.approvalValidForMs + 1))).toBe(false);
  });
});

describe("a rejection", () => {
  it("is possible until the change starts, and keeps its reason", () => {
    for (const state of [pending, after(pending, asking())]) {
      expect(reject(state, asking({ comment: "not in spring" }), { policy, decisions: 900 })).toMatchObject({
        kind: "accepted",
        events: [{ kind: "change.rejected", by: BO, reason: "not in spring", decisions: 900 }],
      });
    }
  });

  it("may come from any role, for refusing a risk needs less than taking it", () => {
    expect(reject(pending, asking({ by: CY, role: "revenue" }), { policy, decisions: 900 }).kind).toBe("accepted");
  });

  it("is refused to strangers, and once the change runs", () => {
    expect(reject(pending, asking({ by: actorId("person:stranger") }), { policy, decisions: 900 })).toMatchObject({
      code: "approval.not_in_role",
    });
    const running = evolveChange(
      after(pending, asking()),
      { kind: "change.started", changeId: change.id, share: 0.1, cycle: 1 },
      NOON,
    );
    expect(reject(running, asking(), { policy, decisions: 900 })).toMatchObject({ code: "change.not_pending" });
  });
});
