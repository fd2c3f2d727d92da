import { ROUTES, type UpsertResponse } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

let key = "";
beforeEach(async () => {
  await open();
  await setUp();
  ({ key } = await ask(ROUTES.createSource, { body: { source_id: "crm", kind: "api" } }));
});

const DAY = 86_400_000;
const day = (n: number) => new Date(Date.UTC(2026, 1, n)).toISOString();
async function upsert(kind: string, ...rows: readonly object[]): Promise<UpsertResponse> {
  const response = await send("POST", `/v1/${kind}`, { rows }, { authorization: `Bearer ${key}` });
  expect(response.status).toBe(200);
  return ROUTES.upsertLeads.response.parse(await response.json());
}
async function signals() {
  const { items = [] } = (await context.stores.state.openSegment(1000)) ?? {};
  return items.flatMap((item) => (item.kind === "signal" ? [item.signal] : []));
}
const deal = (n: number, told: object = {}) => ({ id: "o-1", updated_at: day(n), account_id: "acme", ...told });
const record = (kind: string, id: string) => ask(ROUTES.record, { query: `?kind=${kind}&source=crm&id=${id}` });

describe("rows of a CRM", () => {
  it("tell what changed between them, about the account, once", async () => {
    const rows = [
      deal(1, { stage: "demo", amount: 100, currency: "EUR", status: "open", owner_id: "rep-1" }),
      deal(3, { stage: "signed", amount: 120, currency: "EUR", status: "won", owner_id: "rep@acme.com" }),
    ];
    expect(await upsert("opportunities", ...rows)).toMatchObject({ sent: 2, accepted: 2, signals: 6 });
    expect(await upsert("opportunities", ...rows)).toMatchObject({ accepted: 0, duplicates: 2, signals: 0 });
    const told = await signals();
    expect(told.map(({ type }) => type).toSorted()).toEqual([
      "opportunity_amount_changed",
      "opportunity_created",
      "opportunity_won",
      "owner_changed",
      "stage_changed",
      "stage_changed",
    ]);
    expect(new Set(told.map(({ unitId }) => unitId))).toEqual(new Set(["acme"]));
    expect(told.find(({ type }) => type === "opportunity_won")).toMatchObject({
      source: "crm",
      value: 120_000_000,
      occurredAt: Date.parse(day(3)),
      detail: { currency: "EUR", properties: { opportunity_id: "o-1" } },
    });
    expect(JSON.stringify(told)).not.toContain("@");
  });
  it("that are older than what is known never overwrite it, and fit in between", async () => {
    await upsert("opportunities", deal(1, { stage: "demo", amount: 1 }));
    await upsert("opportunities", deal(9, { stage: "signed", amount: 9 }));
    expect(await upsert("opportunities", deal(5, { stage: "proposal" }))).toMatchObject({ accepted: 1, signals: 1 });
    const { fields, updated_at, versions } = await record("opportunity", "o-1");
    expect([fields["stage"], fields["amount"], updated_at, versions]).toEqual(["signed", 9, day(9), 3]);
    expect(
      (await signals()).filter(({ type }) => type === "stage_changed").map(({ occurredAt }) => occurredAt),
    ).toEqual([1, 9, 5].map((n) => Date.parse(day(n))));
  });
  it("that do not fit are kept aside with the reason, do not stop the others, and can be read again", async () => {
    const answer = await upsert(
      "opportunities",
      deal(1),
      { id: "o-2", updated_at: day(1) },
      { ...deal(2), stag: "x" },
      { ...deal(1), amount: 7 },
      { ...deal(1), id: "o-3", updated_at: "2031-01-01T00:00:00Z" },
    );
    expect(answer).toMatchObject({ sent: 5, accepted: 1, duplicates: 0, quarantined: 4 });
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, "record.about_nobody"],
      [2, "record.invalid"],
      [3, "record.conflict"],
      [4, "record.ahead"],
    ]);
    await upsert("opportunities", { id: "o-2", updated_at: day(2), account_id: "beta" });
    const replayed = await ask(ROUTES.replayQuarantine, { body: {} });
    expect(replayed).toMatchObject({ replayed: 4, released: 1, not_replayable: 0 });
    expect((await record("opportunity", "o-2")).versions).toBe(2);
    pass(6 * 365 * DAY);
    expect(await ask(ROUTES.replayQuarantine, { body: {} })).toMatchObject({ released: 1 });
  });
  it("name people nowhere but in the people table, and go with them", async () => {
    const row = {
      id: "c-1",
      updated_at: day(1),
      email: "Ann@acme.com",
      name: "Ann Lee",
      phone: "+49 170 1234567",
      account_id: "acme",
      title: "CFO",
      attributes: { "ann's mail": "ann@acme.com", seats: 5 },
    };
    await upsert("contacts", row);
    const { object, fields } = await record("contact", "c-1");
    expect(object).toMatch(/^p_/u);
    expect(fields).toMatchObject({ title: "CFO", account_id: "acme", "attributes.seats": 5 });
    expect(JSON.stringify([fields, await signals()])).not.toMatch(/ann@|Ann Lee|1234567/iu);
    const known = await ask(ROUTES.person, { query: "?person=ann@acme.com" });
    expect(known.identifiers.map(({ value }) => value)).toEqual(["ann@acme.com", "Ann Lee", "+491701234567", "c-1"]);
    expect(known.account_by).toBe("message");
    await ask(ROUTES.erasePerson, { body: { person: "ann@acme.com", by: "person:owner" } });
    expect((await send("GET", "/v1/records?kind=contact&source=crm&id=c-1")).status).toBe(404);
  });
  it("say nothing of an address that is used as an id", async () => {
    await upsert("leads", { id: "ann@acme.com", updated_at: day(1), stage: "new" });
    expect(JSON.stringify(await signals())).not.toContain("ann@");
    expect((await record("lead", "ann@acme.com")).fields).toMatchObject({ stage: "new" });
  });
  it("say who plays which part in an opportunity, as of their latest row", async () => {
    const contacts = [
      { contact_id: "c-1", role: "champion" },
      { contact_id: "c-2", role: "economic_buyer" },
    ];
    await upsert("opportunities", deal(5, { contacts }), deal(1, { contacts: [] }), deal(6, { stage: "x" }));
    const [one, two] = (await record("opportunity", "o-1")).contacts;
    const { refs } = await ask(ROUTES.person, { query: "?person=c-1" });
    expect([one, two?.role]).toEqual([{ person: refs[0], role: "champion" }, "economic_buyer"]);
  });
  it("opt people out with their acknowledgement, and join a lead to the contact that it became", async () => {
    await upsert("leads", { id: "l-1", updated_at: day(1), email: "ann@acme.com", email_opted_out: true });
    const allowed = async (unit: string) =>
      (await ask(ROUTES.contactAllowed, { query: `?unit=${unit}&channel=email` })).allowed;
    expect(await allowed("l-1")).toBe(false);
    await upsert("leads", {
      id: "l-1",
      updated_at: day(2),
      converted_contact_id: "c-1",
      converted_account_id: "acme",
    });
    expect(await allowed("c-1")).toBe(false);
    expect((await signals()).map(({ type }) => type)).toEqual(["lead_created", "unsubscribed", "lead_converted"]);
  });
  it("are taken with the key of a source of kind api alone", async () => {
    expect((await send("POST", "/v1/leads", { rows: [{}] })).status).toBe(401);
    const { key: other } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    const refused = await send("POST", "/v1/leads", { rows: [{}] }, { authorization: `Bearer ${other}` });
    expect(await problem(refused)).toMatchObject({ status: 403, code: "auth.forbidden" });
    expect((await send("POST", "/v1/leads", [], { authorization: `Bearer ${key}` })).status).toBe(400);
  });
});

describe("the account of a lead", () => {
  const RULES = `
api_version: ratchet.matching/v1
rules:
  - { id: beta, when: { company: "Beta*" }, account: beta-1 }
`;
  const lead = (id: string, told: object) => ({ id, updated_at: day(1), ...told });
  it("comes from its row, the domain or a rule, each said; what is not clear is listed for a person", async () => {
    await upsert(
      "accounts",
      lead("acme-1", { domain: "acme.com" }),
      lead("twin-1", { domain: "twin.com" }),
      lead("twin-2", { domain: "www.twin.com" }),
    );
    await upsert(
      "leads",
      lead("l-1", { account_id: "acme-9" }),
      lead("l-2", { email: "bob@acme.com" }),
      lead("l-3", { email: "eve@twin.com" }),
      lead("l-4", { email: "eve@gmail.com", company: "Beta GmbH" }),
    );
    expect((await record("lead", "l-2")).fields).toMatchObject({ matched_account: "acme-1", matched_by: "domain" });
    const before = await ask(ROUTES.matching);
    expect(before.by).toEqual([
      { by: "account_id", leads: 1 },
      { by: "ambiguous", leads: 1 },
      { by: "domain", leads: 1 },
      { by: "none", leads: 1 },
    ]);
    expect(before.ambiguous).toMatchObject([{ source: "crm", candidates: ["twin-1", "twin-2"], by: "domain" }]);
    const after = await ask(ROUTES.setMatching, { body: { rules: RULES } });
    expect(after.by).toContainEqual({ by: "rule:beta", leads: 1 });
    expect((await ask(ROUTES.person, { query: "?person=l-4" })).account_by).toBe("rule");
  });
  it("is not decided by rules with faults, which are named with their lines", async () => {
    const faulty = await send("POST", "/v1/matching", {
      rules: `${RULES}  - { id: all, when: { company: "*" }, account: a }\n`,
    });
    expect(await problem(faulty)).toMatchObject({ code: "matching.invalid", faults: [{ path: "5:24" }] });
  });
});
