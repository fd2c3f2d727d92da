import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, problem, send } from "../memory-app.fixture.ts";

beforeEach(() => open());

const SECRET = "abcd1234";

/** Outreach signs the body as it is; a reply to a mail, as it sends it. */
function outreachReply(id: string): { readonly body: string; readonly headers: Record<string, string> } {
  const data = {
    type: "mailing",
    id: 9,
    attributes: { repliedAt: "2026-02-28T10:00:00Z" },
    relationships: { prospect: { data: { id: 7, type: "prospect" } } },
  };
  const body = JSON.stringify({ data, meta: { eventName: "mailing.replied", deliveredAt: "2026-02-28T10:00:01Z" } });
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  return { body, headers: { "outreach-webhook-signature": signature, "outreach-webhook-id": id } };
}

describe("a vendor's webhook", () => {
  it("is taken where its signature is right, once", async () => {
    await ask(ROUTES.createSource, {
      body: { source_id: "outreach-eu", kind: "webhook", vendor: "outreach", secret: SECRET },
    });
    const { body, headers } = outreachReply("w-1");
    const first = await send("POST", "/hooks/outreach/outreach-eu", body, headers);
    expect([first.status, await first.json()]).toEqual([
      200,
      { sent: 1, accepted: 1, duplicates: 0, quarantined: 0, ignored: 0 },
    ]);
    expect(await (await send("POST", "/hooks/outreach/outreach-eu", body, headers)).json()).toMatchObject({
      accepted: 0,
      duplicates: 1,
    });
  });
  it("is refused where it is wrong, absent, or meant for another source, and the attempt is written down", async () => {
    await ask(ROUTES.createSource, {
      body: { source_id: "outreach-eu", kind: "webhook", vendor: "outreach", secret: SECRET },
    });
    const { body, headers } = outreachReply("w-1");
    const forged = await send("POST", "/hooks/outreach/outreach-eu", `${body} `, headers);
    expect(await problem(forged)).toMatchObject({ status: 401, code: "auth.bad_signature" });
    expect((await send("POST", "/hooks/outreach/outreach-eu", body)).status).toBe(401);
    expect((await send("POST", "/hooks/outreach/nobody", body, headers)).status).toBe(401);
    expect((await send("POST", "/hooks/sendgrid/outreach-eu", body, headers)).status).toBe(401);
    expect(context.requestLog.latest("outreach-eu").map(({ status }) => status)).toEqual([401, 401]);
    expect(await context.stores.state.backlog()).toBe(0);
    await ask(ROUTES.disableSource, { parameters: { source_id: "outreach-eu" } });
    expect(await problem(await send("POST", "/hooks/outreach/outreach-eu", body, headers))).toMatchObject({
      code: "auth.source_disabled",
    });
    expect(context.requestLog.latest("outreach-eu")).toHaveLength(3);
  });
  it("shows how many of its events are no signals", async () => {
    await ask(ROUTES.createSource, { body: { source_id: "pm", kind: "webhook", vendor: "postmark", secret: "u:p" } });
    const test = { RecordType: "Bounce", Type: "OpenRelayTest" };
    const authorization = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect(await (await send("POST", "/hooks/postmark/pm", test, { authorization })).json()).toMatchObject({
      ignored: 1,
    });
    const { sources } = await ask(ROUTES.sources);
    expect(sources[0]?.tally).toMatchObject({ requests: 1, sent: 0, ignored: 1 });
    const { requests } = await ask(ROUTES.sourceRequests, { parameters: { source_id: "pm" } });
    expect(requests).toMatchObject([{ status: 200, sent: 0, ignored: 1 }]);
  });
  it("of a vendor that nobody knows is read by the mapping that came with its source", async () => {
    const mapping = await readFile("examples/webhook-mappings/close.yaml", "utf8");
    const { source } = await ask(ROUTES.createSource, {
      body: { source_id: "close-eu", kind: "webhook", mapping, secret: SECRET },
    });
    expect(source.vendor).toBe("close");
    const event = {
      id: "ev_1",
      date_created: "2026-02-28T10:00:00.000000",
      object_type: "opportunity",
      object_id: "oppo_1",
      action: "updated",
      lead_id: "lead_1",
      previous_data: { status_type: "active" },
      data: { status_type: "won", value: 150_000, value_currency: "EUR", contact_id: "cont_1" },
    };
    const body = JSON.stringify({ subscription_id: "s", event });
    const timestamp = String(context.stores.clock() / 1000);
    const signature = createHmac("sha256", Buffer.from(SECRET, "hex")).update(`${timestamp}${body}`).digest("hex");
    const headers = { "close-sig-hash": signature, "close-sig-timestamp": timestamp };
    expect(await (await send("POST", "/hooks/close/close-eu", body, headers)).json()).toMatchObject({ accepted: 1 });
    const item = (await context.stores.state.openSegment(1))?.items[0];
    expect(item).toMatchObject({
      kind: "signal",
      signal: { type: "opportunity_won", unitId: "lead_1", value: 1_500_000_000, detail: { currency: "EUR" } },
    });
  });
  it("is read in the words that its team told, and what waits is read again in new ones", async () => {
    const settings = await readFile("examples/source-settings/hubspot.yaml", "utf8");
    await ask(ROUTES.createSource, {
      body: { source_id: "hubspot-eu", kind: "webhook", vendor: "hubspot", secret: SECRET },
    });
    const set = (told: object) =>
      send("POST", "/v1/sources/hubspot-eu/settings", told).then((response) => response.json());
    expect(await set({ settings })).toMatchObject({ has_settings: true });
    const stage = (value: string) => ({
      subscriptionType: "deal.propertyChange",
      portalId: 1,
      objectId: 7,
      propertyName: "dealstage",
      propertyValue: value,
      occurredAt: context.stores.clock(),
    });
    const body = JSON.stringify([stage("184502")]);
    const timestamp = String(context.stores.clock());
    const url = "http://localhost:4600/hooks/hubspot/hubspot-eu";
    const signature = createHmac("sha256", SECRET).update(`POST${url}${body}${timestamp}`).digest("base64");
    const headers = { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp };
    const taken = await send("POST", "/hooks/hubspot/hubspot-eu", body, headers);
    // In the team's words the stage is a won one: a transition and an end. HubSpot tells only the deal: without an account or a person it
    // waits, as it was sent, and says why.
    expect(await taken.json()).toMatchObject({ sent: 2, quarantined: 2 });
    const [row] = await context.stores.state.quarantined({ limit: 1 });
    expect(row?.raw).toBe(JSON.stringify(stage("184502")));
    expect(await set({ settings: null })).toMatchObject({ has_settings: false });
    const faulty = await send("POST", "/v1/sources/hubspot-eu/settings", {
      settings: "api_version: ratchet.source-settings/v1\ncurrency: euros\n",
    });
    expect(await problem(faulty)).toMatchObject({ code: "source.bad_settings", faults: [{ path: "2:1" }] });
    const mapped = await send("POST", "/v1/sources/hubspot-eu/settings", { mapping: "version: 1" });
    expect((await problem(mapped)).status).toBe(400);
  });
  it("that signs a token and not its body is taken with that token for one body, also after a restart", async () => {
    await ask(ROUTES.createSource, {
      body: { source_id: "mailgun-eu", kind: "webhook", vendor: "mailgun", secret: SECRET },
    });
    const token = "t".repeat(50);
    const timestamp = String(context.stores.clock() / 1000);
    const signature = createHmac("sha256", SECRET).update(`${timestamp}${token}`).digest("hex");
    const event = (word: string) => ({
      signature: { timestamp, token, signature },
      "event-data": { event: word, id: word, recipient: "ann@acme.com", timestamp: Number(timestamp) },
    });
    const sent = (word: string) => send("POST", "/hooks/mailgun/mailgun-eu", event(word));
    expect(await (await sent("opened")).json()).toMatchObject({ accepted: 1 });
    expect(await (await sent("opened")).json()).toMatchObject({ duplicates: 1 });
    expect(await problem(await sent("unsubscribed"))).toMatchObject({ status: 401, code: "auth.bad_signature" });
    expect((await ask(ROUTES.contactAllowed, { query: "?unit=ann@acme.com" })).allowed).toBe(true);
  });
  it("source is refused with a mapping that does not fit, every fault at its line", async () => {
    const refused = await problem(
      await send("POST", "/v1/sources", { source_id: "x", kind: "webhook", mapping: "version: 2\nname: X Y\n" }),
    );
    expect(refused.code).toBe("map.invalid");
    expect(refused.faults?.map(({ path }) => path.split(":")[0])).toContain("1");
    const unknown = await problem(
      await send("POST", "/v1/sources", { source_id: "x", kind: "webhook", vendor: "acme" }),
    );
    expect(unknown.detail).toContain("known are hubspot");
  });
});
