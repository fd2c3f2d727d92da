import { expect, it } from "vitest";
import { personRef } from "../ids.ts";
import { exampleSignal, START_MS } from "../ports/example-facts.contract.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { ConsentRecord } from "../signals/consent.ts";
import type { PeopleRow } from "../signals/people.ts";
import { instant } from "../time.ts";
import { hearConsents } from "./hear-consents.ts";

const at = instant(START_MS);
const said = (ref: string): ConsentRecord => ({
  ref: personRef(ref),
  kind: "suppressed",
  basis: "complained",
  channel: "email",
  source: "mail",
  messageId: ref,
  at,
  expiresAt: null,
});
const same: readonly PeopleRow[] = [
  { ref: personRef("a"), relation: "same_as", value: "b", firstAt: at },
  { ref: personRef("b"), relation: "same_as", value: "a", firstAt: at },
];
const complaint = (messageId: string, ref: string): Parameters<StateStore["acknowledge"]>[0][number] => ({
  kind: "signal",
  source: "mail",
  messageId,
  signal: exampleSignal("mail", messageId),
  about: { rows: [], consents: [said(ref)] },
});

it("is known when the store says that it is durable, whichever way it was told, and to whoever turns out to be whom", async () => {
  const { state, consents } = await hearConsents(memoryStateStore());
  const known = (ref: string): boolean => consents.of([personRef(ref)]).length > 0;
  await state.acknowledge([complaint("m-1", "a")]);
  expect([known("a"), known("b")]).toEqual([true, false]);
  await state.learn(same);
  expect(known("b")).toBe(true);
  await state.recordConsents([said("c")]);
  expect(known("c")).toBe(true);
});

it("is not heard where nothing was acknowledged", async () => {
  const { state, consents } = await hearConsents(memoryStateStore());
  const item = complaint("m-1", "a");
  if (item.kind !== "signal") throw new Error("a complaint is a signal");
  await state.acknowledge([{ ...item, about: { rows: [], consents: [] } }]);
  const contradicting = { ...item, signal: { ...item.signal, type: "complained" } };
  expect(await state.acknowledge([contradicting])).toEqual(["conflict"]);
  expect(consents.of([personRef("a")])).toEqual([]);
});

it("is not heard where another record stands under its id: a decision would refuse what the store does not", async () => {
  const { state, consents } = await hearConsents(memoryStateStore());
  await state.recordConsents([said("a")]);
  expect(await state.recordConsents([{ ...said("a"), channel: "phone" }])).toEqual(["conflict"]);
  expect(consents.of([personRef("a")])).toEqual([said("a")]);
});

it("is known again after a restart, more than a page of it, and under every name", async () => {
  const inner = memoryStateStore();
  const refs = Array.from({ length: 5200 }, (_, i) => `p-${i}`);
  await inner.recordConsents([...refs, "a"].map(said));
  await inner.learn(same);
  const { consents } = await hearConsents(inner);
  expect([...refs, "a", "b"].filter((ref) => consents.of([personRef(ref)]).length !== 1)).toEqual([]);
});
