import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { BO, exampleChange, NOON, reviewed, stateAfter } from "../loop-examples.contract.ts";
import type { ChangeEvent, ChangeState, ChangeStatus } from "./change.ts";
import { evolveChange, isExposed, isOpen } from "./change-lifecycle.ts";

const change = exampleChange();
const about = { changeId: change.id };
const evidence = digestOf("evidence");

const events = {
  evidenced: { kind: "change.evidenced", ...about, evidence },
  reviewed: reviewed(change)[2],
  approval: {
    kind: "change.approval_given",
    ...about,
    by: BO,
    role: "lever-owner",
    digest: digestOf(change),
    policyVersion: 1,
    comment: "",
  },
  approved: { kind: "change.approved", ...about },
  rejected: { kind: "change.rejected", ...about, by: BO, reason: "no", decisions: 0 },
  expired: { kind: "change.expired", ...about, reason: "nobody spoke" },
  started: { kind: "change.started", ...about, share: 0.1, cycle: 3 },
  advanced: { kind: "change.advanced", ...about, step: 1, share: 0.5, evidence },
  held: { kind: "change.held", ...about, reason: "wait" },
  resumed: { kind: "change.resumed", ...about, share: 0.1 },
  promoted: { kind: "change.promoted", ...about, playbookVersion: 2, playbook: digestOf("p"), evidence },
  rollback: { kind: "change.rollback_started", ...about, reason: "harm", evidence, decisions: 5000 },
  rolledBack: { kind: "change.rolled_back", ...about },
} satisfies Record<string, ChangeEvent | undefined>;

type EventName = keyof typeof events;

/** One way into each status. */
const ways: Readonly<Record<Exclude<ChangeStatus, "superseded">, readonly EventName[]>> = {
  draft: [],
  evidence: ["evidenced"],
  policy_check: ["evidenced", "reviewed"],
  pending: ["evidenced", "reviewed"],
  approved: ["evidenced", "reviewed", "approved"],
  canary: ["evidenced", "reviewed", "approved", "started"],
  ramping: ["evidenced", "reviewed", "approved", "started", "advanced"],
  holding: ["evidenced", "reviewed", "approved", "started", "held"],
  promoted: ["evidenced", "reviewed", "approved", "started", "advanced", "promoted"],
  rolling_back: ["evidenced", "reviewed", "approved", "started", "rollback"],
  rolled_back: ["evidenced", "reviewed", "approved", "started", "rollback", "rolledBack"],
  rejected: ["rejected"],
  expired: ["expired"],
};

/** What may follow in the lifecycle: a legal transition for each pair of status and event. */
const legal: Readonly<Record<keyof typeof ways, readonly EventName[]>> = {
  draft: ["evidenced", "rejected", "expired"],
  evidence: ["reviewed", "rejected", "expired"],
  policy_check: ["approved", "rejected", "expired"],
  pending: ["approval", "approved", "rejected", "expired"],
  approved: ["started", "rejected", "expired"],
  canary: ["advanced", "held", "promoted", "rollback"],
  ramping: ["advanced", "held", "promoted", "rollback"],
  holding: ["resumed", "rollback"],
  promoted: ["rollback"],
  rolling_back: ["rolledBack"],
  rolled_back: [],
  rejected: [],
  expired: [],
};

function eventNamed(name: EventName, automatic: boolean): ChangeEvent {
  const event =
    name === "reviewed" && automatic ? reviewed(change, { kind: "automatic", approvers: [] })[2] : events[name];
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
}

function stateIn(status: keyof typeof ways): ChangeState {
  const [drafted] = reviewed(change);
  if (drafted === undefined) throw new Error("a review begins with its draft");
  return stateAfter([drafted, ...ways[status].map((name) => eventNamed(name, status === "policy_check"))]);
}

const statuses = Object.keys(ways).flatMap((name) => Object.entries(legal).filter(([status]) => status === name));

describe("a change's life", () => {
  it.each(statuses)("from %s goes on only by %j", (name, allowed) => {
    const status = Object.keys(ways).find((own): own is keyof typeof ways => own === name) ?? "draft";
    const state = stateIn(status);
    expect(state.status).toBe(status);
    const followed = Object.keys(events).filter((event): event is EventName => {
      const known = Object.keys(events).find((own): own is EventName => own === event) ?? "evidenced";
      try {
        evolveChange(state, eventNamed(known, false), NOON);
        return true;
      } catch {
        return false;
      }
    });
    expect(new Set(followed)).toEqual(new Set(allowed));
  });

  it("begins with one draft", () => {
    const [drafted] = reviewed(change);
    if (drafted === undefined) throw new Error("a review begins with its draft");
    expect(() => evolveChange(stateIn("draft"), drafted, NOON)).toThrow("was drafted twice");
    expect(() => evolveChange(null, events.approved, NOON)).toThrow("never drafted");
  });

  it("has traffic in canary, ramping and holding only (I1, I2)", () => {
    for (const [name] of statuses) {
      const state = stateIn(Object.keys(ways).find((own): own is keyof typeof ways => own === name) ?? "draft");
      expect([name, state.share > 0]).toEqual([name, ["canary", "ramping", "holding"].includes(name)]);
      expect([name, isExposed(state.status)]).toEqual([name, state.share > 0]);
    }
  });

  it("is over when it was promoted, rolled back, rejected or expired", () => {
    const over = statuses
      .map(([name]) => name)
      .filter(
        (name) =>
          !isOpen(stateIn(Object.keys(ways).find((own): own is keyof typeof ways => own === name) ?? "draft").status),
      );
    expect(over).toEqual(["promoted", "rolled_back", "rejected", "expired"]);
  });

  it("keeps its share while it is held, and goes on from the step where it was", () => {
    const held = evolveChange(stateIn("ramping"), events.held, NOON);
    expect(held).toMatchObject({ status: "holding", share: 0.5, step: 1 });
    expect(evolveChange(held, events.resumed, NOON)).toMatchObject({ status: "ramping", share: 0.5 });
    expect(evolveChange(stateIn("holding"), events.resumed, NOON)).toMatchObject({ status: "canary", share: 0.1 });
  });

  it("remembers the larger of what it was proposed on and what it failed on", () => {
    expect(stateIn("rolled_back").decisions).toBe(5000);
    expect(evolveChange(stateIn("canary"), { ...events.rollback, decisions: 10 }, NOON).decisions).toBe(3000);
  });
});
