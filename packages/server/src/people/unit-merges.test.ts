import {
  decisionId,
  instant,
  measureOutcomes,
  memoryStateStore,
  projectInbox,
  readingOf,
  survivingUnit,
  unitId,
} from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, send, setUp } from "../memory-app.fixture.ts";
import { openUnitMerges } from "./unit-merges.ts";

let key = "";
beforeEach(async () => {
  await open();
  await setUp();
  ({ key } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } }));
});

const decisionOf = async (unit_id: string) => {
  const answer = await ask(ROUTES.decide, { body: { point: "content", unit_id } });
  return "decision_id" in answer ? answer.decision_id : null;
};
const merge = (person: string, former: string) => ask(ROUTES.mergePeople, { body: { person, former } });

describe("records that turn out to be one", () => {
  it("go by the unit that was decided for first, from the acknowledgement on", async () => {
    const lead = await decisionOf("lead-9");
    pass(1000);
    const contact = await decisionOf("contact-1");
    expect(contact).not.toBe(lead);
    await merge("contact-1", "lead-9");
    expect([await decisionOf("contact-1"), await decisionOf("lead-9")]).toEqual([lead, lead]);
    expect(await ask(ROUTES.merges)).toEqual({ merged: 1, decided_before: 1, decided: 2, share: 0.5 });
    // The record of a decision that is made after the merge says by which name it was asked for.
    pass(2 * 86_400_000);
    const made = await decisionOf("contact-1");
    const decision = await context.stores.state.servedDecision(decisionId(made ?? ""));
    expect([decision?.unitId, decision?.record?.askedAs]).toEqual(["lead-9", "contact-1"]);
  });
  it("keep the unit of the lead that was converted, as any source tells it", async () => {
    const lead = await decisionOf("lead-9");
    pass(1000);
    const converted = {
      type: "track",
      messageId: "1",
      userId: "lead-9",
      event: "Lead Converted",
      properties: { contact_id: "contact-1" },
    };
    const alias = { type: "alias", messageId: "2", userId: "user-1", previousId: "contact-1" };
    for (const message of [converted, alias, alias])
      await send("POST", "/v1/batch", { batch: [message] }, { authorization: `Bearer ${key}` });
    expect([await decisionOf("contact-1"), await decisionOf("user-1")]).toEqual([lead, lead]);
    expect(await context.stores.state.quarantinedCount()).toBe(0);
  });
  it("may be called what no unit can be called, and neither the answer nor the next start fails (it was a 500, and then none)", async () => {
    const batch = [{ type: "alias", messageId: "1", userId: "contact-1", previousId: "lead\u00079" }];
    const told = await send("POST", "/v1/batch", { batch }, { authorization: `Bearer ${key}` });
    expect(told.status).toBe(200);
    const merged = await merge("contact-2", "lead\u00078");
    expect(merged.identifiers.map(({ value }) => value)).toContain("contact-2");
    const { merges } = await openUnitMerges(context.stores.state);
    expect(merges.survivorOf(unitId("contact-2"))).toBe("contact-2");
  });
  it("leave the accounts that their people were told with as they are", async () => {
    const messages = ["lead-1", "lead-2"].map((userId, i) => ({
      type: "track",
      messageId: userId,
      userId,
      event: "Visit",
      context: { groupId: `account-${i}` },
    }));
    await send("POST", "/v1/batch", { batch: messages }, { authorization: `Bearer ${key}` });
    await merge("lead-2", "lead-1");
    expect([...context.merges.merged().keys()]).not.toContain("account-0");
    expect([...context.merges.merged().keys()]).not.toContain("account-1");
  });
  it("are joined where companies are, and accounts that only share a domain are not", async () => {
    const { key: crm } = await ask(ROUTES.createSource, { body: { source_id: "crm", kind: "api" } });
    const rows = ["twin-1", "twin-2"].map((id) => ({ id, updated_at: "2026-02-01T00:00:00Z", domain: "twin.com" }));
    await send("POST", "/v1/accounts", { rows }, { authorization: `Bearer ${crm}` });
    expect(await ask(ROUTES.merges)).toMatchObject({ merged: 0 });
    const first = await decisionOf("company-2");
    const { items } = { items: [{ object: "company", into: "company-9", former: "company-2" }] };
    for (const { into, former } of items)
      await context.ingest.take({
        source: { id: "crm", carriesOutcomes: true },
        items: [
          {
            kind: "signal",
            raw: "",
            signal: {
              messageId: "m-1",
              type: "company_merged",
              occurredAt: instant(context.stores.clock()),
              person: null,
              account: { accountId: into, formerId: former },
              decisionId: null,
              value: null,
              currency: null,
              properties: {},
              machine: null,
              text: null,
            },
          },
        ],
        requestId: "r",
        now: instant(context.stores.clock()),
      });
    expect(await decisionOf("company-9")).toBe(first);
  });
  it("are the same after a restart, and once the person is erased (issue 4: they fell apart, and one was assigned anew)", async () => {
    const lead = await decisionOf("lead-9");
    pass(1000);
    await merge("contact-1", "lead-9");
    const reopened = await openUnitMerges(context.stores.state);
    expect(reopened.merges.survivorOf(unitId("contact-1"))).toBe("lead-9");
    expect(await decisionOf("contact-1")).toBe(lead);
    await ask(ROUTES.erasePerson, { body: { person: "lead-9", by: "person:owner" } });
    const erased = await openUnitMerges(context.stores.state);
    for (const { merges } of [context, erased]) expect(merges.survivorOf(unitId("contact-1"))).toBe("lead-9");
    expect(await decisionOf("contact-1")).toBe(lead);
    const rows = await context.stores.state.peopleRelated("merged_unit");
    expect(rows.map(({ ref, value }) => [ref, value].toSorted())).toEqual([["unit:contact-1", "unit:lead-9"]]);
    expect(await context.stores.state.peopleRelated("user_id")).toEqual([]);
    // Whoever is told to be one with them later joins them, and again after an erasure of whoever that is.
    await merge("user-1", "contact-1");
    expect(await decisionOf("user-1")).toBe(lead);
    await ask(ROUTES.erasePerson, { body: { person: "user-1", by: "person:owner" } });
    const again = await openUnitMerges(context.stores.state);
    expect(again.merges.survivorOf(unitId("user-1"))).toBe("lead-9");
    const empty = await openUnitMerges(memoryStateStore());
    expect(empty.merges.survivorOf(unitId("contact-1"))).toBe("contact-1");
  });
});

describe("what was told of records that turn out to be one", () => {
  /** Decisions with a reply, as known then or now. */
  const replied = async (knownAt?: number) => {
    const { objective } = context.workspace.current().policy;
    const metric = context.workspace.current().policy.metrics.find(({ id }) => id === objective);
    if (metric === undefined) throw new Error("the policy has no objective");
    await projectInbox(context.stores, { maxItems: 1000, maxSegments: 100 });
    const { cells } = await measureOutcomes(context.stores, {
      source: "engine",
      point: "content",
      metric,
      watermark: instant(context.stores.clock() + 2 * 86_400_000),
      ...(knownAt === undefined ? {} : { knownAt: instant(knownAt) }),
    });
    return cells.reduce((sum, { nonZero }) => sum + nonZero, 0);
  };
  const tell = (unit_id: string, message_id: string) =>
    ask(ROUTES.signals, { body: { signals: [{ message_id, type: "reply", unit_id, source: "mailer" }] } });

  it("counts for the decision made of either, also what was told before anybody knew", async () => {
    const lead = await decisionOf("lead-9");
    pass(1000);
    await tell("contact-1", "before the merge");
    const before = context.stores.clock();
    expect(await replied()).toBe(0);
    pass(1000);
    await merge("contact-1", "lead-9");
    expect(await replied()).toBe(1);
    const decision = await context.stores.facts.decision(decisionId(lead ?? ""));
    if (decision === null) throw new Error("the decision is not among the facts");
    const signals = await context.stores.facts.signalsOf(decision, await readingOf(context.stores.state));
    expect(signals.map(({ unitId: unit, messageId }) => [unit, messageId])).toEqual([
      ["contact-1", "before the merge"],
    ]);
    // As it was known before, it is as it was.
    expect(await replied(before)).toBe(0);
    expect(await replied(context.stores.clock())).toBe(1);
    pass(1000);
    await ask(ROUTES.erasePerson, { body: { person: "contact-1", by: "person:owner" } });
    expect([await replied(before), await replied()]).toEqual([0, 1]);
  });
  it("is read by when we heard of the merge, however long ago it was done", async () => {
    const done = new Date(context.stores.clock()).toISOString();
    await decisionOf("lead-9");
    pass(1000);
    await tell("contact-1", "1");
    const before = context.stores.clock();
    pass(1000);
    const alias = { type: "alias", messageId: "2", userId: "contact-1", previousId: "lead-9", timestamp: done };
    await send("POST", "/v1/batch", { batch: [alias] }, { authorization: `Bearer ${key}` });
    expect([await replied(before), await replied()]).toEqual([0, 1]);
  });
});

describe("the unit that stays", () => {
  const at = (n: number | null) => (n === null ? null : instant(n));
  const unit = (name: string, decided: number | null, seen: number | null) => ({
    unitId: unitId(name),
    firstDecidedAt: at(decided),
    firstSeenAt: at(seen),
  });
  it("was decided for first, else heard of first, else has the smaller id, in any order", () => {
    const stays = (...units: readonly ReturnType<typeof unit>[]) => [
      survivingUnit(units),
      survivingUnit(units.toReversed()),
    ];
    expect(stays(unit("b", 5, 9), unit("a", 6, 1))).toEqual(["b", "b"]);
    expect(stays(unit("b", 5, 9), unit("a", null, 1))).toEqual(["b", "b"]);
    expect(stays(unit("b", null, 1), unit("a", null, 2))).toEqual(["b", "b"]);
    expect(stays(unit("b", null, null), unit("a", null, null))).toEqual(["a", "a"]);
  });
});
