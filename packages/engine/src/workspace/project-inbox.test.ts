import { expect, it } from "vitest";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "../ports/example-facts.contract.ts";
import type { FactsStore } from "../ports/facts-store.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { projectInbox } from "./project-inbox.ts";

const items = ["1", "2", "3", "4", "5"].flatMap((id) => [
  decisionItem(exampleDecision("engine", `d-${id}`)),
  signalItem(exampleSignal("crm", `m-${id}`)),
]);
const everything = { maxItems: 3, maxSegments: 100 };

it("moves everything that was acknowledged, in segments", async () => {
  const stores = { state: memoryStateStore(), facts: memoryFactsStore() };
  await stores.state.acknowledge(items);
  expect(await projectInbox(stores, everything)).toBe(10);
  expect(await stores.facts.counts()).toEqual({ decisions: 5, signals: 5 });
  expect(await stores.state.backlog()).toBe(0);
  expect(await projectInbox(stores, everything)).toBe(0);
});

it("stops at its limit and goes on from there", async () => {
  const stores = { state: memoryStateStore(), facts: memoryFactsStore() };
  await stores.state.acknowledge(items);
  expect(await projectInbox(stores, { maxItems: 3, maxSegments: 2 })).toBe(6);
  expect(await stores.state.backlog()).toBe(4);
  expect(await projectInbox(stores, everything)).toBe(4);
});

it("ends under traffic that never does", async () => {
  const state = memoryStateStore();
  const facts = memoryFactsStore();
  await state.acknowledge(items);
  let heard = 0;
  const busy: FactsStore = {
    ...facts,
    load: async (segment) => {
      heard += 1;
      await state.acknowledge([signalItem(exampleSignal("crm", `meanwhile-${heard}`))]);
      await facts.load(segment);
    },
  };
  // Ten items in segments of three; the fourth segment has room for what came in meanwhile.
  expect(await projectInbox({ state, facts: busy }, everything)).toBe(12);
  expect(heard).toBe(4);
});

it("counts once what was loaded but not closed when it stopped", async () => {
  const state = memoryStateStore();
  const facts = memoryFactsStore();
  await state.acknowledge(items);
  const dying: FactsStore = {
    ...facts,
    load: async (segment) => {
      await facts.load(segment);
      throw new Error("stopped after the load");
    },
  };
  await expect(projectInbox({ state, facts: dying }, everything)).rejects.toThrow("stopped after the load");
  expect(await projectInbox({ state, facts }, everything)).toBe(10);
  expect(await facts.counts()).toEqual({ decisions: 5, signals: 5 });
});

it("may run twice at the same time", async () => {
  const stores = { state: memoryStateStore(), facts: memoryFactsStore() };
  await stores.state.acknowledge(items);
  await Promise.all([projectInbox(stores, everything), projectInbox(stores, everything)]);
  expect(await stores.facts.counts()).toEqual({ decisions: 5, signals: 5 });
});
