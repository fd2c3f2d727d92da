import { ROUTES } from "@ratchet/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, pass, problem, send, setUp } from "../memory-app.fixture.ts";

const HOUR = 3_600_000;

beforeEach(async () => {
  await open();
  await setUp();
});

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const create = (key: object) => ask(ROUTES.createKey, { body: { name: "program", ...key } });
const decide = (headers: Record<string, string>, body: object = {}) =>
  send("POST", "/v1/decisions", { point: "content", unit_id: "u", ...body }, headers);
const today = (headers: Record<string, string>) => send("GET", "/v1/today", undefined, headers);

describe("a key", () => {
  it("opens what its scopes are for, as a bearer token or X-API-Key, and nothing else", async () => {
    const { key, secret } = await create({ scopes: ["decide"] });
    expect((await decide(bearer(secret))).status).toBe(200);
    expect((await decide({ "x-api-key": secret })).status).toBe(200);
    expect(await problem(await today(bearer(secret)))).toMatchObject({
      code: "auth.forbidden.scope",
      detail: `the key ${key.key_id} is for decide; this takes a key for read or manage`,
    });
    expect(await problem(await decide(bearer(`${secret.slice(0, -1)}x`)))).toMatchObject({ code: "auth.unknown_key" });
  });

  it("is kept as a digest: no store, list or ledger has its secret", async () => {
    const { key, secret } = await create({ scopes: ["read"], name: "report" });
    const stored = JSON.stringify(await context.stores.state.apiKeys());
    const listed = await (await send("GET", "/v1/keys")).text();
    const ledger = await (await send("GET", "/v1/ledger")).text();
    for (const text of [stored, listed, ledger]) {
      expect(text).toContain(key.key_id);
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.slice(8, 51));
    }
    expect(listed).not.toContain(context.access.keys.byId(key.key_id)?.secrets[0]?.digest ?? "no digest");
  });

  it("ends when it is revoked, and when its time is over", async () => {
    const { key, secret } = await create({ scopes: ["read"], expires_in: "2h" });
    expect((await today(bearer(secret))).status).toBe(200);
    pass(2 * HOUR);
    expect(await problem(await today(bearer(secret)))).toMatchObject({ code: "auth.key_expired", status: 401 });
    const other = await create({ scopes: ["read"] });
    const revoked = await ask(ROUTES.revokeKey, { parameters: { key_id: other.key.key_id } });
    expect(revoked).toMatchObject({ state: "revoked", secrets: [] });
    expect(await problem(await today(bearer(other.secret)))).toMatchObject({ code: "auth.key_revoked", status: 401 });
    const { keys } = await ask(ROUTES.keys);
    expect(keys.map(({ key_id, state }) => [key_id, state])).toEqual([
      [key.key_id, "expired"],
      [other.key.key_id, "revoked"],
    ]);
  });

  it("has two secrets while it is rotated, and one after the overlap", async () => {
    const { key, secret } = await create({ scopes: ["read"] });
    const rotated = await ask(ROUTES.rotateKey, { parameters: { key_id: key.key_id }, body: { overlap: "1h" } });
    expect(rotated.key.secrets).toHaveLength(2);
    expect((await today(bearer(secret))).status).toBe(200);
    expect((await today(bearer(rotated.secret))).status).toBe(200);
    pass(HOUR);
    expect(await problem(await today(bearer(secret)))).toMatchObject({ code: "auth.key_rotated", status: 401 });
    expect((await today(bearer(rotated.secret))).status).toBe(200);
    const at_once = await ask(ROUTES.rotateKey, { parameters: { key_id: key.key_id }, body: { overlap: "0h" } });
    expect((await today(bearer(rotated.secret))).status).toBe(401);
    expect((await today(bearer(at_once.secret))).status).toBe(200);
  });

  it("says when it was last used, to the hour, without writing at every use", async () => {
    const { key, secret } = await create({ scopes: ["read"] });
    const lastUsed = async () => (await context.stores.state.apiKeys()).find(({ id }) => id === key.key_id)?.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await today(bearer(secret));
    const first = await lastUsed();
    expect(first).toBe(context.stores.clock());
    pass(HOUR - 1);
    await today(bearer(secret));
    expect(await lastUsed()).toBe(first);
    pass(1);
    await today(bearer(secret));
    expect(await lastUsed()).toBe(context.stores.clock());
  });

  it("makes and ends only keys that may no more than it may itself", async () => {
    const strong = await create({ scopes: ["decide"], name: "strong" });
    const { secret } = await create({ scopes: ["manage", "read"] });
    const made = (scopes: readonly string[]) => send("POST", "/v1/keys", { name: "child", scopes }, bearer(secret));
    expect((await made(["read"])).status).toBe(200);
    expect(await problem(await made(["read", "decide"]))).toMatchObject({ code: "auth.forbidden.scope" });
    const revoke = await send("DELETE", `/v1/keys/${strong.key.key_id}`, undefined, bearer(secret));
    expect(await problem(revoke)).toMatchObject({ code: "auth.forbidden.scope" });
  });

  it("of an agent can ask and report, and cannot take a change back, whatever its scopes say", async () => {
    const { secret } = await create({ scopes: ["decide", "ingest", "read", "manage"], agent: true });
    expect((await decide(bearer(secret))).status).toBe(200);
    expect(await problem(await send("POST", "/v1/cycles", undefined, bearer(secret)))).toMatchObject({
      code: "auth.forbidden.role",
    });
  });
});

describe("a test key", () => {
  it("makes decisions that are tests, whatever the request says", async () => {
    const { secret } = await create({ scopes: ["decide"], mode: "test" });
    expect(secret).toMatch(/^rk_test_/u);
    expect(await (await decide(bearer(secret))).json()).toMatchObject({ mode: "test" });
    expect(await (await decide({}, { unit_id: "v" })).json()).not.toHaveProperty("mode");
    const many = await decide(bearer(secret), {
      point: undefined,
      unit_id: undefined,
      points: ["content"],
      units: [{ unit_id: "w" }],
    });
    expect(await many.json()).toMatchObject({ decisions: [{ mode: "test" }] });
  });

  it("neither sends nor sets anything", async () => {
    for (const scope of ["ingest", "manage"]) {
      const refused = await send("POST", "/v1/keys", { name: "t", scopes: [scope], mode: "test" });
      expect(await problem(refused)).toMatchObject({ code: "key.test_scope", status: 400 });
    }
  });
});

describe("the key of a source", () => {
  it("sends and does not read (T3)", async () => {
    const { key } = await ask(ROUTES.createSource, { body: { source_id: "app", kind: "api" } });
    const signal = { message_id: "m", type: "reply", unit_id: "u" };
    expect((await send("POST", "/v1/signals", { signals: [signal] }, bearer(key))).status).toBe(200);
    for (const path of ["/v1/today", "/v1/decisions", "/v1/people?person=u", "/v1/ledger", "/v1/keys"]) {
      const { code } = await problem(await send("GET", path, undefined, bearer(key)));
      expect([path, code]).toEqual([path, "auth.forbidden.scope"]);
    }
    expect(await problem(await decide(bearer(key)))).toMatchObject({ code: "auth.forbidden.scope" });
  });
});

describe("the ledger", () => {
  it("says who made, rotated and revoked a key, before anything was set up, too", async () => {
    await open();
    const { key } = await create({ scopes: ["read", "manage"] });
    await ask(ROUTES.rotateKey, { parameters: { key_id: key.key_id }, body: {} });
    await ask(ROUTES.revokeKey, { parameters: { key_id: key.key_id } });
    await setUp();
    const { entries, verification } = await ask(ROUTES.ledger);
    expect(verification.kind).toBe("whole");
    expect(
      entries
        .toSorted((a, b) => a.seq - b.seq)
        .slice(0, 4)
        .map(({ sentence }) => sentence),
    ).toEqual([
      `local made a live key ${key.key_id} for read, manage`,
      `local gave key ${key.key_id} a new secret; the former one works 1440 minutes longer`,
      `local revoked key ${key.key_id}`,
      "person:owner set the workspace up",
    ]);
  });
});
