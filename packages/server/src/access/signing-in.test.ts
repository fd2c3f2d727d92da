import { ROUTES } from "@ratchet/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, context, open, problem, send, setUp } from "../memory-app.fixture.ts";

const PASSWORD = "correct horse battery";
const EMAIL = "ann@example.com";

beforeEach(async () => {
  await open();
  await setUp();
});
afterEach(() => context.access.stop());

const create = (user: object, headers: Record<string, string> = {}) =>
  send("POST", "/v1/users", { email: EMAIL, roles: ["admin", "approver"], password: PASSWORD, ...user }, headers);
const signIn = (password = PASSWORD, email = EMAIL) => send("POST", "/v1/session", { email, password });
const cookieOf = (response: Response) => ({
  cookie: response.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; "),
});
const today = (headers: Record<string, string>) => send("GET", "/v1/today", undefined, headers);

describe("signing in", () => {
  it("is not asked of anybody on this machine before there is a user, and of everybody then", async () => {
    expect((await today({})).status).toBe(200);
    expect(await ask(ROUTES.session)).toEqual({ state: "solo", user: null, elsewhere: null });
    expect((await create({})).status).toBe(200);
    expect(await problem(await today({}))).toMatchObject({ code: "auth.required", status: 401 });
    expect(await ask(ROUTES.session)).toMatchObject({ state: "out" });
    const response = await signIn();
    expect(await response.clone().json()).toMatchObject({
      state: "in",
      user: { email: EMAIL, speaks_as: "person:owner" },
    });
    expect((await today(cookieOf(response))).status).toBe(200);
  });

  it("is not asked of whoever a proxy passed on either: they are refused", async () => {
    expect(await problem(await today({ "x-forwarded-for": "203.0.113.9" }))).toMatchObject({ code: "auth.required" });
  });

  it("sets a cookie that no script can read and no other site makes a browser send", async () => {
    await create({});
    const [cookie] = (await signIn()).headers.getSetCookie();
    expect(cookie).toMatch(/^ratchet_session=.*Path=\/; HttpOnly; SameSite=Lax$/u);
  });

  it("says the same of a wrong password and of nobody, and stops after ten tries, also for the right one", async () => {
    await create({});
    const wrong = await problem(await signIn("wrong"));
    expect(await problem(await signIn(PASSWORD, "bo@example.com"))).toMatchObject({
      detail: wrong.detail,
      status: 401,
    });
    for (let i = 0; i < 9; i += 1) await signIn("wrong");
    const stopped = await signIn();
    expect(Number(stopped.headers.get("retry-after"))).toBeGreaterThan(600);
    expect(await problem(stopped)).toMatchObject({ code: "request.too_many", status: 429 });
  });

  it("ends by signing out, and for whoever loses a role, gets another password, or is removed", async () => {
    await create({});
    const admin = cookieOf(await signIn());
    const bo = { email: "bo@example.com", name: "bo", roles: ["operator", "viewer"] };
    const { user } = ROUTES.createUser.response.parse(await (await create(bo, admin)).json());
    const sessionOfBo = async () => cookieOf(await signIn(PASSWORD, bo.email));
    const after = async (path: string, body: object | undefined, method = "POST") => {
      const session = await sessionOfBo();
      expect((await today(session)).status).toBe(200);
      expect((await send(method, path, body, admin)).status).toBe(200);
      return (await today(session)).status;
    };
    expect(await after(`/v1/users/${user.user_id}/roles`, { roles: ["operator", "viewer", "approver"] })).toBe(200);
    expect(await after(`/v1/users/${user.user_id}/roles`, { roles: ["viewer"] })).toBe(401);
    expect(await after(`/v1/users/${user.user_id}/password`, { password: PASSWORD })).toBe(401);
    const session = await sessionOfBo();
    expect((await send("DELETE", "/v1/session", undefined, session)).status).toBe(200);
    expect((await today(session)).status).toBe(401);
    expect(await after(`/v1/users/${user.user_id}`, undefined, "DELETE")).toBe(401);
  });
});

describe("users", () => {
  it("begin with an admin, and never lose the last one", async () => {
    expect(await problem(await create({ roles: ["viewer"] }))).toMatchObject({ code: "user.first_admin" });
    const { user } = ROUTES.createUser.response.parse(await (await create({})).json());
    const admin = cookieOf(await signIn());
    const path = `/v1/users/${user.user_id}`;
    expect(await problem(await send("DELETE", path, undefined, admin))).toMatchObject({ code: "user.last_admin" });
    expect(await problem(await send("POST", `${path}/roles`, { roles: ["viewer"] }, admin))).toMatchObject({
      code: "user.last_admin",
      status: 409,
    });
  });

  it("hold no two duties that one person must not hold, and are never agents", async () => {
    for (const roles of [
      ["admin", "compliance"],
      ["admin", "auditor"],
    ])
      expect(await problem(await create({ roles }))).toMatchObject({ code: "user.bad_roles" });
    expect(await problem(await create({ roles: ["agent"] }))).toMatchObject({ code: "request.invalid" });
  });

  it("cannot be given more than the request may say (mass assignment, API3)", async () => {
    for (const extra of [{ id: "usr_1" }, { emailVerified: true }, { handle: "owner" }, { user_id: "usr_1" }])
      expect(await problem(await create(extra))).toMatchObject({ code: "request.invalid" });
    expect(
      await problem(await send("POST", "/v1/session", { email: EMAIL, password: PASSWORD, roles: ["admin"] })),
    ).toMatchObject({ code: "request.invalid" });
    expect(
      await problem(await send("POST", "/v1/keys", { name: "k", scopes: ["read"], key_id: "key_1" })),
    ).toMatchObject({
      code: "request.invalid",
    });
  });

  it("are in the ledger with their roles, and without addresses or passwords", async () => {
    await create({});
    const admin = cookieOf(await signIn());
    const text = await (await send("GET", "/v1/ledger", undefined, admin)).text();
    expect(text).toContain("local made person:owner a user: approver, admin");
    expect(text).not.toContain(EMAIL);
    expect(text).not.toContain(PASSWORD);
  });
});

describe("what is said by somebody who is signed in", () => {
  it("is said as themselves, whatever the request says", async () => {
    await create({});
    const admin = cookieOf(await signIn());
    const incident = (by: object) => send("POST", "/v1/incidents/none/resolve", { reason: "a test", ...by }, admin);
    expect(await problem(await incident({ by: "person:bo" }))).toMatchObject({
      code: "auth.forbidden.by",
      status: 403,
    });
    expect(await problem(await incident({}))).toMatchObject({ code: "incident.not_found" });
    expect(await problem(await incident({ by: "person:owner" }))).toMatchObject({ code: "incident.not_found" });
  });

  it("has to be signed where nobody signs in", async () => {
    const refused = await send("POST", "/v1/incidents/none/resolve", { reason: "a test" });
    expect(await problem(refused)).toMatchObject({ code: "request.invalid", faults: [{ path: "/by" }] });
  });
});

describe("a flood (API4)", () => {
  it("of unknown keys from one address is stopped, and says for how long", async () => {
    const knock = () => today({ authorization: "Bearer rk_live_nobody" });
    const statuses: number[] = [];
    for (let i = 0; i < 301; i += 1) statuses.push((await knock()).status);
    expect(statuses.slice(0, 300).every((status) => status === 401)).toBe(true);
    expect(statuses[300]).toBe(429);
    expect(Number((await knock()).headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await today({})).status).toBe(200);
  });
});
