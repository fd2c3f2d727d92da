import { instant } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, send, setUp } from "../memory-app.fixture.ts";
import { SIGNED_HOOKS } from "../promises/signed-hooks.fixture.ts";

const NOW = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;

beforeEach(async () => {
  await open();
  await setUp();
  for (const { vendor, secret } of SIGNED_HOOKS)
    if (vendor === "hubspot" || vendor === "salesforce-changes")
      await ask(ROUTES.createSource, { body: { source_id: vendor, kind: "webhook", vendor, secret } });
});

/** A vendor's call, signed by it. */
async function hook(vendor: string, ...events: readonly object[]): Promise<unknown> {
  const path = `/hooks/${vendor}/${vendor}`;
  const signed = SIGNED_HOOKS.find((one) => one.vendor === vendor);
  const made = signed?.call(JSON.stringify(events), { url: `http://localhost:4600${path}`, nowMs: NOW });
  const answer = await send("POST", path, made?.body, { ...made?.headers });
  expect(answer.status).toBe(200);
  return answer.json();
}

const hubspot = (subscriptionType: string, hours: number, parts: object) => ({
  subscriptionId: 1,
  portalId: 1,
  occurredAt: NOW - 100 * HOUR + hours * HOUR,
  subscriptionType,
  ...parts,
});
const amount = (dealId: number, hours: number, value = "10") =>
  hubspot("deal.propertyChange", hours, { objectId: dealId, propertyName: "amount", propertyValue: value });
const tiedTo = (what: "COMPANY" | "CONTACT", toObjectId: number, parts: object = {}) =>
  hubspot("deal.associationChange", 1, { associationType: `DEAL_TO_${what}`, fromObjectId: 7, toObjectId, ...parts });

async function told() {
  const { items = [] } = (await context.stores.state.openSegment(1000)) ?? {};
  return items.flatMap((item) => (item.kind === "signal" ? [[item.signal.type, item.signal.unitId]] : []));
}
const waiting = () => context.stores.state.quarantinedCount();
const opportunity = (source: string, id: string) =>
  ask(ROUTES.record, { query: `?kind=opportunity&source=${source}&id=${id}` });
async function deal(told: object, source = "crm"): Promise<void> {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: source, kind: "api" } });
  const row = { id: "7", updated_at: new Date(NOW - 50 * HOUR).toISOString(), ...told };
  const answer = await send("POST", "/v1/opportunities", { rows: [row] }, { authorization: `Bearer ${key}` });
  expect(await answer.json()).toMatchObject({ accepted: 1 });
}

describe("an event that names a deal alone (issue 4: it waited as about nobody)", () => {
  it("is about the account of the deal's row, whichever source upserted it", async () => {
    await deal({ account_id: "acme" });
    expect(await hook("hubspot", amount(7, 1))).toMatchObject({ accepted: 1, quarantined: 0 });
    expect(await told()).toContainEqual(["opportunity_amount_changed", "acme"]);
  });
  it("waits where nobody has said whose it is, and is read with the row that does", async () => {
    expect(await hook("hubspot", amount(7, 1), amount(8, 1))).toMatchObject({ accepted: 0, quarantined: 2 });
    const [row] = await context.stores.state.quarantined({ waiting: true, limit: 10 });
    expect(row).toMatchObject({ code: "signal.opportunity_unknown", reading: "opportunity:7" });
    await deal({ account_id: "acme" });
    expect(await waiting()).toBe(1);
    expect((await told()).filter(([type]) => type === "opportunity_amount_changed")).toEqual([
      ["opportunity_amount_changed", "acme"],
    ]);
    // Sent again it is a duplicate.
    expect(await hook("hubspot", amount(7, 1))).toMatchObject({ accepted: 0, duplicates: 1 });
  });
  it("waits for the association that HubSpot tells, also in the same call, and nothing is told twice", async () => {
    await hook("hubspot", hubspot("deal.creation", 0, { objectId: 7 }));
    expect(await waiting()).toBe(1);
    const answer = await hook("hubspot", amount(7, 2), tiedTo("COMPANY", 55, { isPrimaryAssociation: true }));
    expect(answer).toEqual({ sent: 1, accepted: 1, duplicates: 0, quarantined: 0, ignored: 1 });
    expect(await waiting()).toBe(0);
    expect(await told()).toEqual([
      ["opportunity_amount_changed", "55"],
      ["opportunity_created", "55"],
    ]);
  });
  it("is about the primary of several companies, and about none where that was taken back", async () => {
    await hook("hubspot", tiedTo("COMPANY", 55), tiedTo("COMPANY", 56, { isPrimaryAssociation: true }), amount(7, 2));
    const later = { occurredAt: NOW - HOUR };
    await hook("hubspot", tiedTo("COMPANY", 56, { ...later, associationRemoved: true }), amount(7, 3));
    await hook("hubspot", tiedTo("COMPANY", 57, later), amount(7, 4));
    expect(await told()).toEqual([
      ["opportunity_amount_changed", "56"],
      ["opportunity_amount_changed", "55"],
    ]);
    expect(await waiting()).toBe(1);
  });
  it("is about the deal's only contact where it has no company, and waits where it has several", async () => {
    await hook("hubspot", tiedTo("CONTACT", 21), amount(7, 2));
    await hook("hubspot", tiedTo("CONTACT", 22), amount(7, 3));
    expect(await told()).toEqual([["opportunity_amount_changed", "21"]]);
    expect(await waiting()).toBe(1);
  });
  it("is about nobody where other sources contradict each other, or may not carry outcomes", async () => {
    await deal({ account_id: "acme" }, "crm-a");
    await deal({ account_id: "other" }, "crm-b");
    expect(await hook("hubspot", amount(7, 1))).toMatchObject({ quarantined: 1 });
    const source = context.sources.byId("crm-b");
    if (source === null) throw new Error("it was made above");
    await context.sources.put({ ...source, carriesOutcomes: false });
    expect(await hook("hubspot", amount(7, 2))).toMatchObject({ accepted: 1 });
  });
});

const change = (entityName: string, changeType: string, [hours, fields, id]: readonly [number, object, string]) => ({
  ChangeEventHeader: {
    entityName,
    changeType,
    recordIds: [id],
    transactionKey: `t-${hours}`,
    sequenceNumber: 1,
    commitTimestamp: NOW - 100 * HOUR + hours * HOUR,
  },
  ...fields,
});
const role = (type: string, hours: number, fields: object, id = "00K1") =>
  change("OpportunityContactRole", type, [hours, fields, id]);

describe("Salesforce's change events", () => {
  it("of an opportunity name the account when it is made: the later ones are about it, too", async () => {
    await hook("salesforce-changes", change("Opportunity", "CREATE", [0, { AccountId: "001A", Amount: 5 }, "006A"]));
    await hook("salesforce-changes", change("Opportunity", "UPDATE", [1, { Amount: 7 }, "006A"]));
    expect(await told()).toEqual([
      ["opportunity_created", "001A"],
      ["opportunity_amount_changed", "001A"],
    ]);
  });
  it("of contact roles become the parts that people play, in any order and however often", async () => {
    const events = [
      role("CREATE", 0, { OpportunityId: "006A", ContactId: "003A", Role: "Champion", IsPrimary: true }),
      role("CREATE", 0, { OpportunityId: "006A", ContactId: "003B", Role: "Economic Buyer" }, "00K2"),
      role("CREATE", 0, { OpportunityId: "006A", ContactId: "003C", Role: "User" }, "00K3"),
      role("UPDATE", 2, { Role: "Decision Maker" }),
      role("DELETE", 3, {}, "00K3"),
    ];
    const person = (userId: string) => context.surrogates.person({ userId }) ?? "";
    for (const order of [events, events.toReversed(), [...events, ...events]]) {
      await open();
      for (const { vendor, secret } of SIGNED_HOOKS)
        if (vendor === "salesforce-changes")
          await ask(ROUTES.createSource, { body: { source_id: vendor, kind: "webhook", vendor, secret } });
      for (const event of order) await hook("salesforce-changes", event);
      expect((await opportunity("salesforce-changes", "006A")).contacts).toEqual([
        { person: person("003A"), role: "Decision Maker" },
        { person: person("003B"), role: "Economic Buyer" },
      ]);
      expect([await waiting(), await told()]).toEqual([0, []]);
    }
  });
  it("of a role whose opportunity nobody knows wait for it", async () => {
    await hook("salesforce-changes", role("UPDATE", 2, { Role: "Champion" }));
    const [row] = await context.stores.state.quarantined({ waiting: true, limit: 10 });
    expect(row).toMatchObject({ code: "signal.opportunity_unknown", reading: "opportunity:00K1" });
    expect(row?.at).toBe(instant(NOW));
    const incomplete = await hook("salesforce-changes", role("CREATE", 0, { OpportunityId: "006A" }));
    expect(incomplete).toMatchObject({ quarantined: 1 });
  });
});
