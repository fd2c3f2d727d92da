import { mersenneRng } from "@ratchet/stats";
import { describe, expect, it } from "vitest";
import type { ChangeState } from "./governance/change.ts";
import { verifyLedger, chain, GENESIS } from "./governance/ledger.ts";
import { isChoiceEdit } from "./decisions/playbook.ts";
import { changeId } from "./ids.ts";
import {
  BO,
  chances,
  drawCells,
  exampleChange,
  exampleEdit,
  exampleLever,
  examplePlaybook,
  examplePolicy,
  historyOf,
  MEETING,
  NOON,
  reviewed,
  stateAfter,
  STORY,
  UNSUBSCRIBE,
  type CellWorld,
} from "./loop-examples.contract.ts";
import { turn, type Turn, type TurnInput } from "./loop.ts";
import type { OutcomeCell } from "./outcomes/cell.ts";

const playbook = examplePlaybook({ segmentBy: [] });
const world: CellWorld = {
  playbook,
  rate: (_, action) => (action === "story" ? 0.35 : 0.15),
  segments: { all: 1 },
  cycles: [1, 2],
  unitsPerCycle: 2000,
  holdoutShare: 0.1,
};

const exploring = examplePolicy({ exploration: { start: 0.25, floor: 0.05, settledFloor: 0.05 } });

function inputWith(
  meetings: readonly OutcomeCell[],
  told: Partial<TurnInput> = {},
  unsubscribes: readonly OutcomeCell[] = meetings,
): TurnInput {
  const changes = told.changes ?? [];
  const byMetric = new Map([
    [MEETING.id, { cells: meetings, censored: 0 }],
    [UNSUBSCRIBE.id, { cells: unsubscribes, censored: 0 }],
  ]);
  return {
    now: NOON,
    cycle: 2,
    endsCycle: true,
    watermark: NOON,
    policy: exploring,
    playbook,
    history: historyOf([playbook], Object.fromEntries(changes.map(({ change }) => [change.id, change.edits]))),
    changes,
    measurements: new Map([["content", byMetric]]),
    ...told,
  };
}

const kinds = ({ drafts }: Turn): readonly string[] => drafts.map(({ body }) => body.kind);

const approved = (id: string, lever = "content"): ChangeState => {
  const change = exampleChange({ id: changeId(id), lever, edits: [exampleEdit(chances(0.05, 0.9, 0.05), { lever })] });
  const [drafted, ...rest] = reviewed(change, { kind: "automatic", approvers: [] });
  return stateAfter([
    ...(drafted === undefined ? [] : [drafted]),
    ...rest,
    { kind: "change.approved", changeId: change.id },
  ]);
};
const advanced = (id: string, lever = "content"): ChangeState => {
  const before = approved(id, lever);
  return { ...before, status: "ramping", share: 0.5, step: 1, startedAt: NOON, stepSince: NOON, startedAfterCycle: 1 };
};

describe("one turn of the loop", () => {
  const cells = drawCells(mersenneRng(1), world);

  it("records its evidence, proposes what the evidence supports, and says who must approve", () => {
    const result = turn(inputWith(cells));
    expect(kinds(result)).toEqual([
      "evidence.recorded",
      "change.drafted",
      "change.evidenced",
      "change.reviewed",
      "cycle.completed",
    ]);
    const [report] = result.reports;
    expect(report?.proposed?.edits).toMatchObject([{ segment: "all", to: { [STORY]: 0.9 } }]);
    expect(report?.proposal).toContain("needs approval by 1 × lever-owner");
    expect(result.documents.map(({ kind }) => kind)).toEqual(["evidence"]);
  });

  it("names a change by what it does: more evidence for the same edits deals no other cohorts", () => {
    const more = drawCells(mersenneRng(9), { ...world, unitsPerCycle: 3000 });
    const [first, second] = [turn(inputWith(cells)), turn(inputWith(more))].map(({ reports }) => reports[0]?.proposed);
    expect(second?.predicted).not.toEqual(first?.predicted);
    expect(second?.id).toBe(first?.id);
  });

  it("needs nobody where the policy says so", () => {
    const base = examplePolicy();
    const policy = {
      ...base,
      levers: base.levers.map((lever) => ({ ...lever, minTier: "T0" as const, sensitivity: 0.1 })),
    };
    expect(kinds(turn(inputWith(cells, { policy })))).toContain("change.approved");
  });

  it("gives the same bytes for the same input, in whatever order measurements were put in", () => {
    const input = inputWith(cells);
    const turned = new Map([...(input.measurements.get("content") ?? [])].toReversed());
    const again = turn({ ...input, measurements: new Map([["content", turned]]) });
    expect(JSON.stringify(again)).toBe(JSON.stringify(turn(input)));
    expect(verifyLedger(chain(GENESIS, again.drafts)).kind).toBe("whole");
  });

  it("proposes nothing from data whose health is red, and says which check failed", () => {
    const crooked = cells.filter((cell) => cell.cohort !== "holdout" || cell.fold === 0);
    const result = turn(inputWith(crooked));
    expect(kinds(result)).toEqual(["evidence.recorded", "cycle.completed"]);
    expect(result.reports[0]?.proposal).toContain("red");
    expect(result.reports[0]?.snapshot.programme.verdict.word).toBe("cannot trust yet");
  });

  it("proposes nothing where the policy does not name the lever", () => {
    const policy = { ...examplePolicy(), levers: [] };
    expect(kinds(turn(inputWith(cells, { policy })))).toEqual(["evidence.recorded", "cycle.completed"]);
  });

  it("does not draft what memory forbids for now", () => {
    const failed = stateAfter([
      ...reviewed(exampleChange()),
      { kind: "change.rejected", changeId: exampleChange().id, by: BO, reason: "not in spring", decisions: 0 },
    ]);
    const result = turn(inputWith(cells, { changes: [{ ...failed, decisions: 1_000_000 }] }));
    expect(
      result.reports[0]?.proposed?.edits.filter(isChoiceEdit).some(({ to }) => (to[STORY] ?? 0) > 1 / 3) ?? false,
    ).toBe(false);
  });

  it("waits with proposals while a change of the lever is open", () => {
    const waiting = stateAfter(reviewed(exampleChange()));
    const result = turn(inputWith(cells, { changes: [waiting] }));
    expect(result.reports[0]?.proposal).toBe("one change at a time");
  });

  it("promotes a change that proved itself on its full ramp, as the next version with its parent", () => {
    const state = advanced("chg_run");
    const rollout = { changeId: state.change.id, edits: state.change.edits, share: 0.5 };
    const meetings = drawCells(mersenneRng(2), { ...world, cycles: [2], unitsPerCycle: 4000, rollout });
    const unsubscribes = drawCells(mersenneRng(2), {
      ...world,
      cycles: [2],
      unitsPerCycle: 4000,
      rollout,
      rate: () => 0.02,
    });
    const result = turn(inputWith(meetings, { changes: [state] }, unsubscribes));
    expect(kinds(result)).toEqual(["evidence.recorded", "change.promoted", "playbook.published", "cycle.completed"]);
    expect(result.documents[1]?.body).toMatchObject({
      version: 2,
      changeId: "chg_run",
      levers: [{ segments: { all: { [STORY]: 0.9 } } }],
    });
  });
});

describe("a look in between", () => {
  it("does not count the cycle that runs: a rollout has all the cycles that the policy gives it", () => {
    // Old code counted it, and called a canary inconclusive in the first minute of its last cycle.
    const policy = examplePolicy();
    const state = { ...advanced("chg_run"), startedAfterCycle: 1 };
    const input = inputWith([], {
      changes: [state],
      policy: { ...policy, rollout: { ...policy.rollout, maxCycles: 1 } },
    });
    expect(kinds(turn({ ...input, endsCycle: false })).filter((kind) => kind.startsWith("change."))).toEqual([]);
    expect(kinds(turn(input))).toContain("change.rolled_back");
  });

  it("ends a rollout that never got data: its cycles count from its start, not from its first outcome", () => {
    const policy = examplePolicy();
    const input = inputWith([], { changes: [advanced("chg_run")], cycle: 1 + policy.rollout.maxCycles });
    expect(turn(input).reports[0]?.moves[0]).toContain(`inconclusive after ${policy.rollout.maxCycles} cycles`);
  });
});

describe("two levers in one turn", () => {
  it("that both promote make two versions, the second on top of the first", () => {
    // Old code published version 2 twice, and lost the first one's edits.
    const levers = [
      exampleLever({ segmentBy: [] }),
      exampleLever({ segmentBy: [], name: "timing", point: "second-email" }),
    ];
    const both = { ...playbook, levers };
    const states = [advanced("chg_a"), advanced("chg_b", "timing")];
    const base = examplePolicy();
    const [limits] = base.levers;
    const policy = { ...base, levers: limits === undefined ? [] : [limits, { ...limits, lever: "timing" }] };
    const measured = (
      seed: number,
      state: ChangeState,
      lever: string,
    ): readonly [string, ReadonlyMap<string, { cells: readonly OutcomeCell[]; censored: number }>] => {
      // Both levers try the same; the world knows the first one's name.
      const rollout = { changeId: state.change.id, edits: exampleChange().edits, share: 0.5 };
      const drawn = { ...world, cycles: [2], unitsPerCycle: 4000, rollout };
      const meetings = drawCells(mersenneRng(seed), drawn);
      const unsubscribes = drawCells(mersenneRng(seed), { ...drawn, rate: () => 0.02 });
      return [
        lever,
        new Map([
          [MEETING.id, { cells: meetings, censored: 0 }],
          [UNSUBSCRIBE.id, { cells: unsubscribes, censored: 0 }],
        ]),
      ];
    };
    const [a, b] = states;
    if (a === undefined || b === undefined) throw new Error("two changes run");
    const result = turn({
      ...inputWith([], { changes: states, policy, playbook: both }),
      history: historyOf([both], Object.fromEntries(states.map(({ change }) => [change.id, change.edits]))),
      measurements: new Map([measured(2, a, "content"), measured(2, b, "timing")]),
    });
    const versions = result.drafts.flatMap(({ body }) => (body.kind === "playbook.published" ? [body.version] : []));
    expect(versions).toEqual([2, 3]);
    const last = result.documents.findLast(({ kind }) => kind === "playbook");
    expect(last?.body).toMatchObject({
      levers: [{ segments: { all: { [STORY]: 0.9 } } }, { segments: { all: { [STORY]: 0.9 } } }],
    });
  });
});
