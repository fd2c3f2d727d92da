import { describe, expect, it } from "vitest";
import { verifyLedger } from "../governance/ledger.ts";
import { actorId, type ChangeId } from "../ids.ts";
import { BO } from "../loop-examples.contract.ts";
import { DAY_MS } from "../time.ts";
import { proposeChange, type ProposeAnswer } from "./propose-change.ts";
import { approveChange, rejectChange } from "./rule-on-change.ts";
import { exampleWorkspace, week, type ExampleWorkspace } from "./workspace-examples.contract.ts";

const AGENT = actorId("agent:sdr");
const nothingWorks = () => ({ meeting: 0.2 });

/** A workspace with evidence and no open change: all messages do alike. */
async function afterAWeek(told: Parameters<typeof exampleWorkspace>[0] = {}): Promise<ExampleWorkspace> {
  const example = await exampleWorkspace(told);
  await week(example, 400, nothingWorks);
  expect(example.workspace.view.changes.size).toBe(0);
  return example;
}

/** The lever's chances with a tenth of the units moved from its baseline to another action. */
function wish(
  { workspace }: ExampleWorkspace,
  shift = 0.1,
): { readonly lever: string; readonly set: Record<string, number> } {
  const [lever] = workspace.playbook.levers;
  if (lever?.kind !== "choice") throw new Error("the example has one choice");
  const [other] = lever.actions.filter((action) => action !== lever.baseline);
  const all = lever.segments["all"] ?? {};
  if (other === undefined) throw new Error("of several actions");
  return {
    lever: lever.name,
    set: { [lever.baseline]: (all[lever.baseline] ?? 0) - shift, [other]: (all[other] ?? 0) + shift },
  };
}

const propose = (
  example: ExampleWorkspace,
  told: { readonly set?: Record<string, number>; readonly lever?: string } = {},
) =>
  proposeChange(example.workspace, { ...wish(example), by: AGENT, rationale: "three sellers asked for it", ...told });

function idOf(answer: ProposeAnswer): ChangeId {
  if (answer.kind !== "proposed") throw new Error(`not proposed: ${answer.kind}`);
  return answer.change.id;
}

describe("a change that an agent asks for", () => {
  it("waits for a person, says that nothing was estimated, and stands in the ledger under the agent's name", async () => {
    const example = await afterAWeek();
    const { workspace, stores } = example;
    const answer = await propose(example);
    expect(answer).toMatchObject({ kind: "proposed", verdict: { kind: "needs_approval" } });
    const state = workspace.change(idOf(answer));
    expect(state).toMatchObject({ status: "pending", approvals: [], share: 0, change: { author: AGENT } });
    expect(state?.change.predicted).toMatchObject({ kind: "refused", reason: "not_estimated" });
    const entries = await stores.state.ledger({});
    expect(verifyLedger(entries).kind).toBe("whole");
    expect(entries.slice(-3).map(({ actor, body }) => [actor, body.kind])).toEqual([
      [AGENT, "change.drafted"],
      [AGENT, "change.evidenced"],
      [AGENT, "change.reviewed"],
    ]);
  });

  it("is asked for once: the same again is told where it stands, also after it was rejected", async () => {
    const example = await afterAWeek();
    const id = idOf(await propose(example));
    expect(await propose(example)).toMatchObject({ kind: "asked", state: { status: "pending" } });
    const revision = example.workspace.change(id)?.digest;
    if (revision === undefined) throw new Error("it stands");
    await rejectChange(example.workspace, id, { by: BO, role: "lever-owner", comment: "no", revision });
    expect(await propose(example)).toMatchObject({ kind: "asked", state: { status: "rejected", reason: "no" } });
  });

  it("may be asked for anew once it lapsed because nobody ruled on it", async () => {
    const example = await afterAWeek({ approvalValidForMs: DAY_MS });
    const id = idOf(await propose(example));
    await week(example, 400, nothingWorks);
    expect(example.workspace.change(id)?.status).toBe("expired");
    expect(idOf(await propose(example))).not.toBe(id);
  });

  it("is never approved by the program that proposed it, and starts like any other once a person approved", async () => {
    const example = await afterAWeek();
    const { workspace } = example;
    const id = idOf(await propose(example));
    const revision = workspace.change(id)?.digest;
    if (revision === undefined) throw new Error("it stands");
    const word = { role: "lever-owner", comment: "", revision };
    expect(await approveChange(workspace, id, { ...word, by: AGENT })).toMatchObject({ code: "approval.by_program" });
    expect(await approveChange(workspace, id, { ...word, by: BO })).toMatchObject({ kind: "accepted" });
    await week(example, 400, nothingWorks);
    expect(workspace.change(id)?.status).toBe("canary");
  });

  it("needs somebody also where the policy asks nobody for a change of its size", async () => {
    const { workspace: plain } = await exampleWorkspace();
    const levers = plain.policy.levers.map((limits) => ({ ...limits, minTier: "T0" as const, sensitivity: 0.01 }));
    const example = await afterAWeek({ levers });
    expect(await propose(example)).toMatchObject({
      kind: "proposed",
      verdict: { kind: "needs_approval", tier: "T1", approvers: [{ role: "lever-owner", count: 1 }] },
    });
    const nobody = { approvers: [] };
    const alone = await afterAWeek({ levers, approvals: { T0: nobody, T1: nobody, T2: nobody, T3: nobody } });
    expect(await propose(alone)).toMatchObject({ kind: "checked", because: "forbidden" });
    expect(alone.workspace.view.changes.size).toBe(0);
  });

  it("is only answered where the policy forbids it, and nothing is written down", async () => {
    const { workspace: plain } = await exampleWorkspace();
    const levers = plain.policy.levers.map((limits) => ({ ...limits, maxStep: 0.05 }));
    const example = await afterAWeek({ levers });
    const before = (await example.stores.state.ledger({})).length;
    const answer = await propose(example);
    expect(answer).toMatchObject({ kind: "checked", because: "forbidden", verdict: { kind: "forbidden" } });
    if (answer.kind !== "checked") throw new Error("checked");
    expect(answer.verdict.findings.filter(({ outcome }) => outcome === "forbidden").map(({ rule }) => rule)).toEqual([
      "step",
    ]);
    expect(await example.stores.state.ledger({})).toHaveLength(before);
  });

  it("waits for the first evidence on its lever, and for the one that is open", async () => {
    const fresh = await exampleWorkspace();
    expect(await propose(fresh)).toMatchObject({ kind: "checked", because: "no_evidence" });
    const example = await afterAWeek();
    await propose(example);
    const second = await propose(example, wish(example, 0.05));
    expect(second).toMatchObject({ kind: "checked", because: "forbidden" });
    if (second.kind !== "checked") throw new Error("checked");
    expect(second.verdict.findings.find(({ rule }) => rule === "one-at-a-time")?.outcome).toBe("forbidden");
  });
});
