import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(async () => {
  await open();
  await setUp();
});

async function segmentKey(): Promise<string> {
  const { key } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
  return key;
}

const tell = async (key: string, ...batch: readonly object[]): Promise<void> => {
  const response = await send("POST", "/v1/batch", { batch }, { authorization: `Bearer ${key}` });
  expect(response.status).toBe(200);
};
const person = (name: string) => ask(ROUTES.person, { query: `?person=${encodeURIComponent(name)}` });
const allowed = (name: string, channel?: string) =>
  ask(ROUTES.contactAllowed, {
    query: `?unit=${encodeURIComponent(name)}${channel === undefined ? "" : `&channel=${channel}`}`,
  });

describe("GET /v1/people", () => {
  it("knows a person under every name with the 2xx of the message that told it", async () => {
    const key = await segmentKey();
    await tell(
      key,
      { type: "page", messageId: "1", anonymousId: "b-1", name: "Home" },
      {
        type: "identify",
        messageId: "2",
        userId: "u1",
        anonymousId: "b-1",
        traits: { email: "Ann@Acme.com", name: "Ann Lee" },
      },
    );
    const found = await person("ann@acme.com");
    expect(found.identifiers).toEqual([
      { kind: "anonymous_id", value: "b-1" },
      { kind: "email", value: "ann@acme.com" },
      { kind: "name", value: "Ann Lee" },
      { kind: "user_id", value: "u1" },
    ]);
    expect(found.account_by).toBe("domain");
    expect(await person("b-1")).toEqual(found);
    expect((await person("nobody@x.com")).identifiers).toEqual([]);
  });
  it("joins two records that were merged, and the older unit stays", async () => {
    const key = await segmentKey();
    await tell(key, {
      type: "track",
      messageId: "1",
      userId: "lead-1",
      event: "Visit",
      timestamp: "2026-02-01T00:00:00Z",
    });
    await tell(key, {
      type: "track",
      messageId: "2",
      userId: "contact-1",
      event: "Visit",
      timestamp: "2026-02-03T00:00:00Z",
    });
    const merged = await ask(ROUTES.mergePeople, { body: { person: "contact-1", former: "lead-1" } });
    expect([merged.unit_id, merged.other_units]).toEqual(["lead-1", ["contact-1"]]);
    const same = await send("POST", "/v1/people/merge", { person: "contact-1", former: "contact-1" });
    expect(await problem(same)).toMatchObject({ code: "person.same", status: 400 });
  });
});

describe("who may be contacted", () => {
  it("does not depend on which was heard first, the objection or who shares the browser (issue 4: any order, one end)", async () => {
    const shares = (userId: string) => ({ type: "identify", messageId: userId, userId, anonymousId: "b-1" });
    const objection = { person: "u1", basis: "objected", source: "crm", message_id: "o1", at: "2026-02-01T00:00:00Z" };
    const ends = [];
    for (const isFirst of [true, false]) {
      await open();
      const key = await segmentKey();
      await tell(key, shares("u1"));
      if (isFirst) await ask(ROUTES.suppress, { body: objection });
      await tell(key, shares("u2"));
      if (!isFirst) await ask(ROUTES.suppress, { body: objection });
      const answers = await Promise.all(["u1", "u2", "b-1"].map((name) => allowed(name)));
      const records = await context.stores.state.consents({ afterSeq: 0, limit: 100 });
      ends.push({ allowed: answers.map((answer) => answer.allowed), records: records.length });
    }
    // Writing it down under every name known by then kept it under the browser's, too, which later was nobody's own.
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]?.allowed).toEqual([false, true, true]);
  });
  it("is refused from the acknowledgement of an opt-out on, under every name of the person", async () => {
    const key = await segmentKey();
    await tell(key, { type: "identify", messageId: "1", userId: "u1", traits: { email: "ann@acme.com" } });
    expect((await allowed("u1", "email")).allowed).toBe(true);
    await tell(key, {
      type: "track",
      messageId: "2",
      event: "Unsubscribed",
      context: { traits: { email: "ann@acme.com" } },
    });
    for (const name of ["u1", "ann@acme.com"])
      expect(await allowed(name, "email")).toMatchObject({
        allowed: false,
        rule: "suppression.unsubscribed",
        source: "website",
      });
    expect((await allowed("u1", "phone")).allowed).toBe(true);
    expect((await allowed("u1")).allowed).toBe(false);
  });
  it("hears an opt-out whose time nobody can read, from a vendor and from a client (issue 4: both waited in quarantine)", async () => {
    await ask(ROUTES.createSource, { body: { source_id: "pm", kind: "webhook", vendor: "postmark", secret: "u:p" } });
    const event = {
      RecordType: "SubscriptionChange",
      SuppressSending: true,
      SuppressionReason: "ManualSuppression",
      Recipient: "ann@acme.com",
      ChangedAt: "?",
    };
    const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect(await (await send("POST", "/hooks/postmark/pm", event, { authorization })).json()).toMatchObject({
      accepted: 1,
      quarantined: 0,
    });
    expect((await allowed("ann@acme.com", "email")).rule).toBe("suppression.unsubscribed");
    // Sent again later: the same, though our clock says another time.
    pass(60_000);
    expect(await (await send("POST", "/hooks/postmark/pm", event, { authorization })).json()).toMatchObject({
      duplicates: 1,
    });
    const key = await segmentKey();
    await tell(key, { type: "track", messageId: "2", userId: "u2", event: "Unsubscribed", timestamp: "yesterday" });
    expect((await allowed("u2", "email")).rule).toBe("suppression.unsubscribed");
    const { id, time } = { id: "e-1", time: "yesterday" };
    const broker = await ask(ROUTES.createSource, { body: { source_id: "broker", kind: "cloudevents" } });
    const sent = { specversion: "1.0", id, time, source: "crm", type: "com.x.unsubscribed", subject: "lead/u3" };
    await send("POST", "/v1/events", sent, {
      authorization: `Bearer ${broker.key}`,
      "content-type": "application/cloudevents+json",
    });
    expect((await allowed("u3", "email")).rule).toBe("suppression.unsubscribed");
  });
  it("hears an opt-out that names the person by a unit, also with a clock that is ahead", async () => {
    const signal = { message_id: "m", type: "unsubscribed", unit_id: "lead-9", occurred_at: "2027-01-01T00:00:00Z" };
    await ask(ROUTES.signals, { body: { signals: [signal] } });
    expect((await allowed("lead-9", "email")).rule).toBe("suppression.unsubscribed");
  });
  it("lets nobody through who asks after the acknowledgement, however many opt out at once", async () => {
    const units = Array.from({ length: 300 }, (_, i) => `lead-${i}`);
    const after = await Promise.all(
      units.map(async (unit_id) => {
        const signal = { message_id: `m-${unit_id}`, type: "unsubscribed", unit_id };
        const [, during] = await Promise.all([
          ask(ROUTES.signals, { body: { signals: [signal] } }),
          allowed(unit_id, "email"),
        ]);
        // While it is under way either answer is right; after it, one.
        expect([true, false]).toContain(during.allowed);
        return allowed(unit_id, "email");
      }),
    );
    expect(after.filter((answer) => answer.allowed)).toEqual([]);
  });
  it("takes explicit suppressions and consents, once each, and nothing from the engine", async () => {
    const said = { person: "bob@x.com", source: "person:owner", message_id: "s-1" };
    const body = { ...said, basis: "objected" };
    expect(await ask(ROUTES.suppress, { body })).toMatchObject({
      allowed: false,
      rule: "suppression.objected",
      channel: "all",
    });
    await ask(ROUTES.suppress, { body });
    expect(await context.stores.state.consents({ afterSeq: 0, limit: 10 })).toHaveLength(1);
    const consent = {
      person: "eve@x.com",
      source: "crm",
      message_id: "c-1",
      kind: "granted",
      basis: "implied",
      channel: "email",
    };
    const until = "2026-03-02T00:00:00Z";
    expect((await ask(ROUTES.recordConsent, { body: { ...consent, expires_at: until } })).allowed).toBe(true);
    pass(2 * 86_400_000);
    expect(await allowed("eve@x.com", "email")).toMatchObject({ allowed: false, rule: "consent.expired" });
    // Dropped silently before: the sender believed that the telephone was barred too (issue 4, the same id with another body).
    const other = await send("POST", "/v1/suppressions", { ...body, channel: "phone", basis: "complained" });
    expect(await problem(other)).toMatchObject({ code: "person.conflict", status: 409 });
    const taken = await send("POST", "/v1/consents", { ...consent, kind: "withdrawn" });
    expect((await problem(taken)).code).toBe("person.conflict");
    expect(await context.stores.state.consents({ afterSeq: 0, limit: 10 })).toHaveLength(2);
    const learner = await send("POST", "/v1/consents", { ...consent, source: "engine" });
    expect((await problem(learner)).code).toBe("person.reserved_source");
  });
});

describe("POST /v1/people/erase", () => {
  it("forgets who it was, keeps the objection and a ledger that verifies, and finds nobody the second time", async () => {
    const key = await segmentKey();
    await tell(key, {
      type: "identify",
      messageId: "1",
      userId: "u1",
      traits: { email: "ann@acme.com", name: "Ann Lee" },
    });
    await tell(key, { type: "track", messageId: "2", event: "Unsubscribed", userId: "u1" });
    await tell(key, { type: "nonsense", messageId: "3", traits: { email: "ann@acme.com" } });
    const erased = await ask(ROUTES.erasePerson, { body: { person: "ann@acme.com", by: "person:owner" } });
    expect(erased).toMatchObject({ texts: 1, suppressed: true });
    expect((await person("u1")).identifiers).toEqual([]);
    // Known by the address alone now: the opt-out named the id.
    expect((await allowed("ann@acme.com", "email")).rule).toBe("suppression.unsubscribed");
    const { rows } = await ask(ROUTES.quarantine);
    expect(rows[0]?.raw).toBe("(erased)");
    const ledger = await ask(ROUTES.ledger);
    expect(ledger.verification.kind).toBe("whole");
    expect(ledger.entries.at(-1)).toMatchObject({ kind: "person.erased", actor: "person:owner" });
    expect(JSON.stringify(ledger)).not.toContain("ann");
    const again = await ask(ROUTES.erasePerson, { body: { person: "ann@acme.com", by: "person:owner" } });
    expect(again).toMatchObject({ rows: 0, texts: 0 });
  });
});
