import { beforeEach, describe, expect, it } from "vitest";
import type { Decision } from "../decisions/decision.ts";
import { localTime } from "../decisions/eligibility/local-time.ts";
import { NOW, STARTING_RULES, type EligibilityRules, type StatedEffect } from "../decisions/eligibility/rules.ts";
import type { ExecutionReport } from "../decisions/execution.ts";
import { replayDecision } from "../decisions/replay.ts";
import { firstPlaybook } from "../governance/default-policy.ts";
import { accountRef, actionId, actorId, personRef, unitId, type DecisionId } from "../ids.ts";
import { BO, exampleLever, examplePolicy, NOON } from "../loop-examples.contract.ts";
import { executionItem } from "../ports/executions.contract.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import type { ConsentRecord } from "../signals/consent.ts";
import { DAY_MS, later, type Instant } from "../time.ts";
import { hearConsents } from "./hear-consents.ts";
import { Workspace, type WorkspaceStores } from "./workspace.ts";

const email: StatedEffect = { kind: "contact", channel: "email", when: NOW };
/** Everything is an e-mail; a decision a day. */
const LEVER = exampleLever({ decisionWindowMs: DAY_MS });
const rules = (told: Partial<EligibilityRules> = {}): EligibilityRules => ({
  ...STARTING_RULES,
  effects: { [LEVER.name]: Object.fromEntries(LEVER.actions.map((action) => [action, email])) },
  contactHours: { all: [{ fromMinute: 0, toMinute: 1440, weekdays: [1, 2, 3, 4, 5, 6, 7] }] },
  ...told,
});
const ONCE = { id: "daily", channel: null, per: "person", max: 1, windowMs: DAY_MS } as const;
const HERE = { time_zone: "Etc/UTC" };

const IS_LONG = process.env["RATCHET_LONG_TESTS"] === "1";

let now: Instant = NOON;
let stores: WorkspaceStores;
let workspace: Workspace;

async function setUp(told: Partial<EligibilityRules> = {}): Promise<void> {
  now = NOON;
  const { state, consents } = await hearConsents(memoryStateStore());
  stores = { state, consents, facts: memoryFactsStore(), clock: () => now };
  workspace = await Workspace.open(stores);
  const policy = { ...examplePolicy({ holdoutShare: 0 }), eligibility: rules(told) };
  await workspace.create({ salt: "standing", policy, playbook: firstPlaybook([LEVER], policy), createdBy: BO });
}

const ask = async (unit: string, context: Decision["context"] = HERE) => {
  const outcome = await workspace.decide({ point: LEVER.point, unitId: unitId(unit), context });
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return outcome;
};
const isSend = (action: string): boolean => LEVER.actions.some((one) => one === action);
const optOut = (unit: string, told: Partial<ConsentRecord> = {}) =>
  stores.state.recordConsents([
    {
      ref: personRef(unit),
      kind: "suppressed",
      basis: "unsubscribed",
      channel: "email",
      source: "mail",
      messageId: unit,
      at: now,
      expiresAt: null,
      ...told,
    },
  ]);
const tell = (id: DecisionId, report: ExecutionReport) =>
  workspace.report([
    executionItem({
      source: "crm",
      messageId: `${id} ${report.kind}`,
      decisionId: id,
      report,
      occurredAt: now,
      receivedAt: now,
    }),
  ]);

describe("a decision after an opt-out", () => {
  beforeEach(() => setUp());
  it("does nothing, for certain, and is recorded with the reason", async () => {
    await optOut("acme");
    const { decision, withheld } = await ask("acme");
    expect(decision).toMatchObject({ action: "do_nothing", propensity: 1 });
    expect(decision.record?.funnel.stages.map(({ rule }) => rule)).toEqual(["suppression"]);
    expect(withheld).toBeUndefined();
  });
  it("is not withheld besides, also where nobody has said what the lever's actions do", async () => {
    await setUp({ effects: {} });
    await optOut("acme");
    const { decision, withheld } = await ask("acme");
    expect([decision.action, withheld]).toEqual(["do_nothing", undefined]);
  });
  it("that was made before stands, is withheld, and that is one fact however often it is asked for", async () => {
    const first = await ask("acme");
    expect(isSend(first.decision.action)).toBe(true);
    await optOut("acme");
    for (let i = 0; i < 3; i += 1) {
      now = later(now, 1000);
      const again = await ask("acme");
      expect(again.decision).toEqual(first.decision);
      expect(again.withheld).toEqual({ rule: "suppression", why: "suppression.unsubscribed on email" });
    }
    await Workspace.open(stores);
    const segment = await stores.state.openSegment(10);
    const items = segment?.items ?? [];
    await stores.facts.load({ number: segment?.number ?? 1, items });
    const told = await stores.facts.executions({ decisionIds: [first.decision.id], limit: 10 });
    expect(told.map(({ report }) => report)).toEqual([{ kind: "suppressed", reason: "suppression" }]);
  });
  it("is withheld also where that cannot be written down: no answer might be taken for leave to send", async () => {
    let isDown = false;
    const { state } = stores;
    const acknowledge: typeof state.acknowledge = (items) =>
      isDown ? Promise.reject(new Error("the disk is full")) : state.acknowledge(items);
    stores = { ...stores, state: { ...state, acknowledge } };
    workspace = await Workspace.open(stores);
    const first = await ask("acme");
    await optOut("acme");
    isDown = true;
    expect(await ask("acme")).toMatchObject({ decision: first.decision, withheld: { rule: "suppression" } });
  });
  it("in quiet hours is withheld until morning, which is no fact", async () => {
    await setUp({ contactHours: {} });
    const first = await ask("acme");
    now = later(NOON, 10 * 3_600_000);
    expect((await ask("acme")).withheld).toMatchObject({ rule: "quiet-hours" });
    now = later(NOON, 3_600_000);
    expect(await ask("acme")).toEqual(first);
  });
});

describe("caps", () => {
  beforeEach(() => setUp({ caps: [ONCE] }));
  it("let one of two decisions of the same moment through, and the same one again when it is asked for again", async () => {
    await setUp({ caps: [{ ...ONCE, per: "account" }] });
    const recipient = { person: null, account: accountRef("a_acme"), refs: [] };
    const answers = async () => {
      const asked = ["ann", "bo", "cy"].map((unit) =>
        workspace.decide({ point: LEVER.point, unitId: unitId(unit), context: HERE, recipient }),
      );
      return (await Promise.all(asked)).flatMap((answer) =>
        answer.kind === "decided" ? [answer.decision.action] : [],
      );
    };
    const first = await answers();
    expect(first.map(isSend)).toEqual([true, false, false]);
    expect(await answers()).toEqual(first);
  });
  it("hold for the next window's decision, and no longer than theirs", async () => {
    await setUp({ caps: [{ ...ONCE, windowMs: 2 * DAY_MS }] });
    const sends: boolean[] = [];
    for (let day = 0; day < 5; day += 1) {
      sends.push(isSend((await ask("acme")).decision.action));
      now = later(now, DAY_MS);
    }
    expect(sends).toEqual([true, false, true, false, true]);
  });
  it("are given back by what did not happen, and not by what was done instead", async () => {
    await setUp({ caps: [{ ...ONCE, windowMs: 30 * DAY_MS }] });
    const overridden = { kind: "overridden", by: actorId("ann"), reason: "wrong_time" } as const;
    const news: readonly [ExecutionReport, boolean][] = [
      [{ kind: "skipped", reason: null }, true],
      [{ ...overridden, didInstead: null }, true],
      [{ ...overridden, didInstead: actionId("do_nothing") }, true],
      [{ ...overridden, didInstead: LEVER.baseline }, false],
      [{ kind: "delivered" }, false],
      [{ kind: "worked" }, false],
    ];
    for (const [report, isGivenBack] of news) {
      const unit = JSON.stringify(report).replaceAll(/[^a-z]/gu, "");
      now = NOON;
      const { decision } = await ask(unit);
      await tell(decision.id, report);
      now = later(now, DAY_MS);
      expect([report.kind, isSend((await ask(unit)).decision.action)]).toEqual([report.kind, isGivenBack]);
    }
  });
  it("are known again after a restart, from decisions and from what became of them", async () => {
    await setUp({ caps: [{ ...ONCE, windowMs: 5 * DAY_MS }] });
    for (const unit of ["kept", "skipped"]) await ask(unit);
    const { decision } = await ask("skipped");
    await tell(decision.id, { kind: "skipped", reason: null });
    now = later(now, DAY_MS);
    workspace = await Workspace.open(stores);
    expect([await ask("kept"), await ask("skipped")].map((answer) => isSend(answer.decision.action))).toEqual([
      false,
      true,
    ]);
  });
  it("leave nothing eligible while the facts do not answer, and all as before once they do", async () => {
    const broken = { ...stores.facts, decisions: () => Promise.reject(new Error("facts are down")) };
    let facts: WorkspaceStores["facts"] = broken;
    const failing: WorkspaceStores = {
      ...stores,
      get facts() {
        return facts;
      },
    };
    workspace = await Workspace.open(failing);
    const down = await ask("acme");
    expect(down.decision.record?.funnel.stages[0]?.removed[0]?.why).toBe(
      "how often the recipient was contacted cannot be told now",
    );
    facts = stores.facts;
    now = later(now, DAY_MS);
    // The first one asked finds them down and has them read, and is not kept waiting for it; who asks next is told.
    await ask("acme");
    await new Promise(setImmediate);
    now = later(now, DAY_MS);
    expect(isSend((await ask("acme")).decision.action)).toBe(true);
  });
});

describe("routing", () => {
  const [emea, us] = LEVER.actions;
  if (emea === undefined || us === undefined) throw new Error("the lever has actions");
  const queue = (id: string, max: number) => ({
    id,
    members: [],
    zone: "Etc/UTC",
    hours: [],
    capacity: { max, windowMs: 30 * DAY_MS, counts: "open" } as const,
  });
  const assigned = (action: string): StatedEffect => ({ kind: "assign", queue: action });
  const routing = {
    effects: { [LEVER.name]: Object.fromEntries(LEVER.actions.map((action) => [action, assigned(action)])) },
    queues: LEVER.actions.map((action, i) => queue(action, [20, 30, 1][i] ?? 0)),
  };
  it("never gives a queue more than it has room for, with the real chances among those with room, and goes on as work is done", async () => {
    await setUp(routing);
    const given = new Map<string, Decision[]>();
    const chances = new Set<string>();
    for (let i = 0; i < 60; i += 1) {
      const { decision } = await ask(`lead-${i}`);
      given.set(decision.action, [...(given.get(decision.action) ?? []), decision]);
      const { candidates = [] } = decision.record ?? {};
      chances.add(candidates.map(({ probability }) => probability.toFixed(3)).join(" "));
    }
    const load = (action: string): number => given.get(action)?.length ?? 0;
    expect([load(emea), load(us), load("do_nothing")]).toEqual([20, 30, 9]);
    expect(chances.size).toBeGreaterThan(2);
    const [first] = given.get(emea) ?? [];
    if (first === undefined) throw new Error("the first queue was given work");
    await tell(first.id, { kind: "worked" });
    expect((await ask("lead-60")).decision).toMatchObject({ action: emea, propensity: 1 });
    expect((await ask("lead-61")).decision.action).toBe("do_nothing");
  });
});

describe("timing", () => {
  const [now0930, later1400] = [570, 840].map((minuteOfDay): StatedEffect => ({
    kind: "contact",
    channel: "email",
    when: { kind: "local", minuteOfDay, weekdays: [1, 2, 3, 4, 5] },
  }));
  it("says when a contact goes out, on the recipient's clock, and its decision can be made again to the same bytes", async () => {
    const [first, second] = LEVER.actions;
    if (first === undefined || second === undefined || now0930 === undefined || later1400 === undefined)
      throw new Error("the lever has actions");
    await setUp({ effects: { [LEVER.name]: { [first]: now0930, [second]: later1400 } }, caps: [ONCE] });
    const zones = ["Asia/Tokyo", "America/New_York", "Europe/Berlin", "Pacific/Auckland"];
    for (let i = 0; i < 40; i += 1) {
      const zone = zones[i % zones.length] ?? "";
      const { decision } = await ask(`lead-${i}`, { time_zone: zone });
      const { sendAt } = decision.record ?? {};
      if (sendAt === undefined) throw new Error(`${zone}: nothing was sent`);
      expect(localTime(zone, sendAt)?.minuteOfDay).toBe(decision.action === first ? 570 : 840);
      expect(sendAt).toBeGreaterThanOrEqual(now);
      const { frame } = workspace;
      const again = replayDecision(JSON.parse(JSON.stringify(decision)), {
        playbook: frame.playbook,
        edits: [],
        limits: frame.limits,
      });
      expect(again).toMatchObject({ kind: "replayed", same: true });
    }
  });
});

describe("propensity", () => {
  it("is the real chance among those that were left", async () => {
    const condition = `action != "${LEVER.baseline}"`;
    await setUp({ teamRules: [{ id: "no-baseline", levers: null, actions: null, condition, because: null }] });
    const [counts, chances] = [new Map<string, number>(), new Map<string, number>()];
    const n = 4000;
    for (let i = 0; i < n; i += 1) {
      const { decision } = await ask(`u${i}`);
      counts.set(decision.action, (counts.get(decision.action) ?? 0) + 1);
      chances.set(decision.action, decision.propensity ?? 0);
    }
    expect(counts.has(LEVER.baseline)).toBe(false);
    const sum = [...chances.values()].reduce((total, p) => total + p, 0);
    expect(sum).toBeCloseTo(1, 12);
    for (const [action, p] of chances) {
      // Four standard errors of a binomial share.
      const share = (counts.get(action) ?? 0) / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n));
    }
  });
});

describe("an opt-out raced against decisions", () => {
  it(
    "is never late: whoever asks once it is acknowledged, for the first time or again, is told not to send",
    { timeout: IS_LONG ? 900_000 : 20_000 },
    async () => {
      // 100,000 races in the long form (RATCHET_LONG_TESTS=1). The order of microtasks differs from race to race.
      const races = IS_LONG ? 100_000 : 3000;
      await setUp();
      let late = 0;
      let sent = 0;
      for (let i = 0; i < races; i += 1) {
        const unit = `u${i}`;
        const told = (answer: Awaited<ReturnType<typeof ask>>): boolean =>
          isSend(answer.decision.action) && answer.withheld === undefined;
        const before = i % 3 === 0 ? ask(unit) : null;
        for (let turn = 0; turn < i % 31; turn += 1) await Promise.resolve();
        const acknowledged = optOut(unit).then(() => ask(unit));
        const racing = i % 2 === 0 ? ask(unit) : null;
        if (told(await acknowledged)) late += 1;
        for (const answer of await Promise.all([before, racing])) if (answer !== null && told(answer)) sent += 1;
        if (told(await ask(unit))) late += 1;
      }
      expect(late).toBe(0);
      // The race is one: some were asked and answered before.
      expect(sent).toBeGreaterThan(races / 10);
    },
  );
});
