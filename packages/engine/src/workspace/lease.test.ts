import { beforeEach, describe, expect, it } from "vitest";
import { AT, FIVE, FIVE_LIMITS } from "../decisions/five-levers.contract.ts";
import type { Playbook } from "../decisions/playbook.ts";
import { playbookDigest } from "../decisions/playbook.ts";
import { BO, examplePolicy } from "../loop-examples.contract.ts";
import { chain, type LedgerEntry } from "../governance/ledger.ts";
import type { LeverLimits, Policy } from "../governance/policy.ts";
import { unitId } from "../ids.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import type { StateStore } from "../ports/state-store.ts";
import { sumCells } from "../outcomes/sum-cells.ts";
import { unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { later, type Instant } from "../time.ts";
import { projectInbox } from "./project-inbox.ts";
import { Workspace } from "./workspace.ts";

const LEASE_MS = 30_000;

function policy(): Policy {
  const example = examplePolicy();
  const [rules] = example.levers;
  if (rules === undefined) throw new Error("the example policy has a lever");
  const { lever: _, kind: __, ...shared } = rules;
  const levers = Object.entries(FIVE_LIMITS).map(([lever, limits]): LeverLimits => ({ ...shared, ...limits, lever }));
  return { ...example, holdoutShare: 0, levers };
}

let now: Instant;
let isDown: boolean;
/** What the store hands out in place of the documents that it was given. */
let damaged: Map<string, unknown>;
let state: StateStore;
let facts: ReturnType<typeof memoryFactsStore>;
let workspace: Workspace;

beforeEach(async () => {
  now = AT;
  isDown = false;
  damaged = new Map();
  const kept = memoryStateStore();
  const up = <T>(answer: Promise<T>): Promise<T> => (isDown ? Promise.reject(new Error("connection lost")) : answer);
  state = {
    ...kept,
    head: () => up(kept.head()),
    ledger: (query) => up(kept.ledger(query)),
    acknowledge: (items) => up(isDown ? Promise.resolve([]) : kept.acknowledge(items)),
    servedDecision: (id) => up(kept.servedDecision(id)),
    document: async (digest) => {
      const found = await up(kept.document(digest));
      return found !== null && damaged.has(digest) ? { ...found, body: damaged.get(digest) } : found;
    },
  };
  facts = memoryFactsStore();
  workspace = await Workspace.open({ state, facts, clock: () => now });
  await workspace.create({ salt: "salt", policy: policy(), playbook: FIVE, createdBy: BO });
  workspace.holdLease(LEASE_MS);
});

const ask = async (unit: string) => {
  const outcome = await workspace.decide({ point: "content", unitId: unitId(unit), context: { region: "EMEA" } });
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return outcome.decision;
};
const units = Array.from({ length: 40 }, (_, i) => `unit-${i}`);

describe("while the state store is away", () => {
  it("baselines are answered at once, saying why, and written down when it is back", async () => {
    expect((await ask("first")).record?.lease).toBeNull();
    isDown = true;
    const answered = [];
    for (const unit of units) answered.push(await ask(unit));
    expect(new Set(answered.map(({ action }) => action))).toEqual(new Set(["case_study"]));
    expect(answered[0]?.reasons[0]).toBe("Baseline served, because the state store does not take decisions");
    expect(await ask("unit-0")).toEqual(answered[0]);
    expect(workspace.health).toMatchObject({
      state: "red",
      sentence: "40 baselines were answered and wait to be recorded",
    });

    isDown = false;
    await workspace.renew();
    expect(workspace.health).toEqual({ state: "green", sentence: "decisions follow playbook v1" });
    await projectInbox({ state, facts }, { maxItems: 1000, maxSegments: 1 });
    expect((await facts.decisions({ limit: 100 })).filter(({ record }) => record?.lease !== null)).toHaveLength(40);
    // Who was answered keeps the answer.
    expect(await ask("unit-0")).toEqual(answered[0]);
    const fresh = [];
    for (const unit of units) fresh.push((await ask(`${unit} later`)).action);
    expect(new Set(fresh).size).toBeGreaterThan(1);
  });

  it("the lease lapses: a store that takes writes and confirms nothing gets baselines too", async () => {
    now = later(AT, LEASE_MS);
    expect((await ask("a")).record?.lease).toBeNull();
    now = later(AT, LEASE_MS + 1);
    expect(await ask("b")).toMatchObject({
      action: "case_study",
      propensity: 1,
      record: { lease: expect.stringContaining("lease of 30 s ran out") },
    });
    expect(workspace.health.state).toBe("red");
    await workspace.renew();
    expect((await ask("c")).record?.lease).toBeNull();
  });

  it("no action is learned from that: it is in cells that say so, for comparing cohorts alone", async () => {
    now = later(AT, LEASE_MS + 1);
    for (const unit of units) await ask(unit);
    await projectInbox({ state, facts }, { maxItems: 1000, maxSegments: 1 });
    const metric = { ...examplePolicy().metrics[0], windowMs: 0 };
    const { id, kind = "conversion", signal = "", direction = "increase", minimumEffect = 0.1 } = metric;
    if (id === undefined) throw new Error("the example policy has a metric");
    const asked = {
      source: "engine",
      point: "content",
      watermark: now,
      metric: { id, kind, signal, direction, minimumEffect, windowMs: 0 },
    };
    const { cells } = await facts.measure(asked);
    expect(sumCells(cells).n).toBe(units.length);
    expect(unlimitedCells(cells)).toEqual([]);
  });

  it("without a lease a failing store is a failing call, as everywhere", async () => {
    const bare = await Workspace.open({ state, facts, clock: () => now });
    isDown = true;
    await expect(bare.decide({ point: "content", unitId: unitId("a"), context: {} })).rejects.toThrow(
      "connection lost",
    );
  });
});

describe("a playbook that was damaged", () => {
  const next: Playbook = { ...FIVE, version: 2, parent: playbookDigest(FIVE) };
  /** Another node publishes a version. */
  async function publish(): Promise<void> {
    const digest = playbookDigest(next);
    const head = await state.head();
    const entries: readonly LedgerEntry[] = chain(head, [
      { at: now, actor: BO, body: { kind: "playbook.published", version: 2, digest } },
    ]);
    await state.append(entries, [{ digest, kind: "playbook", body: next }]);
  }

  it.each([
    ["lost its levers", { version: 2 }],
    ["is nothing", null],
    ["has one bit flipped", { ...next, levers: next.levers.map((lever) => ({ ...lever, decisionWindowMs: 1 })) }],
  ])("and %s never replaces the good one", async (_, body) => {
    await publish();
    damaged.set(playbookDigest(next), body);
    await workspace.renew();
    expect((await ask("a")).playbookVersion).toBe(1);
    expect(workspace.health.sentence).toMatch(/^playbook v2 does not read: .*; v1 is served$/u);
    // Nor after a restart.
    workspace = await Workspace.open({ state, facts, clock: () => now });
    expect((await ask("b")).playbookVersion).toBe(1);
    damaged.clear();
    workspace = await Workspace.open({ state, facts, clock: () => now });
    expect((await ask("c")).playbookVersion).toBe(2);
  });

  it("is followed once another node has published a sound one", async () => {
    await publish();
    expect((await ask("a")).playbookVersion).toBe(1);
    await workspace.renew();
    expect((await ask("b")).playbookVersion).toBe(2);
  });
});
