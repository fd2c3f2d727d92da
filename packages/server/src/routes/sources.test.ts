import { gzipSync } from "node:zlib";
import { projectInbox } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, problem, send } from "../memory-app.fixture.ts";

beforeEach(() => open());

const track = {
  type: "track",
  event: "Meeting Booked",
  userId: "u1",
  messageId: "m1",
  timestamp: "2026-02-28T10:00:00Z",
};

async function createSource(kind: string, id = "website"): Promise<string> {
  return (await ask(ROUTES.createSource, { body: { source_id: id, kind } })).key;
}

async function post(key: string, path: string, body: unknown): Promise<Response> {
  return send("POST", path, body, { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` });
}

describe("a source", () => {
  it("gets a key that is shown once, and is listed without it", async () => {
    const { key, source } = await ask(ROUTES.createSource, { body: { source_id: "website", kind: "segment" } });
    expect(key).toMatch(/^rk_live_[\w-]{43}$/);
    const listed = JSON.stringify(await ask(ROUTES.sources));
    expect(listed).not.toContain(key);
    expect(JSON.stringify(await context.stores.state.sources())).not.toContain(key);
    expect(source).toMatchObject({ source_id: "website", carries_outcomes: true, disabled_at: null, waiting: 0 });
  });
  it.each([
    [{ source_id: "Web Site", kind: "segment" }, "source.bad_id"],
    [{ source_id: "engine", kind: "segment" }, "source.bad_id"],
    [{ source_id: "mail", kind: "webhook" }, "source.bad_vendor"],
    [{ source_id: "mail", kind: "segment", vendor: "sendgrid" }, "source.bad_vendor"],
    [{ source_id: "mail", kind: "segment", secret: "s" }, "source.bad_vendor"],
    [{ source_id: "mail", kind: "carrier pigeon" }, "request.invalid"],
  ])("is refused as %j with a reason", async (body, code) => {
    expect((await problem(await send("POST", "/v1/sources", body))).code).toBe(code);
  });
  it("has a name of its own", async () => {
    await createSource("segment");
    expect(await problem(await send("POST", "/v1/sources", { source_id: "website", kind: "segment" }))).toMatchObject({
      code: "source.exists",
      status: 409,
    });
  });
  it("is refused with its old key once it has a new one, and with any key once it is disabled", async () => {
    const old = await createSource("segment");
    const { key } = await ask(ROUTES.rotateSourceKey, {
      parameters: { source_id: "website" },
      body: { overlap: "0s" },
    });
    expect((await post(old, "/v1/track", track)).status).toBe(401);
    expect((await post(key, "/v1/track", track)).status).toBe(200);
    await ask(ROUTES.disableSource, { parameters: { source_id: "website" } });
    expect((await post(key, "/v1/track", track)).status).toBe(401);
    expect((await send("POST", "/v1/sources/nobody/disable", {})).status).toBe(404);
  });
});

describe("a source's request log", () => {
  it("shows what was refused before anything was read: too large, no archive, disabled; and enabling lets it in again", async () => {
    const key = await createSource("segment");
    const headers = { authorization: `Bearer ${key}` };
    expect((await send("POST", "/v1/batch", " ".repeat(5_000_000), headers)).status).toBe(413);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)));
    expect((await send("POST", "/v1/batch", bomb, { ...headers, "content-encoding": "gzip" })).status).toBe(413);
    await ask(ROUTES.disableSource, { parameters: { source_id: "website" } });
    expect(await problem(await post(key, "/v1/track", track))).toMatchObject({ code: "auth.source_disabled" });
    const { requests } = await ask(ROUTES.sourceRequests, { parameters: { source_id: "website" } });
    expect(requests.map(({ status }) => status)).toEqual([401, 413, 413]);
    expect(requests[0]?.fault).toContain("ratchet sources enable website");
    await ask(ROUTES.enableSource, { parameters: { source_id: "website" } });
    expect((await post(key, "/v1/track", track)).status).toBe(200);
  });
});

describe("what was refused before its key was read", () => {
  it("is found among the requests of nobody known: too large, no archive, no JSON, with the key in the body", async () => {
    const writeKey = await createSource("segment");
    const large = { batch: [{ ...track, properties: { note: "x".repeat(5_000_000) } }], writeKey };
    expect((await send("POST", "/v1/batch", large)).status).toBe(413);
    const archive = { "content-encoding": "gzip" };
    expect((await send("POST", "/v1/track", new Uint8Array([1, 2, 3]), archive)).status).toBe(400);
    expect((await send("POST", "/v1/t", `{"writeKey":"${writeKey}",`)).status).toBe(400);
    expect((await send("POST", "/v1/signals", `"${" ".repeat(5_000_000)}"`)).status).toBe(413);
    const { requests } = await ask(ROUTES.sourceRequests, { parameters: { source_id: "unknown key" } });
    expect(requests.map(({ status, route }) => [status, route])).toEqual([
      [413, "signals"],
      [400, "t"],
      [400, "track"],
      [413, "batch"],
    ]);
    expect(JSON.stringify(requests)).not.toContain(writeKey);
  });
  it("is nobody's request where no source sends: a question that was badly asked", async () => {
    await send("POST", "/v1/sources", "no document");
    await send("POST", "/v1/nothing", "no document");
    expect(context.requestLog.latest("unknown key")).toEqual([]);
  });
});

describe("Segment's routes", () => {
  it("take a batch item by item: what does not fit goes to quarantine as it was sent", async () => {
    const key = await createSource("segment");
    const bad = `{"type":"track", "event":"X",  "userId":"u2", "messageId":"m2", "timestamp":"yesterday", "n": 1e400}`;
    const body = `{"batch":[${JSON.stringify(track)},${bad},7,{"type":"track","messageId":"m4","event":"Nobody"}],"sentAt":"2026-03-01T00:00:00Z"}`;
    expect(await (await post(key, "/v1/batch", body)).json()).toEqual({ success: true });
    const { rows } = await ask(ROUTES.quarantine);
    expect(rows.map(({ raw, code }) => [raw, code])).toEqual([
      [bad, "time.not_iso"],
      ["7", "signal.invalid"],
      [`{"type":"track","messageId":"m4","event":"Nobody"}`, "signal.about_nobody"],
    ]);
    const { sources } = await ask(ROUTES.sources);
    expect(sources[0]?.tally).toMatchObject({ requests: 1, sent: 4, accepted: 1, duplicates: 0, quarantined: 3 });
  });
  it("count a message once, and keep one that contradicts it", async () => {
    const key = await createSource("segment");
    await post(key, "/v1/track", track);
    await post(key, "/v1/t", track);
    await post(key, "/v1/track", { ...track, event: "Meeting Held" });
    const { sources } = await ask(ROUTES.sources);
    expect(sources[0]?.tally).toMatchObject({ sent: 3, accepted: 1, duplicates: 1, quarantined: 1 });
  });
  it("read a key from the body where no header has it, and write down who knocked without one", async () => {
    const key = await createSource("segment");
    expect((await send("POST", "/v1/batch", { batch: [track], writeKey: key })).status).toBe(200);
    expect(await problem(await send("POST", "/v1/batch", { batch: [track], writeKey: "wrong" }))).toMatchObject({
      status: 401,
      code: "auth.unknown_key",
    });
    expect(context.requestLog.latest("unknown key")).toMatchObject([{ status: 401, route: "segment.batch" }]);
    expect(JSON.stringify(context.requestLog.latest("unknown key"))).not.toContain("wrong");
  });
  it("unpack what is gzipped, whatever it is called, and stop before a small archive fills the memory", async () => {
    const key = await createSource("segment");
    const headers = {
      authorization: `Bearer ${key}`,
      "content-encoding": "gzip",
      "content-type": "application/x-www-form-urlencoded",
    };
    const sent = (bytes: Uint8Array<ArrayBuffer>) => send("POST", "/v1/batch", bytes, headers);
    expect((await sent(new Uint8Array(gzipSync(JSON.stringify({ batch: [track] }))))).status).toBe(200);
    expect((await sent(new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024, 32))))).status).toBe(413);
    expect((await sent(new Uint8Array([1, 2, 3]))).status).toBe(400);
    const brotli = await send("POST", "/v1/batch", "x", { ...headers, "content-encoding": "br" });
    expect(brotli.status).toBe(415);
  });
  it("answer pages of any origin, which are known by their key, and nobody else's writes", async () => {
    const key = await createSource("segment");
    const origin = { origin: "https://www.example.com", "sec-fetch-site": "cross-site" };
    const answer = await send("POST", "/v1/t", { ...track, writeKey: key }, origin);
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    expect(
      (await send("OPTIONS", "/v1/t", undefined, { ...origin, "access-control-request-method": "POST" })).status,
    ).toBe(204);
    expect((await send("POST", "/v1/sources", {}, origin)).status).toBe(403);
  });
  it("refuse a message that is longer than Segment's clients send, and keep it", async () => {
    const key = await createSource("segment");
    await post(key, "/v1/batch", { batch: [{ ...track, properties: { note: "x".repeat(40_000) } }] });
    expect((await ask(ROUTES.quarantine)).rows[0]?.code).toBe("signal.too_large");
  });
  it("keep an event whose name no Latin letter spells, under its own name", async () => {
    const key = await createSource("segment");
    await post(key, "/v1/track", { ...track, event: "会议已预订", properties: { room: 7 } });
    const [item] = (await context.stores.state.openSegment(10))?.items ?? [];
    expect(item).toMatchObject({
      signal: { type: "custom", detail: { properties: { event: "会议已预订", room: 7 } } },
    });
  });
  it("keep an event out whose name holds an address, without quoting it, and no address as an account's id", async () => {
    const key = await createSource("segment");
    const event = "ann@acme.example booked";
    await post(key, "/v1/batch", {
      batch: [
        { ...track, event },
        { type: "group", messageId: "g1", userId: "u1", groupId: "bob@acme.example" },
      ],
    });
    const { rows } = await ask(ROUTES.quarantine);
    expect(rows.map(({ code }) => code)).toEqual(["signal.bad_type"]);
    expect(rows[0]?.reason).not.toContain("acme");
    const kept = JSON.stringify(await context.stores.state.openSegment(100));
    expect(kept).toContain("joined_account");
    for (const trace of ["ann_acme", "@acme"]) expect(kept).not.toContain(trace);
  });
  it("keep nobody's address in the facts, the request log or the answer", async () => {
    const key = await createSource("segment");
    const marker = "ann.marker@example.com";
    await post(key, "/v1/batch", {
      batch: [
        { ...track, userId: marker, context: { traits: { email: marker, firstName: "Annmarker" }, ip: "203.0.113.7" } },
        {
          type: "identify",
          messageId: "m9",
          userId: "u9",
          traits: { email: marker, phone: "+4930123456", plan: "pro" },
        },
      ],
    });
    const kept = JSON.stringify([
      await context.stores.state.openSegment(100),
      context.requestLog.latest("website"),
      await ask(ROUTES.sources),
    ]);
    expect(kept).toContain("pro");
    for (const trace of [marker, "Annmarker", "4930123456", "203.0.113.7"]) expect(kept).not.toContain(trace);
  });
});

describe("CloudEvents", () => {
  it("come in a batch, each judged alone", async () => {
    const key = await createSource("cloudevents", "crm");
    const event = {
      specversion: "1.0",
      id: "1",
      source: "/crm",
      type: "stage.changed",
      subject: "account/acme",
      data: { stage: "won" },
    };
    const answer = await send("POST", "/v1/events", [event, { ...event, id: "" }], {
      authorization: `Bearer ${key}`,
      "content-type": "application/cloudevents-batch+json",
    });
    expect(await answer.json()).toMatchObject({
      sent: 2,
      accepted: 1,
      quarantined: 1,
      rejected: [{ index: 1, code: "signal.invalid" }],
    });
  });

  it("join a lead with the contact that it became (issue 4: it was read as a type of nobody's, and nothing was joined)", async () => {
    const key = await createSource("cloudevents", "crm");
    const event = {
      specversion: "1.0",
      id: "1",
      source: "/crm",
      type: "com.example.lead.converted.v1",
      subject: "lead/lead-17",
      data: { contact_id: "contact-4", account_id: "acme" },
    };
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/cloudevents+json" };
    expect((await send("POST", "/v1/events", event, headers)).status).toBe(200);
    await projectInbox(context.stores, { maxItems: 10, maxSegments: 10 });
    const [signal] = await context.stores.facts.signals({ source: "crm", limit: 10 });
    expect(signal?.type).toBe("lead_converted");
    const joined = await ask(ROUTES.person, { query: "?person=contact-4" });
    expect(new Set(joined.identifiers.map(({ value }) => value))).toEqual(new Set(["contact-4", "lead-17"]));
    expect(await ask(ROUTES.person, { query: "?person=lead-17" })).toEqual(joined);
  });
});

describe("the quarantine", () => {
  it("lets a row go once it fits, only once, and keeps the others with their reason", async () => {
    const key = await createSource("segment");
    await post(key, "/v1/batch", { batch: [{ ...track, messageId: "q1", userId: undefined }, 7] });
    const before = await ask(ROUTES.replayQuarantine, { body: { source: "website" } });
    expect(before).toMatchObject({ replayed: 2, released: 0, not_replayable: 0 });
    expect(before.still.map(({ code }) => code)).toEqual(["signal.about_nobody", "signal.invalid"]);
    expect((await ask(ROUTES.quarantine)).total).toBe(2);
    // A rule that lets it through now stands in for a reader that was mended: the row itself is never edited.
    await context.stores.state.quarantine([
      {
        source: "website",
        position: "line 1",
        code: "signal.invalid",
        reason: "a reader that has been mended since",
        raw: JSON.stringify(track),
        at: context.stores.clock(),
      },
    ]);
    expect(await ask(ROUTES.replayQuarantine, { body: {} })).toMatchObject({ replayed: 3, released: 1 });
    expect(await ask(ROUTES.replayQuarantine, { body: {} })).toMatchObject({ replayed: 2, released: 0 });
    expect(await context.stores.state.backlog()).toBe(1);
    expect((await ask(ROUTES.quarantine)).rows[2]?.released_at).not.toBeNull();
  });
});
