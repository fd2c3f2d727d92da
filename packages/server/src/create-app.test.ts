import { memoryFactsStore } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, open, problem, send, setUp } from "./memory-app.fixture.ts";

beforeEach(() => open());

describe("the table of routes", () => {
  it("is answered in full: no route of the protocol is unknown here", async () => {
    for (const { method, path } of Object.values(ROUTES)) {
      const response = await send(method, path.replaceAll(/\{[a-z_]+\}/gu, "x"), method === "POST" ? {} : undefined);
      const answer = await response.text();
      expect(answer, `${method} ${path}`).not.toContain("request.method_not_allowed");
      expect(answer, `${method} ${path}`).not.toContain("there is nothing at");
    }
  });
});

describe("an empty workspace", () => {
  it("says that it is empty, and what to do", async () => {
    expect(await ask(ROUTES.today)).toMatchObject({ state: "empty", headline_lift: null });
    expect(await ask(ROUTES.status)).toMatchObject({ state: "empty", counts: { decisions: 0, ledger_entries: 0 } });
    const refused = await problem(await send("POST", "/v1/decisions", { point: "content", unit_id: "u" }));
    expect(refused).toMatchObject({ code: "workspace.empty", status: 409 });
    expect((await problem(await send("GET", "/v1/results"))).detail).toContain("import a CSV");
  });
});

describe("a facts store that fails", () => {
  it("stops neither decisions nor acknowledgements, and is seen in the status", async () => {
    const facts = memoryFactsStore();
    const broken = () => Promise.reject(new Error("the engine died"));
    await open({ ...facts, load: broken, counts: broken, measure: broken });
    await setUp();
    await ask(ROUTES.decide, { body: { point: "content", unit_id: "u" } });
    expect(
      await ask(ROUTES.signals, { body: { signals: [{ message_id: "m", type: "reply", unit_id: "u" }] } }),
    ).toMatchObject({ accepted: 1 });
    const status = await ask(ROUTES.status);
    expect(status.counts.backlog).toBe(2);
    expect(status.checks[0]).toMatchObject({ check: "facts", state: "red" });
    expect((await ask(ROUTES.today)).health).toContainEqual(expect.objectContaining({ check: "facts", state: "red" }));
  });
});

describe("what a browser could be made to send", () => {
  it("is refused from another origin, under another name, and too large", async () => {
    await setUp();
    const decide = (headers: Record<string, string>) =>
      send("POST", "/v1/decisions", { point: "content", unit_id: "u" }, headers);
    expect(await problem(await decide({ origin: "https://evil.example" }))).toMatchObject({
      code: "auth.forbidden.origin",
      status: 403,
    });
    expect(await problem(await decide({ origin: "null" }))).toMatchObject({ status: 403 });
    expect(await problem(await decide({ "sec-fetch-site": "cross-site" }))).toMatchObject({ status: 403 });
    expect((await decide({ origin: "http://localhost:4600" })).status).toBe(200);
    expect(await problem(await send("GET", "/v1/today", undefined, { host: "evil.example" }))).toMatchObject({
      code: "auth.forbidden.host",
      status: 403,
    });
    expect((await send("GET", "/v1/today", undefined, { host: "192.168.1.4:4600" })).status).toBe(200);
    const large = await send("POST", "/v1/signals", `{"signals":["${"x".repeat(5_000_000)}"]}`);
    expect(await problem(large)).toMatchObject({ code: "request.too_large", status: 413 });
  });
});

describe("every answer", () => {
  it("names its request, and a problem names it too", async () => {
    const response = await send("GET", "/v1/changes/none", undefined, { "ratchet-request-id": "req-12345678" });
    expect(response.headers.get("ratchet-request-id")).toBe("req-12345678");
    expect(await problem(response)).toMatchObject({
      code: "change.not_found",
      instance: "urn:ratchet:request:req-12345678",
    });
    expect((await send("GET", "/v1/today")).headers.get("ratchet-request-id")).toMatch(/^[0-9a-f-]{36}$/u);
  });
  it("tells a wrong method from a wrong path", async () => {
    expect(await problem(await send("POST", "/v1/today", {}))).toMatchObject({
      code: "request.method_not_allowed",
      status: 405,
    });
    expect(await problem(await send("GET", "/v1/nothing"))).toMatchObject({ code: "request.not_found", status: 404 });
    expect(await problem(await send("GET", "/v1/decisions?limit=9999"))).toMatchObject({
      code: "request.invalid",
      faults: [{ path: "/limit" }],
    });
  });
  it("forbids scripts of others", async () => {
    expect((await send("GET", "/v1/today")).headers.get("content-security-policy")).toContain("script-src 'self'");
  });
});
