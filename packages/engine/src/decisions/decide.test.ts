import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { actionId, changeId, unitId } from "../ids.ts";
import {
  chances,
  exampleEdit,
  exampleLever,
  exampleLimits,
  examplePlaybook,
  NOON,
  OFFER,
  PLAIN,
  STORY,
} from "../loop-examples.contract.ts";
import { instant, later } from "../time.ts";
import { cohortOf, placeOf } from "./cohort.ts";
import { decide, redraw } from "./decide.ts";
import type { DecisionFrame, Rollout } from "./plan.ts";
import type { Decision } from "./decision.ts";
import { playbookDigest, withEdits } from "./playbook.ts";

const CHANGE = changeId("chg_example");
const playbook = examplePlaybook({ segments: { all: chances(0.5, 0.3, 0.2) } });
const rollout: Rollout = {
  changeId: CHANGE,
  lever: "content",
  candidate: withEdits(playbook, [exampleEdit(chances(0.1, 0.9, 0))]),
  share: 0.25,
};

function frameWith(told: Partial<DecisionFrame> = {}): DecisionFrame {
  return {
    salt: "salt",
    playbook,
    documents: { playbook: playbookDigest(playbook), policy: digestOf("policy") },
    rollouts: [],
    holdoutShare: 0.1,
    limits: { content: exampleLimits() },
    cycle: 3,
    ...told,
  };
}

function decided(frame: DecisionFrame, unit: string, at = NOON): Decision {
  const outcome = decide(frame, { point: "first-email", unitId: unitId(unit), context: { size: "small" } }, at);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return outcome.decision;
}

const units = Array.from({ length: 10_000 }, (_, i) => `unit-${i}`);

/** Four standard errors of a share of n. */
const slack = (p: number, n: number): number => 4 * Math.sqrt((p * (1 - p)) / n);

describe("a decision", () => {
  it("follows from the frame, the request and the window alone (law)", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }).filter((s) => /^[ -~]*\S[ -~]*$/u.test(s)),
        (unit) => {
          const frame = frameWith({ rollouts: [rollout] });
          expect(decided(structuredClone(frame), unit)).toEqual(decided(frame, unit));
        },
      ),
    );
  });

  it("is one per unit and window: the same id and the same draw", () => {
    const hour = 3_600_000;
    const frame = frameWith({ playbook: examplePlaybook({ decisionWindowMs: hour }) });
    const first = decided(frame, "a", NOON);
    expect(decided(frame, "a", later(NOON, hour - 1))).toMatchObject({ id: first.id, action: first.action });
    expect(decided(frame, "a", later(NOON, hour)).id).not.toBe(first.id);
    expect(decided(frame, "b", NOON).id).not.toBe(first.id);
  });

  it("without a window is one per moment", () => {
    const frame = frameWith();
    expect(decided(frame, "a", instant(NOON + 1)).id).not.toBe(decided(frame, "a", NOON).id);
  });

  it("draws each action as often as its propensity says", () => {
    const frame = frameWith({ holdoutShare: 0 });
    const decisions = units.map((unit) => decided(frame, unit));
    for (const [action, p] of Object.entries({ [PLAIN]: 0.5, [STORY]: 0.3, [OFFER]: 0.2 })) {
      const taken = decisions.filter((d) => d.action === action);
      expect(taken.every((d) => d.propensity === p)).toBe(true);
      expect(Math.abs(taken.length / units.length - p)).toBeLessThan(slack(p, units.length));
    }
  });

  it("gives the holdout the baseline for certain, whatever runs", () => {
    const frame = frameWith({ rollouts: [rollout] });
    const held = units.map((unit) => decided(frame, unit)).filter((d) => d.cohort === "holdout");
    expect(held.length).toBeGreaterThan(0);
    expect(held.every((d) => d.action === PLAIN && d.propensity === 1)).toBe(true);
  });

  it("gives the candidate's probabilities to the candidate cohort only, and names the change for all", () => {
    const frame = frameWith({ rollouts: [rollout] });
    const decisions = units.slice(0, 500).map((unit) => decided(frame, unit));
    expect(new Set(decisions.map((d) => `${d.changeId} ${d.rolloutShare}`))).toEqual(new Set([`${CHANGE} 0.25`]));
    const stories = decisions.filter((d) => d.action === STORY);
    expect(stories.map((d) => d.propensity)).toEqual(stories.map((d) => (d.cohort === "candidate" ? 0.9 : 0.3)));
  });

  it("says why in words", () => {
    expect(decided(frameWith({ holdoutShare: 0 }), "unit-1").reasons[0]).toMatch(
      /has a .* % chance in segment all\/size=small under playbook v1/u,
    );
    expect(decided(frameWith({ holdoutShare: 1 }), "unit-1").reasons[0]).toMatch(/^In the holdout/u);
  });

  it("is refused at a point that no lever answers at, naming those that do", () => {
    const asked = { point: "second-email", unitId: unitId("a"), context: {} };
    expect(decide(frameWith(), asked, NOON)).toMatchObject({
      kind: "refused",
      reason: "unknown-point",
      message: expect.stringContaining("first-email"),
    });
  });

  it("can be drawn again under other probabilities, which is how a trace knows what a change altered", () => {
    const lever = exampleLever();
    for (const d of units.slice(0, 50).map((unit) => decided(frameWith({ holdoutShare: 0 }), unit)))
      expect(redraw("salt", lever, { decision: d, probabilities: chances(0.5, 0.3, 0.2) })).toBe(d.action);
  });
});

describe("ranges at serve", () => {
  const serve = (value: Readonly<Record<string, number>>, told: Partial<DecisionFrame> = {}): Decision =>
    decided(frameWith({ holdoutShare: 0, playbook: examplePlaybook({ segments: { all: value } }), ...told }), "unit-1");

  it.each([
    ["above its range", chances(0.2, 0.7, 0.1), { range: { min: 0, max: 0.6 } }],
    ["below its range", chances(0.9, 0.1, 0), { range: { min: 0.05, max: 1 } }],
    ["left out although it has a least", { [PLAIN]: 0.5, [STORY]: 0.5 }, { range: { min: 0.05, max: 1 } }],
    ["not allowed", chances(0.4, 0.3, 0.3), { allowed: [PLAIN, STORY] }],
    ["not a number", chances(Number.NaN, 0.5, 0.5), {}],
    ["negative", chances(1.2, -0.2, 0), {}],
    ["adding up to less than 1", chances(0.3, 0.3, 0.3), {}],
  ])("serve the baseline where a probability is %s", (_, value, limits) => {
    const served = serve(value, { limits: { content: exampleLimits(limits) } });
    expect(served).toMatchObject({ action: PLAIN, propensity: 1 });
    expect(served.reasons[0]).toMatch(/^Baseline served, because/u);
  });

  it("serve the baseline where the value names an action that the lever cannot draw", () => {
    // The old code drew the last known action in its place, with a propensity that was not its own.
    const limits = { content: exampleLimits({ allowed: [PLAIN, STORY, OFFER, actionId("rogue")] }) };
    expect(serve({ ...chances(0, 0.2, 0), rogue: 0.8 }, { limits })).toMatchObject({ action: PLAIN, propensity: 1 });
  });

  it("serve the baseline for a lever that the policy does not name", () => {
    expect(serve(chances(0, 1, 0), { limits: {} })).toMatchObject({ action: PLAIN, propensity: 1 });
  });
});

describe("cohorts", () => {
  const cohorts = (share: number, change = CHANGE): ReadonlyMap<string, string> =>
    new Map(
      units.map((unit) => [
        unit,
        cohortOf({
          salt: "salt",
          unitId: unitId(unit),
          ...placeOf("salt", unitId(unit)),
          holdoutShare: 0.1,
          businessAsUsualShare: 0,
          rollout: { changeId: change, share },
        }),
      ]),
    );
  const among = (of: ReadonlyMap<string, string>, cohort: string): readonly string[] =>
    units.filter((u) => of.get(u) === cohort);

  it("come out in their shares, the rollout's being of those outside the holdout", () => {
    const of = cohorts(0.25);
    expect(Math.abs(among(of, "holdout").length / units.length - 0.1)).toBeLessThan(slack(0.1, units.length));
    const eligible = units.length - among(of, "holdout").length;
    expect(Math.abs(among(of, "candidate").length / eligible - 0.25)).toBeLessThan(slack(0.25, eligible));
  });

  it("only grow as a ramp rises: who got the candidate keeps it, and the holdout never does", () => {
    const steps = [0.05, 0.25, 0.5, 1].map((share) => cohorts(share));
    steps.slice(1).forEach((later_, i) => {
      const before = steps[i] ?? new Map();
      expect(among(before, "candidate").filter((unit) => later_.get(unit) !== "candidate")).toEqual([]);
      expect(among(later_, "holdout")).toEqual(among(before, "holdout"));
    });
  });

  it("of two changes are independent, and independent of folds", () => {
    const [a, b] = [cohorts(0.5), cohorts(0.5, changeId("chg_other"))];
    const candidates = among(a, "candidate");
    const both = candidates.filter((unit) => b.get(unit) === "candidate").length;
    expect(Math.abs(both / candidates.length - 0.5)).toBeLessThan(slack(0.5, candidates.length));
    const folds = candidates.map((unit) => placeOf("salt", unitId(unit)).fold);
    for (const fold of [0, 1, 2, 3])
      expect(Math.abs(folds.filter((f) => f === fold).length / folds.length - 0.25)).toBeLessThan(
        slack(0.25, folds.length),
      );
  });
});
