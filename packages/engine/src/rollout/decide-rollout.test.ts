import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { HealthCheck } from "../evidence/health.ts";
import type { GuardrailReading, RolloutEvidence } from "../evidence/rollout-evidence.ts";
import type { VerdictWord } from "../evidence/verdict.ts";
import { approve, reject } from "../governance/approve.ts";
import type { ChangeEvent, ChangeState } from "../governance/change.ts";
import { evolveChange, isExposed, isOpen } from "../governance/change-lifecycle.ts";
import type { Policy } from "../governance/policy.ts";
import { ENGINE } from "../ids.ts";
import { BO, CY, exampleChange, examplePolicy, NOON, reviewed, stateAfter } from "../loop-examples.contract.ts";
import { instant, later, type Instant } from "../time.ts";
import { decideRollout, rollBack, type RolloutMove, type RolloutSituation } from "./decide-rollout.ts";

const change = exampleChange();
const about = { changeId: change.id };
const approval = {
  kind: "change.approval_given",
  ...about,
  by: BO,
  role: "lever-owner",
  digest: digestOf(change),
  policyVersion: 1,
  comment: "",
} as const;
const approved = [...reviewed(change), approval, { kind: "change.approved", ...about }] as const;
const canary = [...approved, { kind: "change.started", ...about, share: 0.1, cycle: 3 }] as const;
const ramping = [
  ...canary,
  { kind: "change.advanced", ...about, step: 1, share: 0.5, evidence: digestOf("e") },
] as const;

const green: HealthCheck = { check: "volume", state: "green", sentence: "decisions come in", pValue: null };
const red: HealthCheck = {
  check: "cohort-ratio",
  state: "red",
  sentence: "units per cohort contradict the design",
  pValue: 0.0001,
};
const silent: HealthCheck = { check: "volume", state: "no data", sentence: "no decision in cycle 5", pValue: null };

const noEffect = { kind: "refused", reason: "too-few", message: "too few" } as const;
const guard = (state: GuardrailReading["state"], units = 500): GuardrailReading => ({
  id: "unsubscribe-guard",
  metric: "unsubscribe",
  state,
  sentence: "as counted",
  effect: noEffect,
  tolerated: 0,
  units,
});

function evidence(word: VerdictWord, guardrail: GuardrailReading = guard("fine")): RolloutEvidence {
  const effect = {
    kind: "estimate",
    n: 2000,
    estimate: 0.03,
    standardError: 0.01,
    fixed: { lower: 0.01, upper: 0.05 },
    sequence: { lower: 0.002, upper: 0.06 },
  } as const;
  return {
    changeId: change.id,
    effect,
    verdict: { word, sentence: "as measured", remedy: null },
    candidateUnits: 1000,
    controlUnits: 1000,
    candidateMean: 0.1,
    controlMean: 0.07,
    guardrails: [guardrail],
  };
}

const situation = (told: Partial<RolloutSituation> = {}): RolloutSituation => ({
  policy: examplePolicy(),
  playbookVersion: 1,
  health: [green],
  evidence: evidence("too early"),
  evidenceDigest: digestOf("snapshot"),
  unitsAtStep: 50,
  decisions: 4000,
  cyclesEnded: 5,
  now: NOON,
  ...told,
});

/** Given what happened, when this is the situation, then this follows. */
function given(events: readonly ChangeEvent[]): { readonly when: (told?: Partial<RolloutSituation>) => RolloutMove } {
  const state = stateAfter(events);
  return { when: (told = {}) => decideRollout(state, situation(told)) };
}

const kinds = (move: RolloutMove): readonly string[] =>
  move.kind === "events" ? move.events.map((event) => event.kind) : [move.kind];
const UNDONE = ["change.rollback_started", "change.rolled_back"];

describe("an approved change", () => {
  it("starts as a canary at the first step", () => {
    expect(given(approved).when()).toMatchObject({ events: [{ kind: "change.started", share: 0.1, cycle: 5 }] });
  });

  it("waits for a person, and expires when nobody rules on it for as long as an approval would be valid", () => {
    const pending = reviewed(change);
    const sla = examplePolicy().approvalValidForMs;
    expect(given(pending).when({ now: later(NOON, sla) })).toMatchObject({ kind: "stay" });
    expect(kinds(given(pending).when({ now: later(NOON, sla + 1) }))).toEqual(["change.expired"]);
  });

  it("expires when another playbook is in force than it edits", () => {
    expect(given(approved).when({ playbookVersion: 2 })).toMatchObject({ events: [{ kind: "change.expired" }] });
  });

  it("expires when its approvals lapsed, or the policy has moved on (I14, I15)", () => {
    const lapsed = later(NOON, examplePolicy().approvalValidForMs + 1);
    expect(kinds(given(approved).when({ now: lapsed }))).toEqual(["change.expired"]);
    expect(kinds(given(approved).when({ policy: examplePolicy({ version: 2 }) }))).toEqual(["change.expired"]);
  });

  it("does not start while a health check is red or has no data, and may start later", () => {
    // The old code started a canary on red health, to roll it back a cycle later.
    expect(given(approved).when({ health: [green, red] })).toMatchObject({
      kind: "stay",
      sentence: expect.stringContaining("contradict"),
    });
    expect(given(approved).when({ health: [silent] })).toMatchObject({ kind: "stay" });
  });
});

describe("a running change is rolled back", () => {
  it.each<readonly [string, Partial<RolloutSituation>, string]>([
    ["when a health check is red", { health: [red] }, "health check failed"],
    [
      "when a guardrail is breached (I10)",
      { evidence: evidence("better", guard("breached")) },
      "guardrail unsubscribe-guard",
    ],
    ["when it does harm", { evidence: evidence("worse") }, "harm"],
    [
      "when it makes no meaningful difference",
      { evidence: evidence("no meaningful difference") },
      "no meaningful difference",
    ],
    [
      "when it has proved nothing in all the cycles it was given",
      { cyclesEnded: 3 + 12 },
      "inconclusive after 12 cycles",
    ],
    [
      "when it has had no data in all those cycles",
      { cyclesEnded: 3 + 12, evidence: null, health: [silent] },
      "inconclusive",
    ],
  ])("%s", (_, told, reason) => {
    for (const events of [canary, ramping]) {
      const move = given(events).when(told);
      expect(kinds(move)).toEqual(UNDONE);
      expect(move).toMatchObject({ events: [{ reason: expect.stringContaining(reason), decisions: 4000 }, {}] });
    }
  });

  it("also while a person holds it", () => {
    const held = [...canary, { kind: "change.held", ...about, reason: "wait" }] as const;
    expect(kinds(given(held).when({ evidence: evidence("worse") }))).toEqual(UNDONE);
    expect(given(held).when({ evidence: evidence("better") })).toEqual({ kind: "stay", sentence: "held by a person" });
  });

  it("not a cycle before its time is up", () => {
    expect(kinds(given(canary).when({ cyclesEnded: 3 + 11 }))).toEqual(["change.advanced"]);
  });
});

describe("a running change stays where it is", () => {
  it.each<readonly [string, Partial<RolloutSituation>, string]>([
    ["before any of its decisions is mature", { evidence: null }, "no fresh data"],
    ["while a health check has no data", { health: [silent] }, "no fresh data"],
    ["before the step has its units", { unitsAtStep: 49 }, "49 of 50 units at this step"],
    ["while a guardrail is in the grey zone", { evidence: evidence("better", guard("watch")) }, "grey zone"],
    ["while a guardrail has seen nobody", { evidence: evidence("better", guard("no data", 0)) }, "has no data"],
  ])("%s", (_, told, sentence) => {
    expect(given(canary).when(told)).toMatchObject({ kind: "stay", sentence: expect.stringContaining(sentence) });
    expect(given(ramping).when(told)).toMatchObject({ kind: "stay", sentence: expect.stringContaining(sentence) });
  });

  it("before the step has lasted long enough, to the millisecond", () => {
    const policy = examplePolicy({ rollout: { ...examplePolicy().rollout, minTimePerStepMs: 1000 } });
    expect(given(canary).when({ policy, now: later(NOON, 999) }).kind).toBe("stay");
    expect(given(canary).when({ policy, now: later(NOON, 1000) }).kind).toBe("events");
  });

  it("at the last step until it is better, its interval clears the policy's bound, and every guardrail has spoken", () => {
    expect(given(ramping).when()).toMatchObject({ kind: "stay", sentence: "too early: as measured" });
    const strict = examplePolicy({ rollout: { ...examplePolicy().rollout, lowerBoundAbove: 0.002 } });
    expect(given(ramping).when({ evidence: evidence("better"), policy: strict }).kind).toBe("stay");
    expect(given(ramping).when({ evidence: evidence("better", guard("no data")) }).kind).toBe("stay");
  });
});

describe("a running change goes on", () => {
  it("to the next step when units, guardrails and health allow it, also where a slow guardrail needs the larger share to speak", () => {
    for (const reading of [guard("fine"), guard("no data", 500)])
      expect(given(canary).when({ evidence: evidence("too early", reading) })).toMatchObject({
        events: [{ kind: "change.advanced", step: 1, share: 0.5 }],
      });
  });

  it("is promoted from the last step, never before (I13)", () => {
    expect(given(ramping).when({ evidence: evidence("better") }).kind).toBe("promote");
    expect(kinds(given(canary).when({ evidence: evidence("better") }))).toEqual(["change.advanced"]);
  });

  it("is promoted straight from the canary where the policy has one step", () => {
    const policy = examplePolicy({ rollout: { ...examplePolicy().rollout, steps: [0.1] } });
    expect(given(canary).when({ evidence: evidence("better"), policy }).kind).toBe("promote");
  });

  it("is promoted on a fall where less is better", () => {
    const base = examplePolicy();
    const policy = { ...base, metrics: base.metrics.map((metric) => ({ ...metric, direction: "decrease" as const })) };
    const fall = evidence("better");
    if (fall.effect.kind === "refused") throw new Error("the example has an effect");
    const falling = { ...fall, effect: { ...fall.effect, estimate: -0.03, sequence: { lower: -0.06, upper: -0.002 } } };
    expect(given(ramping).when({ evidence: falling, policy }).kind).toBe("promote");
    expect(given(ramping).when({ evidence: evidence("better"), policy }).kind).toBe("stay");
  });
});

/** Something that happens to a change: time passes, a person speaks, or a tick comes. */
type Command =
  | { readonly kind: "tick"; readonly situation: Partial<RolloutSituation>; readonly policyVersion: number }
  | { readonly kind: "approve" | "reject"; readonly by: typeof BO; readonly role: string; readonly edited: boolean }
  | { readonly kind: "undo" }
  | { readonly kind: "wait"; readonly ms: number };

const words: readonly VerdictWord[] = [
  "better",
  "worse",
  "no meaningful difference",
  "too early",
  "cannot tell",
  "cannot trust yet",
];

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("tick" as const),
      policyVersion: fc.constantFrom(1, 1, 1, 1, 1, 2),
      situation: fc.record({
        health: fc.constantFrom([green], [green], [green], [green, silent], [red]),
        evidence: fc.oneof(
          fc.constant(null),
          fc
            .tuple(
              fc.constantFrom(...words, "better" as const),
              fc.constantFrom(
                guard("fine"),
                guard("fine"),
                guard("watch"),
                guard("no data"),
                guard("no data", 0),
                guard("breached"),
              ),
            )
            .map(([word, reading]) => evidence(word, reading)),
        ),
        unitsAtStep: fc.constantFrom(0, 49, 50, 5000),
        cyclesEnded: fc.constantFrom(3, 5, 15),
        playbookVersion: fc.constantFrom(1, 1, 1, 1, 2),
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "reject" as const),
      by: fc.constantFrom(BO, CY, ENGINE),
      role: fc.constantFrom("lever-owner", "revenue"),
      edited: fc.constantFrom(false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "undo" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 3_600_000, 8 * 86_400_000) }),
  },
);

const roles = { "lever-owner": [BO, ENGINE], revenue: [CY, BO] };
const approvers = [
  { role: "lever-owner", count: 1 },
  { role: "revenue", count: 1 },
];

function eventsOf(state: ChangeState, given_: Command, policy: Policy, now: Instant): readonly ChangeEvent[] {
  switch (given_.kind) {
    case "wait":
      return [];
    case "undo": {
      const move = isExposed(state.status) ? rollBack(state, "undone", { evidence: null, decisions: 0 }) : null;
      return move?.kind === "events" ? move.events : [];
    }
    case "tick": {
      const move = decideRollout(
        state,
        situation({ ...given_.situation, policy: { ...policy, version: given_.policyVersion }, now }),
      );
      if (move.kind === "promote")
        return [
          { kind: "change.promoted", ...about, playbookVersion: 2, playbook: digestOf("p"), evidence: digestOf("e") },
        ];
      return move.kind === "events" ? move.events : [];
    }
    case "approve":
    case "reject": {
      const request = {
        by: given_.by,
        role: given_.role,
        revision: given_.edited ? digestOf("other bytes") : state.digest,
        comment: "",
      };
      const answer =
        given_.kind === "approve" ? approve(state, request, policy) : reject(state, request, { policy, decisions: 0 });
      return answer.kind === "accepted" ? answer.events : [];
    }
  }
}

/** Half of the runs begin with a change that got as far as its canary: chance alone seldom gets there. */
const beginning: readonly Command[] = [
  { kind: "approve", by: BO, role: "lever-owner", edited: false },
  { kind: "approve", by: CY, role: "revenue", edited: false },
  { kind: "tick", situation: {}, policyVersion: 1 },
];

interface Step {
  readonly before: ChangeState;
  readonly after: ChangeState;
  readonly cause: Command;
  readonly policy: Policy;
  readonly now: Instant;
}

/** Invariants of the lifecycle that a step breaks, by number. */
function broken({ before, after, cause, policy, now }: Step): readonly string[] {
  const tick = cause.kind === "tick" ? cause : null;
  const seen = tick?.situation.evidence ?? null;
  const guardrails = seen?.guardrails ?? [];
  const exposed = isExposed(after.status);
  const starts = before.share === 0 && after.share > 0;
  const rises = before.share > 0 && after.share > before.share;
  const people = after.approvals.filter(({ digest, by }) => digest === after.digest && by !== change.author);
  const approvedByBoth =
    new Set(people.map(({ by }) => by)).size === 2 && new Set(people.map(({ role }) => role)).size === 2;
  const healthy = (tick?.situation.health ?? [green]).every(({ state }) => state === "green");
  const breached = guardrails.some(({ state }) => state === "breached");
  const becomesPromoted = after.status === "promoted" && before.status !== "promoted";
  const holds: Readonly<Record<string, boolean>> = {
    "I1, I2: traffic while exposed, and only then": exposed === after.share > 0,
    "I3: exposed by two people's approval of these bytes": !exposed || approvedByBoth,
    "I5: a share of those outside the holdout": after.share <= 1,
    "I9: more traffic on green health only": !(starts || rises) || healthy,
    "I9: more traffic only where every guardrail saw somebody and none is grey":
      !rises || (seen !== null && guardrails.every(({ state, units }) => state !== "watch" && units > 0)),
    "I9: more traffic only after the step's own units": !rises || (tick?.situation.unitsAtStep ?? 50) >= 50,
    "I10: a breach undoes at once": !(isExposed(before.status) && breached) || after.status === "rolled_back",
    "I11: what is over stays as it is": isOpen(before.status) || after === before,
    "I13: promoted from the full ramp": !becomesPromoted || before.step === policy.rollout.steps.length - 1,
    "I14: started under the policy it was checked under": !starts || tick?.policyVersion === after.policyVersion,
    "I15: started on approvals that hold":
      !starts || after.approvals.every(({ at }) => now - at <= policy.approvalValidForMs),
    "I16: with its evidence": !exposed || after.evidence !== null,
  };
  return Object.keys(holds).filter((invariant) => holds[invariant] === false);
}

describe("any sequence of ticks, approvals, rejections and undoing", () => {
  it("holds the invariants at every step (law)", () => {
    const reached = new Set<string>();
    const policy = examplePolicy({ roles });
    fc.assert(
      fc.property(fc.boolean(), fc.array(command, { minLength: 10, maxLength: 40 }), (begun, commands) => {
        let now = NOON;
        let state = stateAfter(reviewed(change, { approvers }));
        for (const next of begun ? [...beginning, ...commands] : commands) {
          if (next.kind === "wait") now = instant(now + next.ms);
          const at = now;
          const after = eventsOf(state, next, policy, at).reduce<ChangeState>(
            (s, event) => evolveChange(s, event, at),
            state,
          );
          expect(broken({ before: state, after, cause: next, policy, now: at })).toEqual([]);
          state = after;
          reached.add(state.status);
        }
      }),
      { numRuns: 2000, seed: 20_260_302 },
    );
    // A law that never gets anywhere would hold, too.
    expect(reached).toEqual(
      new Set(["pending", "approved", "rejected", "expired", "canary", "ramping", "promoted", "rolled_back"]),
    );
  });
});
