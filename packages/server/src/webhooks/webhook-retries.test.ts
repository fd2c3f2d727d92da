import { ROUTES } from "@ratchet/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReceiver, status, verified, type Receiver } from "./receiver.fixture.ts";
import { DISABLED_AFTER_MS } from "./retry-schedule.ts";
import { code, opened, openWebhookApp, type WebhookApp } from "./webhook-app.fixture.ts";

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

describe("a call that fails", () => {
  it("is made again as the standard says, ten times, under the same id, and the endpoint is disabled then", async () => {
    const { endpoint: made, secret } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(500));
    const begun = app.context.stores.clock();
    await app.write(opened("inc-1"));
    await app.settle();
    const gaps: number[] = [];
    for (let n = receiver.calls.length; n < 10; n += 1) {
      const [waiting] = await app.deliveries();
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
    const [first] = receiver.calls;
    if (first === undefined) throw new Error("unreachable");
    verified(first, secret);
    expect(await app.deliveries()).toMatchObject([
      { status: "failed", attempts: 10, next_at: null, last: { status: 500 } },
    ]);
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({ state: "disabled", failed: 1 });
    expect(app.context.webhooks.health()).toMatchObject({
      state: "red",
      sentence: expect.stringMatching(/took nothing for (?:7[5-9]|8[0-3]) hours; the last time it answered 500/u),
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
    expect(await app.deliveries("?status=failed")).toMatchObject([{ attempts: 10 }]);
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({ disabled_at: null, delivered: 30 });
  });

  it.each([301, 302, 303, 307, 308])("is one that is answered %i: no redirect is followed", async (redirect) => {
    await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(redirect, { location: `${receiver.url}/elsewhere` }));
    await app.write(opened("inc-1"));
    await app.settle();
    expect(receiver.calls.map(({ path }) => path)).toEqual(["/"]);
    expect(await app.deliveries()).toMatchObject([{ status: "waiting", last: { status: redirect } }]);
  });

  it("ends it all where the answer is 410", async () => {
    const { endpoint: made } = await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(status(410));
    await app.write(opened("inc-1"));
    await app.settle();
    expect(await app.deliveries()).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({
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
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({ state: "failing", paused_until: expect.any(String) });
    app.pass(1);
    await app.settle();
    expect(receiver.calls).toHaveLength(3);
    expect(await app.endpoint(made.endpoint_id)).toMatchObject({ state: "in_use", paused_until: null, delivered: 2 });
  });

  it("is one that is answered too late, or not at all", async () => {
    await app.context.webhooks.stop();
    app = await openWebhookApp({ settings: { trustedHosts: ["127.0.0.1"], timeoutMs: 150 } });
    await app.listen(receiver.url, ["incident.opened"]);
    receiver.answerWith(() => {});
    await app.write(opened("inc-1"));
    await app.settle();
    expect(await app.deliveries()).toMatchObject([{ last: { status: null, fault: "no answer within 0.15 s" } }]);
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
    expect(await app.deliveries()).toMatchObject([{ status: "delivered", last: { status: 200, fault: null } }]);
    // What the sockets hold on both sides comes on top of the megabyte that is read.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    // Nothing of what it said is shown to anybody.
    expect(JSON.stringify(await app.deliveries())).not.toContain("xxxx");
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
    expect(await app.deliveries()).toMatchObject([
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
