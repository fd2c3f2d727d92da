import { instant, memoryStateStore, type LedgerDraft } from "@ratchet/engine";
import { ROUTES, type WebhookDeliveryView, type WebhookEndpointView } from "@ratchet/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReceiver, status, verified, type Receiver } from "./receiver.fixture.ts";
import { DISABLED_AFTER_MS } from "./retry-schedule.ts";
import { openWebhookApp, type WebhookApp } from "./webhook-app.fixture.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let receiver: Receiver;
let app: WebhookApp;

beforeEach(async () => {
  receiver = await openReceiver();
  app = await openWebhookApp();
});
afterEach(async () => {
  await app.context.webhooks.stop();
  await receiver.close();
});

const opened = (incidentId: string): LedgerDraft["body"] => ({
  kind: "incident.opened",
  incidentId,
  key: incidentId,
  check: "freshness",
  source: "crm",
  severity: "critical",
  sentence: "nothing came from crm, says ann@example.com",
  metrics: "all",
  from: instant(1),
});

async function endpoint(id: string): Promise<WebhookEndpointView> {
  const answer = await app.send("GET", `/v1/webhook-endpoints/${id}`);
  return ROUTES.webhookEndpoint.response.parse(await answer.json());
}

async function deliveries(query = ""): Promise<readonly WebhookDeliveryView[]> {
  const answer = await app.send("GET", `/v1/webhook-deliveries${query}`);
  return ROUTES.webhookDeliveries.response.parse(await answer.json()).deliveries;
}

const code = async (answer: Response): Promise<unknown> => {
  const problem: { readonly code?: unknown } = JSON.parse(await answer.text());
  return [answer.status, problem.code];
};

describe("an endpoint", () => {
  it("is told what it asked for, signed so that the stock library verifies it, and nothing else", async () => {
    const { secret } = await app.listen(`${receiver.url}/hook?team=a`, ["incident.opened"]);
    await app.write(opened("inc-1"), { kind: "incident.escalated", ...escalation("inc-1") });
    await app.settle();
    expect(receiver.calls).toHaveLength(1);
    const [call] = receiver.calls;
    if (call === undefined) throw new Error("unreachable");
    expect(call.path).toBe("/hook?team=a");
    expect(call.headers["content-type"]).toBe("application/json");
    expect(verified(call, secret)).toEqual({
      type: "incident.opened",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
      data: {
        incident_id: "inc-1",
        check: "freshness",
        source: "crm",
        metrics: "all",
        severity: "critical",
        ledger_seq: 4,
      },
    });
    expect(() => verified({ ...call, body: `${call.body} ` }, secret)).toThrow("No matching signature");
    expect(() => verified({ ...call, headers: { ...call.headers, "webhook-id": "msg_2" } }, secret)).toThrow(
      "No matching",
    );
  });

  it("gets a secret of 32 bytes that no other answer shows", async () => {
    const { endpoint: made, secret } = await app.listen(receiver.url, ["change.promoted"]);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u);
    expect(Buffer.from(secret.slice(6), "base64")).toHaveLength(32);
    for (const path of ["/v1/webhook-endpoints", `/v1/webhook-endpoints/${made.endpoint_id}`, "/v1/webhook-deliveries"])
      expect(await (await app.send("GET", path)).text()).not.toContain(secret.slice(6));
  });

  it("is signed with both secrets while it changes over, and with the new one alone afterwards", async () => {
    const { endpoint: made, secret } = await app.listen(receiver.url, ["incident.opened"]);
    const path = `/v1/webhook-endpoints/${made.endpoint_id}`;
    const rotated = ROUTES.rotateWebhookSecret.response.parse(
      await (await app.send("POST", `${path}/secret`, { overlap_hours: 2 })).json(),
    );
    expect(rotated.endpoint.previous_secret_until).not.toBeNull();
    await app.write(opened("inc-1"));
    await app.settle();
    expect(receiver.calls[0]?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    for (const one of [secret, rotated.secret]) verified(received(0), one);
    app.pass(2 * HOUR);
    await app.write(opened("inc-2"));
    await app.settle();
    expect(receiver.calls[1]?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
    // At once, where it got into the wrong hands.
    const again = ROUTES.rotateWebhookSecret.response.parse(
      await (await app.send("POST", `${path}/secret`, { overlap_hours: 0 })).json(),
    );
    expect(again.endpoint.previous_secret_until).toBeNull();
  });

  it("is not told what happened before it was there, nor while it was disabled", async () => {
    await app.write(opened("inc-0"));
    app.pass(1);
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    await app.settle();
    const path = `/v1/webhook-endpoints/${made.endpoint_id}`;
    await app.send("PATCH", path, { enabled: false });
    await app.write(opened("inc-1"));
    await app.settle();
    expect(receiver.calls).toEqual([]);
    expect(await endpoint(made.endpoint_id)).toMatchObject({ state: "disabled", waiting: 0 });
    expect(app.context.webhooks.health().state).toBe("green");
    await app.send("PATCH", path, { enabled: true });
    await app.write(opened("inc-2"));
    await app.settle();
    expect(receiver.calls.map(({ body }) => JSON.parse(body).data.incident_id)).toEqual(["inc-2"]);
  });

  it("can be changed and removed, with everything on its way to it", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    const path = `/v1/webhook-endpoints/${made.endpoint_id}`;
    receiver.answerWith(status(500));
    await app.write(opened("inc-1"));
    await app.settle();
    const changed = await (await app.send("PATCH", path, { events: ["change.promoted"], description: "b" })).json();
    expect(changed).toMatchObject({ events: ["change.promoted"], description: "b", waiting: 1 });
    expect(await (await app.send("DELETE", path)).json()).toEqual({ endpoint_id: made.endpoint_id, deleted: true });
    expect(await deliveries()).toEqual([]);
    expect(await code(await app.send("GET", path))).toEqual([404, "webhook.not_found"]);
    expect(await code(await app.send("DELETE", path))).toEqual([404, "webhook.not_found"]);
  });

  it.each([
    "http://example.com/",
    "https://localhost/",
    "https://10.0.0.1/",
    "https://[::ffff:169.254.169.254]/",
    "https://167772161/",
    "https://example.com:25/",
    "https://user:pass@example.com/",
    "javascript:alert(1)",
  ])("is refused where it would lead inside: %s", async (url) => {
    const body = { url, events: ["change.promoted"] };
    expect(await code(await app.send("POST", "/v1/webhook-endpoints", body))).toEqual([400, "webhook.bad_url"]);
    const { endpoint: made } = await app.listen("https://example.com/hook", ["change.promoted"]);
    const patch = await app.send("PATCH", `/v1/webhook-endpoints/${made.endpoint_id}`, { url });
    expect(await code(patch)).toEqual([400, "webhook.bad_url"]);
  });

  it("takes no field that is not its user's to set", async () => {
    const body = { url: "https://example.com/", events: [], secret: "whsec_mine", disabled: null };
    expect(await code(await app.send("POST", "/v1/webhook-endpoints", body))).toEqual([400, "request.invalid"]);
    const unknown = { url: "https://example.com/", events: ["ledger.everything"] };
    expect(await code(await app.send("POST", "/v1/webhook-endpoints", unknown))).toEqual([400, "request.invalid"]);
  });

  it("is one of fifty at most", async () => {
    for (let i = 0; i < 50; i += 1) await app.listen("https://example.com/", []);
    const body = { url: "https://example.com/", events: [] };
    expect(await code(await app.send("POST", "/v1/webhook-endpoints", body))).toEqual([409, "webhook.too_many"]);
  });
});

describe("what happens", () => {
  it("is told of decisions that are served, of overrides, and of outcomes that a metric counts", async () => {
    await app.listen(receiver.url, ["decision.served", "outcome.recorded", "execution.overridden"]);
    const id = await app.decide("ann@example.com");
    const signals = [
      { message_id: "m-1", type: "reply", unit_id: "ann@example.com", decision_id: id, value: 12.5, currency: "EUR" },
      { message_id: "m-2", type: "visit", unit_id: "ann@example.com" },
    ];
    await app.send("POST", "/v1/signals", { signals });
    const executions = [
      { message_id: "e-1", decision_id: id, kind: "overridden", by: "rep:ann@example.com", reason: "wrong_time" },
      { message_id: "e-2", decision_id: id, kind: "delivered" },
    ];
    await app.send("POST", "/v1/executions", { executions });
    await app.settle();
    const told = receiver.calls.map(({ body }) => JSON.parse(body)).toSorted((a, b) => (a.type < b.type ? -1 : 1));
    expect(told.map(({ type, data }) => [type, data.decision_id])).toEqual([
      ["decision.served", id],
      ["execution.overridden", id],
      ["outcome.recorded", id],
    ]);
    expect(told[2].data).toEqual({
      signal: "reply",
      metrics: ["reply"],
      decision_id: id,
      source: "api",
      value: 12.5,
      currency: "EUR",
    });
    expect(JSON.stringify(told)).not.toMatch(/ann|p_[0-9a-f]{8}/u);
  });

  it("is told once, however often it is asked for again or read again", async () => {
    await app.listen(receiver.url, ["decision.served"]);
    for (let i = 0; i < 3; i += 1) await app.decide("u-1");
    await app.settle();
    await app.decide("u-1");
    await app.settle();
    expect(receiver.calls).toHaveLength(1);
  });

  it("is not told of decisions for a test", async () => {
    await app.listen(receiver.url, ["decision.served"]);
    await app.decide("u-1", { mode: "test" });
    await app.settle();
    expect(receiver.calls).toEqual([]);
  });

  it("stays told although the process ends between queueing and forgetting: same ids, once", async () => {
    const kept = memoryStateStore();
    let isBroken = true;
    const state = {
      ...kept,
      closeSegment: (number: number) => (isBroken ? Promise.reject(new Error("killed")) : kept.closeSegment(number)),
    };
    app = await openWebhookApp({ state });
    await app.listen(receiver.url, ["decision.served"]);
    await app.decide("u-1");
    await expect(app.settle()).rejects.toThrow("killed");
    isBroken = false;
    app = await openWebhookApp({ state });
    await app.settle();
    expect(receiver.calls).toHaveLength(1);
    expect(await deliveries()).toHaveLength(1);
  });
});

describe("a call that fails", () => {
  it("is made again as the standard says, ten times, under the same id, and the endpoint is disabled then", async () => {
    const { endpoint: made, secret } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(500));
    const begun = app.context.stores.clock();
    await app.write(opened("inc-1"));
    await app.settle();
    const gaps: number[] = [];
    for (let n = receiver.calls.length; n < 10; n += 1) {
      const [waiting] = await deliveries();
      const next = Date.parse(waiting?.next_at ?? "");
      const gap = next - app.context.stores.clock();
      gaps.push(gap);
      app.pass(gap - 1);
      await app.settle();
      expect(receiver.calls).toHaveLength(n);
      app.pass(1);
      await app.settle();
      expect(receiver.calls).toHaveLength(n + 1);
    }
    const wanted = [5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
    for (const [i, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(wanted[i] ?? 0);
      expect(gap).toBeLessThanOrEqual(1.1 * (wanted[i] ?? 0));
    }
    expect(app.context.stores.clock() - begun).toBeGreaterThan(DISABLED_AFTER_MS);
    expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receiver.calls.map(({ body }) => body)).size).toBe(1);
    // Every try has a time, and so a signature, of its own.
    expect(new Set(receiver.calls.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(10);
    verified(received(0), secret);
    expect(await deliveries()).toMatchObject([
      { status: "failed", attempts: 10, next_at: null, last: { status: 500 } },
    ]);
    expect(await endpoint(made.endpoint_id)).toMatchObject({ state: "disabled", failed: 1 });
    expect(app.context.webhooks.health()).toMatchObject({
      state: "red",
      sentence: expect.stringMatching(/took nothing for 7\d hours; the last time it answered 500/u),
    });
    const { checks } = ROUTES.status.response.parse(await (await app.send("GET", "/v1/status")).json());
    expect(checks).toContainEqual(app.context.webhooks.health());
  });

  it("disables nobody who takes other things meanwhile", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith((call, response) => {
      response.writeHead(call.body.includes("poison") ? 400 : 200).end();
    });
    await app.write(opened("poison"));
    await app.settle();
    for (let i = 0; i < 30; i += 1) {
      await app.write(opened(`inc-${i}`));
      app.pass(6 * HOUR);
      await app.settle();
    }
    expect(await deliveries("?status=failed")).toMatchObject([{ attempts: 10 }]);
    expect(await endpoint(made.endpoint_id)).toMatchObject({ disabled_at: null, delivered: 30 });
  });

  it.each([301, 302, 303, 307, 308])("is one that is answered %i: no redirect is followed", async (redirect) => {
    await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(redirect, { location: `${receiver.url}/elsewhere` }));
    await app.write(opened("inc-1"));
    await app.settle();
    expect(receiver.calls.map(({ path }) => path)).toEqual(["/"]);
    expect(await deliveries()).toMatchObject([{ status: "waiting", last: { status: redirect } }]);
  });

  it("ends it all where the answer is 410", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(410));
    await app.write(opened("inc-1"));
    await app.settle();
    expect(await deliveries()).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(await endpoint(made.endpoint_id)).toMatchObject({
      state: "disabled",
      sentence: expect.stringContaining("410"),
    });
    expect(await code(await app.send("POST", `/v1/webhook-endpoints/${made.endpoint_id}/test`))).toEqual([
      409,
      "webhook.disabled",
    ]);
    await app.write(opened("inc-2"));
    app.pass(48 * HOUR);
    await app.settle();
    expect(receiver.calls).toHaveLength(1);
  });

  it.each([429, 503])("leaves the receiver alone for as long as it asks with %i, in everything", async (busy) => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(busy, { "retry-after": "3600" }));
    await app.write(opened("inc-1"));
    await app.settle();
    receiver.answerWith(status(200));
    app.pass(HOUR - 1);
    await app.write(opened("inc-2"));
    await app.settle();
    expect(receiver.calls).toHaveLength(1);
    expect(await endpoint(made.endpoint_id)).toMatchObject({ state: "failing", paused_until: expect.any(String) });
    app.pass(1);
    await app.settle();
    expect(receiver.calls).toHaveLength(3);
    expect(await endpoint(made.endpoint_id)).toMatchObject({ state: "in_use", paused_until: null, delivered: 2 });
  });

  it("is one that is answered too late, or not at all", async () => {
    await app.context.webhooks.stop();
    app = await openWebhookApp({ settings: { trustedHosts: ["127.0.0.1"], timeoutMs: 150 } });
    await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(() => {});
    await app.write(opened("inc-1"));
    await app.settle();
    expect(await deliveries()).toMatchObject([{ last: { status: null, fault: "no answer within 0.15 s" } }]);
  });

  it("counts as made once the status says so, however long the answer goes on", async () => {
    await app.context.webhooks.stop();
    app = await openWebhookApp({ settings: { trustedHosts: ["127.0.0.1"], timeoutMs: 2_000 } });
    await app.listen(receiver.url, ["incident.opened"]);
    let sent = 0;
    receiver.answerWith((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.destroyed) return;
        sent += 65_536;
        response.write("x".repeat(65_536), () => setImmediate(more));
      };
      more();
    });
    await app.write(opened("inc-1"));
    await app.settle();
    expect(await deliveries()).toMatchObject([{ status: "delivered", last: { status: 200, fault: null } }]);
    // What the sockets hold on both sides comes on top of the megabyte that is read.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    // Nothing of what it said is shown to anybody.
    expect(JSON.stringify(await deliveries())).not.toContain("xxxx");
  });

  it("is checked anew each time: an address that has moved inside since is called no more", async () => {
    await app.context.webhooks.stop();
    let leadsTo = "127.0.0.1";
    const resolve = async () => [{ address: leadsTo, family: 4 }];
    app = await openWebhookApp({ settings: { trustedHosts: ["hooks.example.com"], resolve } });
    await app.listen(receiver.url.replace("127.0.0.1", "hooks.example.com"), ["incident.opened"]);
    receiver.answerWith(status(500));
    await app.write(opened("inc-1"));
    await app.settle();
    expect(receiver.connections()).toBe(1);
    leadsTo = "169.254.169.254";
    app.pass(6_000);
    await app.settle();
    expect(await deliveries()).toMatchObject([
      { attempts: 2, last: { status: null, fault: expect.stringContaining("169.254.169.254") } },
    ]);
    expect(receiver.connections()).toBe(1);
  });
});

describe("an endpoint among others", () => {
  it("that is slow holds up nobody else, and has four calls under way at most", async () => {
    const slow = await openReceiver();
    const held: (() => void)[] = [];
    slow.answerWith((_, response) => held.push(() => response.writeHead(200).end()));
    await app.listen(slow.url, ["incident.opened"]);
    await app.listen(receiver.url, ["incident.opened"]);
    for (let i = 0; i < 20; i += 1) await app.write(opened(`inc-${i}`));
    const settling = app.settle();
    await expect.poll(() => slow.calls.length).toBe(4);
    await expect.poll(() => receiver.calls.length).toBeGreaterThanOrEqual(4);
    // `settle` waits for the slow one; the background does not, and goes on with the others.
    await expect
      .poll(async () => {
        await app.context.webhooks.nudge();
        return receiver.calls.length;
      })
      .toBe(20);
    expect(slow.calls).toHaveLength(4);
    slow.answerWith(status(200));
    for (const release of held) release();
    await settling;
    expect(slow.calls).toHaveLength(20);
    await slow.close();
  });
});

describe("a test", () => {
  it("is sent at once, whatever the endpoint is told, and says what came of it", async () => {
    const { endpoint: made, secret } = await app.listen(receiver.url, []);
    const answer = await app.send("POST", `/v1/webhook-endpoints/${made.endpoint_id}/test`);
    const delivery = ROUTES.testWebhookEndpoint.response.parse(await answer.json());
    expect(delivery).toMatchObject({ type: "webhook.test", status: "delivered", attempts: 1, last: { status: 204 } });
    expect(verified(received(0), secret)).toMatchObject({
      type: "webhook.test",
      data: { endpoint_id: made.endpoint_id },
    });
  });
});

describe("the log of deliveries", () => {
  it("sends one again under its id when asked to, also after it was given up", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(410));
    await app.write(opened("inc-1"));
    await app.settle();
    const [failed] = await deliveries("?status=failed");
    const path = `/v1/webhook-deliveries/${failed?.delivery_id ?? ""}/replay`;
    expect(await code(await app.send("POST", path))).toEqual([409, "webhook.disabled"]);
    await app.send("PATCH", `/v1/webhook-endpoints/${made.endpoint_id}`, { enabled: true });
    receiver.answerWith(status(200));
    const replayed = await (await app.send("POST", path)).json();
    expect(replayed).toMatchObject({ status: "delivered", attempts: 1 });
    expect(receiver.calls.map(({ id }) => id)).toEqual([failed?.webhook_id, failed?.webhook_id]);
    const unknown = await app.send("POST", "/v1/webhook-deliveries/whd_none/replay");
    expect(await code(unknown)).toEqual([404, "webhook.unknown_delivery"]);
  });

  it("is read newest first, page by page, and kept within bounds", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    for (let i = 0; i < 5; i += 1) await app.write(opened(`inc-${i}`));
    await app.settle();
    const first = await deliveries(`?endpoint_id=${made.endpoint_id}&limit=3`);
    const rest = await deliveries(`?limit=3&before=${first[2]?.delivery_id ?? ""}`);
    const told = [...first, ...rest].map(({ body }) => JSON.parse(body).data.incident_id);
    expect(told).toEqual(["inc-4", "inc-3", "inc-2", "inc-1", "inc-0"]);
    app.pass(31 * 24 * HOUR);
    await app.context.webhooks.tidy();
    expect(await deliveries()).toEqual([]);
    expect(await code(await app.send("GET", "/v1/webhook-deliveries?limit=1000"))).toEqual([400, "request.invalid"]);
  });
});

function received(index: number) {
  const call = receiver.calls[index];
  if (call === undefined) throw new Error(`there was no call ${index}`);
  return call;
}

function escalation(incidentId: string) {
  const finding = { severity: "critical", sentence: "worse", metrics: "all", from: instant(1) } as const;
  return { incidentId, ...finding };
}
