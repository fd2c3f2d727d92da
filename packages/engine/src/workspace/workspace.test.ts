import { describe, expect, it } from "vitest";
import { verifyLedger } from "../governance/ledger.ts";
import { changeId, decisionId, unitId } from "../ids.ts";
import { BO, CY, STORY } from "../loop-examples.contract.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { DAY_MS, later } from "../time.ts";
import { approveChange, rejectChange, undoChange } from "./rule-on-change.ts";
import { runCycle, watchRollouts } from "./run-cycle.ts";
import { trace, traceChange } from "./trace.ts";
import { exampleWorkspace, traffic, week, type ExampleWorkspace, type World } from "./workspace-examples.contract.ts";
import { Workspace, WorkspaceEmptyError } from "./workspace.ts";

const storyWins: World = (action) => ({ meeting: action === "story" ? 0.35 : 0.15 });

/** A workspace in which one change waits. */
async function withProposal(
  told: Parameters<typeof exampleWorkspace>[0] = {},
): Promise<{ readonly example: ExampleWorkspace; readonly id: ReturnType<typeof changeId> }> {
  const example = await exampleWorkspace(told);
  await week(example, 1500, storyWins);
  const [pending] = example.workspace.view.changes.values();
  if (pending?.status !== "pending") throw new Error("a week in which the story wins brings a proposal");
  return { example, id: pending.change.id };
}

const word = (workspace: Workspace, id: ReturnType<typeof changeId>): Parameters<typeof approveChange>[2] => {
  const state = workspace.change(id);
  if (state === null) throw new Error(`no change ${id}`);
  return { by: BO, role: "lever-owner", revision: state.digest, comment: "" };
};

/** Weeks in which the story wins and everything is approved, until a change is promoted. */
async function promote(example: ExampleWorkspace): Promise<void> {
  for (let i = 0; i < 10 && example.workspace.playbook.version === 1; i++) {
    await week(example, 1200, storyWins);
    for (const { change, status } of example.workspace.view.changes.values())
      if (status === "pending") await approveChange(example.workspace, change.id, word(example.workspace, change.id));
  }
  expect(example.workspace.playbook.version).toBe(2);
}

/** Approved, and started by the next cycle. */
async function withCanary(
  world: World = storyWins,
): Promise<{ readonly example: ExampleWorkspace; readonly id: ReturnType<typeof changeId> }> {
  const { example, id } = await withProposal();
  await approveChange(example.workspace, id, word(example.workspace, id));
  await week(example, 600, world);
  expect(example.workspace.change(id)?.status).toBe("canary");
  return { example, id };
}

describe("a workspace", () => {
  it("answers those who ask for one unit at the same time alike, and sees no contradiction in it", async () => {
    const { workspace, stores, setClock } = await exampleWorkspace({}, { decisionWindowMs: DAY_MS });
    const request = { point: "first-email", unitId: unitId("asked twice"), context: { size: "small" } };
    const first = workspace.decide(request);
    setClock(later(stores.clock(), 1));
    const second = workspace.decide(request);
    expect(await second).toEqual(await first);
    setClock(later(stores.clock(), 1));
    expect(await workspace.decide(request)).toEqual(await first);
    expect(await stores.state.backlog()).toBe(1);
    expect(await stores.state.quarantinedCount()).toBe(0);
  });

  it("is empty until it is created, and is created once, also by two at the same time", async () => {
    const { stores } = await exampleWorkspace();
    expect((await Workspace.open(stores)).isEmpty).toBe(false);
    const fresh = await Workspace.open({ ...stores, state: memoryStateStore() });
    expect(fresh.isEmpty).toBe(true);
    expect(() => fresh.policy).toThrow(WorkspaceEmptyError);
    const { workspace } = await exampleWorkspace();
    const seed = { salt: "s", policy: workspace.policy, playbook: workspace.playbook, createdBy: BO };
    const both = await Promise.allSettled([fresh.create(seed), fresh.create({ ...seed, salt: "other" })]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(fresh.view.salt).toBe("s");
  });

  it("reads the same from its ledger when it is opened again, in the middle of a rollout", async () => {
    const { example } = await withCanary();
    const again = await Workspace.open(example.stores);
    expect(again.view).toEqual(example.workspace.view);
    expect(again.frame).toEqual(example.workspace.frame);
    expect(verifyLedger(await example.stores.state.ledger({})).kind).toBe("whole");
  });

  it("answers a unit's second request in a window with its first decision, also after a promotion in between", async () => {
    const example = await exampleWorkspace({}, { decisionWindowMs: 10_000 * DAY_MS });
    const asked = { point: "first-email", unitId: unitId("a"), context: { size: "small" } };
    const first = await example.workspace.decide(asked);
    await promote(example);
    expect(await example.workspace.decide({ ...asked, context: { size: "large" } })).toEqual(first);
    expect(await example.workspace.decide({ ...asked, unitId: unitId("b") })).toMatchObject({
      decision: { playbookVersion: 2 },
    });
  });
});

describe("people's words", () => {
  it("on one change are heard one after the other, however they arrive", async () => {
    // Old code let each decide on the view before the other's word: both approvals were recorded, and the change stayed pending for ever.
    const two = [
      { role: "lever-owner", count: 1 },
      { role: "revenue", count: 1 },
    ];
    const { example, id } = await withProposal({
      roles: { "lever-owner": [BO], revenue: [CY] },
      approvals: { T0: { approvers: two }, T1: { approvers: two }, T2: { approvers: two }, T3: { approvers: two } },
    });
    const { workspace } = example;
    const request = word(workspace, id);
    const answers = await Promise.all([
      approveChange(workspace, id, request),
      approveChange(workspace, id, { ...request, by: CY, role: "revenue" }),
      approveChange(workspace, id, request),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(["accepted", "accepted", "refused"]);
    expect(workspace.change(id)?.status).toBe("approved");
    expect(workspace.change(id)?.approvals).toHaveLength(2);
  });

  it("reject for good, and undo at any time while it runs", async () => {
    const { example, id } = await withProposal();
    expect(await undoChange(example.workspace, id, { by: CY, reason: "early" })).toMatchObject({
      code: "change.not_running",
    });
    await rejectChange(example.workspace, id, { ...word(example.workspace, id), comment: "not in spring" });
    expect(example.workspace.change(id)).toMatchObject({ status: "rejected", reason: "not in spring" });
    expect(await approveChange(example.workspace, changeId("chg_unknown"), word(example.workspace, id))).toMatchObject({
      code: "change.unknown",
    });
  });

  it("undo takes the traffic away at once, and is remembered by all the evidence there was", async () => {
    const { example, id } = await withCanary();
    const { workspace } = example;
    expect(workspace.frame.rollouts).toHaveLength(1);
    await undoChange(workspace, id, { by: CY, reason: "bad week" });
    expect(workspace.change(id)).toMatchObject({ status: "rolled_back", reason: "undone by person:cy: bad week" });
    expect(workspace.frame.rollouts).toEqual([]);
    // Proposed on about 1,350 decisions outside the holdout, undone when there were about 1,890: the next try needs twice the latter.
    expect(workspace.change(id)?.decisions).toBeGreaterThan(1700);
  });
});

describe("the scheduled tick", () => {
  it("goes from evidence to a promoted playbook that later decisions follow, and the same facts give the same bytes", async () => {
    const run = async (): Promise<ExampleWorkspace> => {
      const { example } = await withCanary();
      await promote(example);
      return example;
    };
    const [a, b] = [await run(), await run()];
    expect(a.workspace.playbook).toMatchObject({ version: 2, levers: [{ segments: { all: { [STORY]: 0.9 } } }] });
    expect(a.workspace.frame.rollouts).toEqual([]);
    expect(a.workspace.view).toEqual(b.workspace.view);
    const [decision] = await traffic(a, 1, storyWins);
    expect(decision?.playbookVersion).toBe(2);
  });

  it("proposes nothing from one cycle to the next without traffic, and counts the cycle all the same", async () => {
    const { workspace } = await exampleWorkspace();
    const [report] = (await runCycle(workspace)).reports;
    expect(report?.proposed).toBeNull();
    expect(workspace.view.cycle).toBe(1);
  });

  it("is written once where two ended the same cycle", async () => {
    const example = await exampleWorkspace();
    await traffic(example, 50, storyWins);
    const both = await Promise.allSettled([runCycle(example.workspace), runCycle(example.workspace)]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(example.workspace.view.cycle).toBe(1);
  });
});

describe("the rapid tick", () => {
  it("undoes harm between cycles, and ends no cycle", async () => {
    const { example, id } = await withCanary();
    const cycle = example.workspace.view.cycle;
    await traffic(example, 2500, (action) => ({ meeting: 0.15, unsubscribe: action === "story" ? 0.2 : 0.01 }));
    const undone = await watchRollouts(example.workspace);
    expect(undone.map(({ kind }) => kind)).toEqual(["change.rollback_started", "change.rolled_back"]);
    expect(example.workspace.change(id)?.reason).toContain("guardrail");
    expect(example.workspace.view.cycle).toBe(cycle);
    const [started] = undone;
    if (started?.kind !== "change.rollback_started" || started.evidence === null)
      throw new Error("it names its evidence");
    expect(await example.workspace.document(started.evidence)).toMatchObject({ kind: "evidence" });
  });

  it("raises nothing: what the scheduled tick would advance stays where it is", async () => {
    const { example, id } = await withCanary();
    await traffic(example, 2500, storyWins);
    const before = example.workspace.view;
    expect(await watchRollouts(example.workspace)).toEqual([]);
    expect(example.workspace.view).toBe(before);
    await runCycle(example.workspace);
    expect(example.workspace.change(id)?.status).toBe("ramping");
  });
});

describe("a trace", () => {
  it("walks from a decision to the change that made its playbook, its approval, its evidence and the outcomes behind it", async () => {
    const { example, id } = await withCanary();
    await promote(example);
    const decisions = await traffic(example, 20, storyWins);
    const later_ = decisions.find((decision) => decision.cohort === "control");
    if (later_ === undefined) throw new Error("some of 20 are outside the holdout");
    const back = await trace(example.workspace, later_.id);
    expect(back).toMatchObject({ playbook: { version: 2, changeId: id }, change: { state: { status: "promoted" } } });
    expect(back?.change?.entries.map(({ body }) => body.kind)).toContain("change.approval_given");
    expect(back?.change?.evidence?.outcomes).toBeGreaterThan(0);
    expect(back?.change?.evidence?.sample.length).toBeGreaterThan(0);
  });

  it("walks forward from an outcome's decision to decisions that the change it counted for altered", async () => {
    const { example, id } = await withCanary();
    await promote(example);
    const behind = (await traceChange(example.workspace, id))?.evidence?.sample[0];
    if (behind === undefined) throw new Error("the evidence shows outcomes");
    await traffic(example, 60, storyWins);
    const forward = await trace(example.workspace, behind.decision.id);
    expect(forward?.outcomes.map(({ type }) => type)).toContain("meeting_booked");
    expect(forward?.contributedTo.map(({ change }) => change.id)).toContain(id);
    expect(forward?.later.count).toBeGreaterThan(0);
    const [altered] = forward?.later.altered ?? [];
    expect(altered).toMatchObject({ changeId: id });
    expect(altered?.actionBefore).not.toBe(altered?.decision.action);
  });

  it("of a decision that there never was is nothing", async () => {
    const { workspace } = await exampleWorkspace();
    expect(await trace(workspace, decisionId("dec_never"))).toBeNull();
  });
});
