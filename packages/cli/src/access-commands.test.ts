/** `ratchet keys` and `ratchet users` as processes, against a server that somebody signs in to. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROUTES } from "@ratchet/protocol";
import { openLog, startServer, type RunningServer } from "@ratchet/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runRatchet, type Ended } from "./run-ratchet.fixture.ts";

const PASSWORD = "correct horse battery";
const ANN = { RATCHET_USER: "ann@example.com", RATCHET_PASSWORD: PASSWORD };

let directory: string;
let server: RunningServer;
let first: Ended;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-access-"));
  const create = ["users", "create", "ann@example.com", "--role", "admin,approver", "--data", directory, "--json"];
  first = await runRatchet(create, { env: { RATCHET_NEW_PASSWORD: PASSWORD } });
  server = await startServer({ directory, port: 0, log: openLog("silent") });
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const as = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runRatchet([...args, "--url", server.url], { env });
const status = async (headers: Record<string, string>) => (await fetch(`${server.url}/v1/keys`, { headers })).status;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

it("lets people in, changes what they may, and lets them in no longer", { timeout: 180_000 }, async () => {
  expect(first).toMatchObject({ code: 0 });
  expect(ROUTES.createUser.response.parse(JSON.parse(first.out))).toMatchObject({
    user: { email: "ann@example.com", speaks_as: "person:owner", roles: ["approver", "admin"] },
    password: null,
  });
  expect(first.out).not.toContain(PASSWORD);

  const made = await as(ANN, "users", "create", "bo@example.com", "--role", "viewer", "--json");
  const bo = ROUTES.createUser.response.parse(JSON.parse(made.out));
  expect(bo).toMatchObject({ user: { speaks_as: "person:bo", roles: ["viewer"] } });
  const BO = { RATCHET_USER: "bo@example.com", RATCHET_PASSWORD: bo.password ?? "" };
  const refused = await as(BO, "users", "list");
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain("you are viewer");

  expect(await as(ANN, "users", "role", "bo", "--role", "viewer,operator")).toMatchObject({
    code: 0,
    out: "bo@example.com is viewer, operator.\n",
  });
  const renewed = await as(ANN, "users", "password", "bo@example.com");
  expect(renewed.out).toMatch(
    /^bo@example\.com has a new password and is signed out\.\nPassword, shown this once:\n\S{20}\n$/u,
  );
  const former = await as(BO, "users", "list");
  expect(former.err).toContain("no user has the address bo@example.com and this password");
  expect(former.err).not.toContain(BO.RATCHET_PASSWORD);

  expect((await as(ANN, "users", "list")).out).toMatch(/bo@example\.com\s+person:bo\s+viewer, operator/u);
  expect(await as(ANN, "users", "remove", "person:bo")).toMatchObject({ code: 0 });
  const last = await as(ANN, "users", "remove", "ann@example.com");
  expect(last.code).not.toBe(0);
  expect(last.err).toContain("the only admin");
});

it("makes keys, gives them other secrets, and ends them", { timeout: 180_000 }, async () => {
  const made = await as(ANN, "keys", "create", "--name", "report", "--scope", "read,manage", "--json");
  const { key, secret } = ROUTES.createKey.response.parse(JSON.parse(made.out));
  expect(await status(bearer(secret))).toBe(200);
  expect(await status({})).toBe(401);

  const rotated = await as(ANN, "keys", "rotate", key.key_id, "--overlap", "0h");
  const renewed = /rk_live_\S+/u.exec(rotated.out)?.[0] ?? "";
  expect(rotated.out).toContain("The former one has ended.");
  expect([await status(bearer(secret)), await status(bearer(renewed))]).toEqual([401, 200]);

  // A key does what a key may: it lists keys, and lets nobody in.
  const listed = await as({ RATCHET_KEY: renewed }, "keys", "list");
  expect(listed.out).toMatch(
    new RegExp(`${key.key_id}\\s+report\\s+read, manage\\s+in use\\s+…${renewed.slice(-4)}`, "u"),
  );
  expect(listed.out).not.toContain(renewed);
  const people = await as({ RATCHET_KEY: renewed }, "users", "create", "eve@example.com", "--role", "admin");
  expect(people.code).not.toBe(0);
  expect(people.err).toContain("no key may");

  expect((await as(ANN, "keys", "revoke", key.key_id)).out).toBe(`Key ${key.key_id} (report) is revoked.\n`);
  expect(await status(bearer(renewed))).toBe(401);
});
