import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

beforeEach(() => open());

describe("signals", () => {
  beforeEach(setUp);
  const good = {
    message_id: "m1",
    type: "reply",
    unit_id: "u",
    value: 12.5,
    occurred_at: "2026-03-01T10:00:00Z",
    source: "crm",
  };

  it("are read one by one: a bad one goes to quarantine with its reason, the others are kept", async () => {
    const answer = await ask(ROUTES.signals, {
      body: {
        signals: [
          good,
          { ...good, message_id: "m2", type: "Not A Type" },
          7,
          { ...good, message_id: "m3", source: "import:x" },
        ],
      },
    });
    expect(answer).toMatchObject({
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, code: "signal.invalid" }, { index: 2 }, { index: 3, code: "signal.reserved_source" }],
    });
    const quarantine = await ask(ROUTES.quarantine);
    expect(quarantine.total).toBe(3);
    expect(quarantine.rows[0]).toMatchObject({
      code: "signal.invalid",
      raw: JSON.stringify({ ...good, message_id: "m2", type: "Not A Type" }),
    });
  });
  it("count once, and contradict nobody silently", async () => {
    await ask(ROUTES.signals, { body: { signals: [good] } });
    expect(await ask(ROUTES.signals, { body: { signals: [good] } })).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(await ask(ROUTES.signals, { body: { signals: [{ ...good, value: 99 }] } })).toMatchObject({
      sent: 1,
      accepted: 0,
      conflicts: 1,
      quarantined: 1,
      rejected: [{ index: 0, code: "inbox.conflict" }],
    });
    const mixed = [{ ...good, message_id: "m9" }, 7, { ...good, value: 98 }];
    expect(await ask(ROUTES.signals, { body: { signals: mixed } })).toMatchObject({
      accepted: 1,
      conflicts: 1,
      quarantined: 2,
      rejected: [
        { index: 1, code: "signal.invalid" },
        { index: 2, code: "inbox.conflict" },
      ],
    });
  });
  it("count once also where their sender never says when they happened, and tries again later", async () => {
    const { occurred_at: _, ...undated } = good;
    await ask(ROUTES.signals, { body: { signals: [undated] } });
    pass(60_000);
    expect(await ask(ROUTES.signals, { body: { signals: [undated] } })).toMatchObject({ duplicates: 1, conflicts: 0 });
    expect(await ask(ROUTES.signals, { body: { signals: [good] } })).toMatchObject({ duplicates: 0, conflicts: 1 });
  });
  it("refuse an envelope that is none, with every fault", async () => {
    expect(await problem(await send("POST", "/v1/signals", "{"))).toMatchObject({
      code: "request.not_json",
      status: 400,
    });
    expect((await problem(await send("POST", "/v1/signals", { signals: [], more: 1 }))).faults).toHaveLength(2);
  });
});

describe("a source's key", () => {
  const happened = { type: "reply", occurred_at: "2026-03-01T10:00:00Z" };
  const withKey = async (key: string, signals: readonly unknown[]) => {
    const answer = await send("POST", "/v1/signals", { signals }, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(200);
    return ROUTES.signals.response.parse(await answer.json());
  };
  const appKey = async () => (await ask(ROUTES.createSource, { body: { source_id: "app", kind: "api" } })).key;
  const stored = async () => {
    const items = (await context.stores.state.openSegment(100))?.items ?? [];
    return items.flatMap((item) => (item.kind === "signal" ? [item.signal] : []));
  };

  it("says who sends: a signal may repeat it and not contradict it, and nobody takes a keyed source's name without its key", async () => {
    const key = await appKey();
    const about = { ...happened, unit_id: "u" };
    const answer = await withKey(key, [
      { ...about, message_id: "1" },
      { ...about, message_id: "2", source: "app" },
      { ...about, message_id: "3", source: "crm" },
    ]);
    expect(answer).toMatchObject({ sent: 3, accepted: 2, quarantined: 1 });
    expect(answer.rejected).toMatchObject([{ index: 2, code: "signal.wrong_source" }]);
    const forged = await ask(ROUTES.signals, { body: { signals: [{ ...about, message_id: "4", source: "app" }] } });
    expect(forged.rejected).toMatchObject([{ code: "signal.wrong_source" }]);
    expect(await ask(ROUTES.replayQuarantine, { body: {} })).toMatchObject({ replayed: 2, released: 0 });
    expect((await stored()).map(({ source, messageId }) => [source, messageId])).toEqual([
      ["app", "1"],
      ["app", "2"],
    ]);
    const { sources } = await ask(ROUTES.sources);
    expect(sources[0]?.tally).toMatchObject({ requests: 1, sent: 3, accepted: 2, duplicates: 0, quarantined: 1 });
    expect(context.requestLog.latest("app")).toMatchObject([{ route: "signals", status: 200, sent: 3 }]);
  });

  it("is refused where it is unknown, or that of a source of another kind", async () => {
    const body = { signals: [{ ...happened, message_id: "1", unit_id: "u" }] };
    const post = (headers: Record<string, string>) => send("POST", "/v1/signals", body, headers);
    expect(await problem(await post({ authorization: "Bearer wrong" }))).toMatchObject({ code: "auth.unknown_key" });
    const { key } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    expect(await problem(await post({ authorization: `Bearer ${key}` }))).toMatchObject({
      code: "auth.forbidden.source_kind",
      status: 403,
    });
    expect((await problem(await post({ "x-forwarded-for": "203.0.113.7" }))).code).toBe("auth.unknown_key");
  });

  it("lets what was quarantined in again, byte for byte, once it fits", async () => {
    const key = await appKey();
    const raw = `{"type": "reply",  "message_id":"q", "unit_id":"u", "occurred_at":"2026-13-01T10:00:00Z"}`;
    const post = await send("POST", "/v1/signals", `{"signals":[7, ${raw}]}`, { authorization: `Bearer ${key}` });
    expect(await post.json()).toMatchObject({ sent: 2, accepted: 0, quarantined: 2 });
    expect((await ask(ROUTES.quarantine)).rows.map((row) => row.raw)).toEqual(["7", raw]);
    await context.stores.state.quarantine([
      {
        source: "app",
        position: "1",
        code: "signal.invalid",
        reason: "a reader that has been mended since",
        raw: raw.replace("-13-", "-02-"),
        at: context.stores.clock(),
      },
    ]);
    expect(await ask(ROUTES.replayQuarantine, { body: { source: "app" } })).toMatchObject({ replayed: 3, released: 1 });
    expect((await stored()).map(({ messageId }) => messageId)).toEqual(["q"]);
  });

  it("brings people and accounts, of whom the facts know surrogates alone", async () => {
    const key = await appKey();
    const ann = { user_id: "u-1", email: "ann.marker@example.com", name: "Ann Marker", phone: "+4930123456" };
    const answer = await withKey(key, [
      { ...happened, ...ann, message_id: "1", account_id: "acme", properties: { channel: "email", email: ann.email } },
      { ...happened, message_id: "2", email: ann.email, value: 10, currency: "eur", text: "We should talk." },
      { ...happened, message_id: "3", unit_id: "team-7", user_id: "u-1" },
      { ...happened, message_id: "4", unit_id: ann.email, properties: { step: 2 } },
      { ...happened, message_id: "5" },
    ]);
    expect(answer).toMatchObject({ accepted: 4, rejected: [{ index: 4, code: "signal.about_nobody" }] });
    const facts = await stored();
    const person = context.surrogates.person({ userId: "u-1" });
    const mailbox = context.surrogates.person({ email: ann.email });
    expect(facts.map(({ unitId }) => String(unitId))).toEqual(["acme", mailbox, "team-7", mailbox]);
    expect(facts.map(({ detail }) => detail?.person)).toEqual([person, mailbox, person, mailbox]);
    expect(facts[0]?.detail?.properties).toEqual({ channel: "email" });
    expect(facts[1]).toMatchObject({ value: 10_000_000, detail: { currency: "EUR" } });
    for (const trace of ["ann.marker", "Ann Marker", "4930123456"]) expect(JSON.stringify(facts)).not.toContain(trace);
    expect((await context.people.find("u-1")).rows.map(({ value }) => value)).toContain(ann.email);
  });

  it("brings opt-outs that hold at once, whether they name a person or a unit", async () => {
    const key = await appKey();
    const stop = { ...happened, type: "unsubscribed" };
    await withKey(key, [
      { ...stop, message_id: "1", email: "ann@example.com" },
      { ...stop, message_id: "2", unit_id: "lead-2" },
      { ...stop, message_id: "3", unit_id: "lead-3", properties: { channel: "email" } },
    ]);
    const asked = { channel: "email", now: context.stores.clock() };
    for (const named of ["ann@example.com", "lead-2", "lead-3"])
      expect((await context.people.allowed(named, asked)).kind).toBe("refused");
    expect((await context.people.allowed("lead-4", asked)).kind).toBe("allowed");
  });
});
