import { describe, expect, it } from "vitest";
import type { ChangeEvent } from "../governance/change.ts";
import { examplePolicy, NOON, reviewed, stateAfter } from "../loop-examples.contract.ts";
import { later } from "../time.ts";
import { decideRollout, type RolloutMove, type RolloutSituation } from "./decide-rollout.ts";
import {
  about,
  approved,
  canary,
  change,
  evidence,
  green,
  guard,
  ramping,
  red,
  silent,
  situation,
} from "../loop-rollout-examples.contract.ts";

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

it("pauses while an incident voids its data, and its guardrails go on being watched", () => {
  const incident = { ...red, check: "data-incident" as const };
  expect(given(ramping).when({ health: [green, incident] })).toMatchObject({ kind: "stay" });
  const breached = { health: [green, incident], evidence: evidence("cannot trust yet", guard("breached")) };
  expect(kinds(given(ramping).when(breached))).toEqual(["change.rollback_started", "change.rolled_back"]);
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
