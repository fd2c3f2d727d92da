import { instant, memoryStateStore } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReceiver, status, verified, type Receiver } from "./receiver.fixture.ts";
import { code, opened, openWebhookApp, type WebhookApp } from "./webhook-app.fixture.ts";

const HOUR = 3_600_000;

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
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({ state: "disabled", waiting: 0 });
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
    expect(await app.deliveries()).toEqual([]);
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
    expect(await app.deliveries()).toHaveLength(1);
  });
});

describe("the ledger", () => {
  it("is read on from where it was left, by whatever process: nothing is missed, and nothing told again", async () => {
    const kept = memoryStateStore();
    let isBroken = true;
    const queueDeliveries: typeof kept.queueDeliveries = (deliveries, read) =>
      isBroken ? Promise.reject(new Error("killed")) : kept.queueDeliveries(deliveries, read);
    const state = { ...kept, queueDeliveries };
    app = await openWebhookApp({ state });
    await app.listen(receiver.url, ["incident.opened"]);
    await app.write(opened("inc-1"));
    await expect(app.settle()).rejects.toThrow("killed");
    isBroken = false;
    for (let restart = 0; restart < 3; restart += 1) {
      app = await openWebhookApp({ state });
      await app.settle();
    }
    await app.write(opened("inc-2"));
    await app.settle();
    expect(receiver.calls.map(({ body }) => JSON.parse(body).data.incident_id)).toEqual(["inc-1", "inc-2"]);
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
    const [failed] = await app.deliveries("?status=failed");
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
    const first = await app.deliveries(`?endpoint_id=${made.endpoint_id}&limit=3`);
    const rest = await app.deliveries(`?limit=3&before=${first[2]?.delivery_id ?? ""}`);
    const told = [...first, ...rest].map(({ body }) => JSON.parse(body).data.incident_id);
    expect(told).toEqual(["inc-4", "inc-3", "inc-2", "inc-1", "inc-0"]);
    app.pass(31 * 24 * HOUR);
    await app.context.webhooks.tidy();
    expect(await app.deliveries()).toEqual([]);
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
