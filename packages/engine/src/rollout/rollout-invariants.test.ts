import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { VerdictWord } from "../evidence/verdict.ts";
import { approve, reject } from "../governance/approve.ts";
import type { ChangeEvent, ChangeState } from "../governance/change.ts";
import { evolveChange, isExposed, isOpen } from "../governance/change-lifecycle.ts";
import type { Policy } from "../governance/policy.ts";
import { ENGINE } from "../ids.ts";
import { BO, CY, examplePolicy, NOON, reviewed, stateAfter } from "../loop-examples.contract.ts";
import { instant, type Instant } from "../time.ts";
import { decideRollout, rollBack, type RolloutSituation } from "./decide-rollout.ts";
import { about, change, evidence, green, guard, red, silent, situation } from "../loop-rollout-examples.contract.ts";

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
