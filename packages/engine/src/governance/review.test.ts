import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { changeId } from "../ids.ts";
import {
  BO,
  chances,
  exampleChange,
  exampleEdit,
  exampleLever,
  examplePlaybook,
  examplePolicy,
  NOON,
  reviewed,
  stateAfter,
} from "../loop-examples.contract.ts";
import { areActionLimits } from "../decisions/limits.ts";
import { later } from "../time.ts";
import type { Change } from "./change.ts";
import type { ChoiceLimits, Policy } from "./policy.ts";
import { describeVerdict, reviewChange, type ReviewContext } from "./review.ts";

const HOUR = 3_600_000;

function policyWith(limits: Partial<ChoiceLimits>, told: Partial<Policy> = {}): Policy {
  const policy = examplePolicy(told);
  return {
    ...policy,
    levers: policy.levers.map((lever) => (areActionLimits(lever) ? { ...lever, ...limits } : lever)),
  };
}

function review(change: Partial<Change> = {}, told: Partial<ReviewContext> = {}): ReturnType<typeof reviewChange> {
  return reviewChange(exampleChange(change), {
    policy: examplePolicy(),
    playbook: examplePlaybook(),
    changes: [],
    now: NOON,
    ...told,
  });
}

const forbiddenBy = (verdict: ReturnType<typeof reviewChange>): readonly string[] =>
  verdict.findings.filter((finding) => finding.outcome === "forbidden").map((finding) => finding.rule);

const earlier = exampleChange({ id: changeId("chg_earlier") });
const about = { changeId: earlier.id };
const running = stateAfter([
  ...reviewed(earlier),
  { kind: "change.approved", ...about },
  { kind: "change.started", ...about, share: 0.1, cycle: 1 },
]);
const failed = stateAfter([
  ...reviewed(earlier),
  { kind: "change.rejected", ...about, by: BO, reason: "not in spring", decisions: 0 },
]);
const promoted = stateAfter([
  ...reviewed(earlier),
  { kind: "change.approved", ...about },
  { kind: "change.started", ...about, share: 0.1, cycle: 1 },
  { kind: "change.promoted", ...about, playbookVersion: 2, playbook: digestOf("p"), evidence: digestOf("e") },
]);

describe("a review", () => {
  it("lets a change through to its approvers when every rule is content", () => {
    const verdict = review();
    expect(forbiddenBy(verdict)).toEqual([]);
    expect(verdict).toMatchObject({
      kind: "needs_approval",
      tier: "T1",
      approvers: [{ role: "lever-owner", count: 1 }],
    });
    expect(describeVerdict(verdict)).toMatch(/^needs approval by 1 × lever-owner \(T1, impact /u);
  });

  it("needs nobody for a tier without approvers", () => {
    const verdict = review({}, { policy: policyWith({ minTier: "T0", sensitivity: 0.1 }) });
    expect(verdict).toMatchObject({ kind: "automatic", tier: "T0", approvers: [] });
  });

  it("counts what the lever has never done before as novel", () => {
    expect(review().score).toBeCloseTo(1.5 * review({}, { changes: [promoted] }).score, 12);
  });

  it.each<readonly [string, Partial<Change>, Partial<ReviewContext>]>([
    ["range", {}, { policy: policyWith({ range: { min: 0, max: 0.8 } }) }],
    ["range", {}, { policy: policyWith({ allowed: exampleLever().actions.slice(0, 1) }) }],
    ["range", { edits: [exampleEdit({ ...chances(0.1, 0.6, 0.1), stranger: 0.2 })] }, {}],
    ["floor", {}, { policy: policyWith({}, { exploration: { start: 0.1, floor: 0.1, settledFloor: 0.06 } }) }],
    ["step", {}, { policy: policyWith({ maxStep: 0.5 }) }],
    ["base", { basedOn: 0 }, {}],
    ["base", { edits: [exampleEdit(chances(0.05, 0.9, 0.05), { from: chances(0.4, 0.3, 0.3) })] }, {}],
    ["one-at-a-time", {}, { changes: [running] }],
    ["cooldown", {}, { policy: policyWith({ cooldownMs: HOUR }), changes: [promoted], now: later(NOON, HOUR - 1) }],
    ["memory", {}, { changes: [failed] }],
    ["evidence", { predicted: { kind: "refused", reason: "no-overlap", message: "nobody got the story" } }, {}],
  ])("forbids by rule %s", (rule, change, context) => {
    const verdict = review(change, context);
    expect(verdict.kind).toBe("forbidden");
    expect(new Set(forbiddenBy(verdict))).toContain(rule);
    expect(describeVerdict(verdict)).toMatch(/^forbidden, because rule /u);
  });

  it("tells the approver of a failure that the evidence has outgrown", () => {
    const outgrown = { ...failed, decisions: 10 };
    const { findings } = review({}, { changes: [outgrown] });
    expect(findings.find(({ rule }) => rule === "memory")).toMatchObject({
      outcome: "ok",
      message: expect.stringMatching(
        /^the same was tried as chg_\w+ and failed .*; the evidence has grown from 10 to/u,
      ),
    });
  });

  it("forbids a lever that the policy does not name", () => {
    expect(review({ lever: "timing" })).toMatchObject({ kind: "forbidden", tier: "T3", findings: [{ rule: "lever" }] });
  });

  it("names every broken rule at once, so that a person sees all that is wrong", () => {
    const verdict = review(
      { basedOn: 0 },
      { policy: policyWith({ maxStep: 0.1, range: { min: 0, max: 0.5 } }), changes: [running] },
    );
    expect(new Set(forbiddenBy(verdict))).toEqual(new Set(["base", "one-at-a-time", "range", "step"]));
  });

  it("lets a change start again once the cooldown is over, to the millisecond", () => {
    const policy = policyWith({ cooldownMs: HOUR });
    expect(forbiddenBy(review({}, { policy, changes: [promoted], now: later(NOON, HOUR) }))).toEqual([]);
  });

  it("takes a person's change without an off-policy estimate: a person may know what no log shows", () => {
    const predicted = { kind: "refused", reason: "no-overlap", message: "nobody got the story" } as const;
    expect(forbiddenBy(review({ author: BO, predicted }))).toEqual([]);
  });

  it("bears the rounding of a step that is exactly the limit", () => {
    const edits = [exampleEdit(chances(0.2, 0.6, 0.2), { from: chances(0.3, 0.4, 0.3) })];
    const playbook = examplePlaybook({ segments: { all: chances(0.3, 0.4, 0.3) } });
    expect(forbiddenBy(review({ edits }, { playbook, policy: policyWith({ maxStep: 0.2 }) }))).toEqual([]);
  });
});
