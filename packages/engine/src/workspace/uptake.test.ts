import { beforeEach, describe, expect, it } from "vitest";
import type { DecisionRequest } from "../decisions/decide.ts";
import { NOW, STARTING_RULES, type StatedEffect } from "../decisions/eligibility/rules.ts";
import type { ExecutionReport } from "../decisions/execution.ts";
import { firstPlaybook } from "../governance/default-policy.ts";
import { personRef, unitId, type DecisionId } from "../ids.ts";
import { BO, exampleLever, examplePolicy, NOON } from "../loop-examples.contract.ts";
import { executionItem } from "../ports/executions.contract.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { DAY_MS, later, type Instant } from "../time.ts";
import { hearConsents } from "./hear-consents.ts";
import { Workspace, type WorkspaceStores } from "./workspace.ts";

/** Everything is an e-mail, of which a person gets one a day. */
const LEVER = exampleLever({ decisionWindowMs: DAY_MS });
const email: StatedEffect = { kind: "contact", channel: "email", when: NOW };
const POLICY = {
  ...examplePolicy({ holdoutShare: 0 }),
  eligibility: {
    ...STARTING_RULES,
    effects: { [LEVER.name]: Object.fromEntries(LEVER.actions.map((action) => [action, email])) },
    contactHours: { all: [{ fromMinute: 0, toMinute: 1440, weekdays: [1, 2, 3, 4, 5, 6, 7] }] },
    caps: [{ id: "daily", channel: null, per: "person", max: 1, windowMs: DAY_MS }],
  } as const,
};

let now: Instant = NOON;
let stores: WorkspaceStores;
let workspace: Workspace;
beforeEach(async () => {
  now = NOON;
  const { state, consents } = await hearConsents(memoryStateStore());
  stores = { state, consents, facts: memoryFactsStore(), clock: () => now };
  workspace = await Workspace.open(stores);
  const playbook = firstPlaybook([LEVER], POLICY);
  await workspace.create({ salt: "uptake", policy: POLICY, playbook, createdBy: BO });
});

/** Two accounts at which one person works. */
async function ask(unit: "acme" | "globex", asking?: DecisionRequest["asking"]) {
  const ann = personRef("ann");
  const outcome = await workspace.decide({
    point: LEVER.point,
    unitId: unitId(unit),
    context: { time_zone: "Etc/UTC" },
    recipient: { person: ann, account: null, refs: [ann] },
    ...(asking === undefined ? {} : { asking }),
  });
  if (outcome.kind === "refused") throw new Error(outcome.message);
  now = later(now, 1000);
  return outcome;
}
const isSend = ({ decision }: Awaited<ReturnType<typeof ask>>): boolean =>
  LEVER.actions.some((one) => one === decision.action);

/** Everything that was written down of a decision, from the facts. */
async function known(id: DecisionId): Promise<readonly ExecutionReport["kind"][]> {
  for (
    let segment = await stores.state.openSegment(100);
    segment !== null;
    segment = await stores.state.openSegment(100)
  ) {
    await stores.facts.load(segment);
    await stores.state.closeSegment(segment.number);
  }
  const executions = await stores.facts.executions({ decisionIds: [id], limit: 10 });
  return executions.map(({ report }) => report.kind);
}

const restart = async (): Promise<void> => {
  workspace = await Workspace.open(stores);
};

describe("a decision that is only offered", () => {
  it("uses nothing up, and says that it was offered", async () => {
    const offered = await ask("acme", "offer");
    expect([isSend(offered), await known(offered.decision.id)]).toEqual([true, ["offered"]]);
    expect(isSend(await ask("globex"))).toBe(true);
  });
  it("is one fact, however often it is offered", async () => {
    const { decision } = await ask("acme", "offer");
    for (let i = 0; i < 3; i += 1) expect((await ask("acme", "offer")).decision).toEqual(decision);
    expect(await known(decision.id)).toEqual(["offered"]);
  });
  it("is taken up by whoever asks for it to act on it: then it counts, and says so", async () => {
    for (const asking of ["exposure", undefined] as const) {
      const { decision } = await ask("acme", "offer");
      const taken = await ask("acme", asking);
      expect(taken).toEqual({ kind: "decided", decision });
      expect(isSend(await ask("globex"))).toBe(false);
    }
  });
  it("is withheld where another one used up meanwhile what was free when it was offered", async () => {
    const offers = [await ask("acme", "offer"), await ask("globex", "offer")] as const;
    expect(offers.map(isSend)).toEqual([true, true]);
    expect((await ask("acme", "exposure")).withheld).toBeUndefined();
    expect((await ask("globex", "exposure")).withheld).toMatchObject({ rule: "cap:daily" });
    const [, lost] = offers;
    expect((await known(lost.decision.id)).toSorted()).toEqual(["offered", "suppressed"]);
  });
  it("cannot be taken up twice by two who ask at once", async () => {
    await ask("acme", "offer");
    await ask("globex", "offer");
    const answers = await Promise.all([ask("acme", "exposure"), ask("globex")]);
    expect(answers.filter(({ withheld }) => withheld === undefined)).toHaveLength(1);
  });
  it("counts and does not count the same after a restart", async () => {
    const { decision } = await ask("acme", "offer");
    await restart();
    expect(isSend(await ask("globex", "offer"))).toBe(true);
    await ask("acme", "exposure");
    await restart();
    expect((await ask("globex", "exposure")).withheld).toMatchObject({ rule: "cap:daily" });
    expect((await known(decision.id)).toSorted()).toEqual(["exposed", "offered"]);
  });
  it("counts once its delivery is reported, by whomever", async () => {
    const { decision } = await ask("acme", "offer");
    const item = executionItem({
      source: "crm",
      messageId: "1",
      decisionId: decision.id,
      report: { kind: "delivered" },
      occurredAt: now,
      receivedAt: now,
    });
    await workspace.report([item]);
    expect(isSend(await ask("globex"))).toBe(false);
  });
});

describe("a decision that is asked for to be acted on", () => {
  it("counts as ever, and is exposed once however often it is asked for; offered later, it stays so", async () => {
    const { decision } = await ask("acme", "exposure");
    await ask("acme", "exposure");
    await ask("acme", "offer");
    expect(isSend(await ask("globex"))).toBe(false);
    expect(await known(decision.id)).toEqual(["exposed"]);
    await restart();
    expect(isSend(await ask("globex"))).toBe(false);
  });
  it("is written down as exposed only where the way in says so", async () => {
    const { decision } = await ask("acme");
    expect(await known(decision.id)).toEqual([]);
  });
});
