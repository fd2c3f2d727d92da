import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { segmentId } from "../ids.ts";
import {
  BO,
  chances,
  exampleChange,
  exampleEdit,
  OFFER,
  reviewed,
  stateAfter,
  STORY,
} from "../loop-examples.contract.ts";
import type { ChangeState } from "./change.ts";
import { barredActions, favoured, rememberedFailure } from "./memory.ts";

const change = exampleChange();
const about = { changeId: change.id };
const [edit = exampleEdit(chances(0, 1, 0))] = change.edits;
const approved = [...reviewed(change), { kind: "change.approved", ...about }] as const;
const started = [...approved, { kind: "change.started", ...about, share: 0.1, cycle: 4 }] as const;

const rolledBack = stateAfter([
  ...started,
  { kind: "change.rollback_started", ...about, reason: "harm", evidence: digestOf("e"), decisions: 5000 },
  { kind: "change.rolled_back", ...about },
]);
const rejected = stateAfter([
  ...reviewed(change),
  { kind: "change.rejected", ...about, by: BO, reason: "no", decisions: 0 },
]);
const expired = stateAfter([...approved, { kind: "change.expired", ...about, reason: "approvals lapsed" }]);

const remembers = (state: ChangeState, decisions: number, tried = edit): boolean =>
  rememberedFailure([state], [tried], decisions) !== null;

describe("memory", () => {
  it("of a change that was rolled back lasts until there are twice the decisions that it failed on", () => {
    expect(remembers(rolledBack, 9999)).toBe(true);
    expect(remembers(rolledBack, 10_000)).toBe(false);
    expect(rememberedFailure([rolledBack], [edit], 9999)).toMatchObject({
      changeId: change.id,
      reason: "harm",
      decisions: 5000,
    });
  });

  it("of a change that a person rejected counts from the decisions it was proposed on", () => {
    expect(remembers(rejected, 5999)).toBe(true);
    expect(remembers(rejected, 6000)).toBe(false);
  });

  it("does not hold silence against a change: one that expired may be proposed again at once", () => {
    expect(remembers(expired, 0)).toBe(false);
  });

  it("knows a change by its segment and the action it favours, not by its numbers", () => {
    expect(remembers(rolledBack, 0, exampleEdit(chances(0.1, 0.7, 0.2)))).toBe(true);
    expect(remembers(rolledBack, 0, exampleEdit(chances(0.05, 0.05, 0.9)))).toBe(false);
    expect(remembers(rolledBack, 0, { ...edit, segment: segmentId("all/size=small") })).toBe(false);
    expect(remembers(rolledBack, 0, { ...edit, lever: "timing" })).toBe(false);
  });

  it("says nothing about changes that run or were promoted", () => {
    expect(remembers(stateAfter([...started]), 0)).toBe(false);
    const promoted = {
      kind: "change.promoted",
      ...about,
      playbookVersion: 2,
      playbook: digestOf("p"),
      evidence: digestOf("e"),
    } as const;
    expect(remembers(stateAfter([...started, promoted]), 0)).toBe(false);
  });

  it("bars the favoured action of each failed change of the lever", () => {
    expect(barredActions([rolledBack], "content", 0)).toEqual(new Set([STORY]));
    expect(barredActions([rolledBack], "content", 10_000)).toEqual(new Set());
    expect(barredActions([rolledBack], "timing", 0)).toEqual(new Set());
  });

  it("takes for favoured what gains most, not what has most", () => {
    expect(favoured(exampleEdit(chances(0.7, 0.1, 0.2), { from: chances(0.9, 0.1, 0) }))).toBe(OFFER);
  });
});
