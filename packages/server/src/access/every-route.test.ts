/** Every route × every role × every scope: nobody gets an answer who may not, and nobody who may is refused (OWASP API1, API3, API5). */
import { ROLES, ROUTES, SCOPES, WAYS_IN, type Access, type Role, type RouteShape } from "@ratchet/protocol";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { context, open, send, setUp } from "../memory-app.fixture.ts";
import { createApp } from "../create-app.ts";

const routes: readonly (readonly [string, RouteShape])[] = Object.entries(ROUTES);

/** What is shown once: a source's key, a program's secret; a user who brought a password is shown none. */
const shownSchema = z
  .object({ key: z.unknown().optional(), secret: z.string().optional() })
  .transform(({ key, secret }) => secret ?? (typeof key === "string" ? key : ""));

/** A caller, as a route's access would name them, and what they send with a request. */
interface Caller {
  readonly name: string;
  readonly may: (access: Access) => boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const PASSWORD = "correct horse battery";
const PEOPLE: readonly Role[] = ROLES.filter((role) => role !== "agent");
let callers: readonly Caller[] = [];

const isLimited = (access: Access): access is Extract<Access, { kind: "limited" }> => access.kind === "limited";

async function made(path: string, body: object, headers: Record<string, string>): Promise<string> {
  const response = await send("POST", path, body, headers);
  expect([path, response.status]).toEqual([path, 200]);
  return shownSchema.parse(await response.json());
}

async function signIn(email: string): Promise<Record<string, string>> {
  const response = await send("POST", "/v1/session", { email, password: PASSWORD });
  expect(response.status).toBe(200);
  return {
    cookie: response.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
  };
}

beforeAll(async () => {
  await open();
  await setUp();
  const keys: Caller[] = [];
  const key = await made("/v1/sources", { source_id: "app", kind: "api" }, {});
  for (const isAgent of [false, true])
    for (const scope of SCOPES) {
      const secret = await made("/v1/keys", { name: scope, scopes: [scope], agent: isAgent }, {});
      keys.push({
        name: `${isAgent ? "an agent's" : "a"} key for ${scope}`,
        may: (access) =>
          !isLimited(access) || (access.scopes.includes(scope) && (!isAgent || access.roles.includes("agent"))),
        headers: { authorization: `Bearer ${secret}` },
      });
    }
  // The first user is an admin, who lets the others in.
  const people: Caller[] = [];
  let admin: Record<string, string> = {};
  for (const role of ["admin" as const, ...PEOPLE.filter((one) => one !== "admin")]) {
    const email = `${role}@example.com`;
    await made("/v1/users", { email, roles: [role], password: PASSWORD, name: role }, admin);
    const headers = await signIn(email);
    if (role === "admin") admin = headers;
    people.push({
      name: `a person who is ${role}`,
      may: (access) => !isLimited(access) || access.roles.includes(role),
      headers,
    });
  }
  callers = [
    { name: "nobody", may: (access) => !isLimited(access), headers: {} },
    {
      name: "the key of a source",
      may: (access) => !isLimited(access) || access.scopes.includes("ingest"),
      headers: { authorization: `Bearer ${key}` },
    },
    ...keys,
    ...people,
  ];
});

afterAll(() => context.access.stop());

/** A request that reaches the route and there finds nothing to work on: whether it was let in is all that is asked here. */
async function ask(
  { method, path }: RouteShape,
  headers: Readonly<Record<string, string>>,
): Promise<number | "let in"> {
  const body = method === "GET" || method === "DELETE" ? undefined : "{not json";
  const response = await send(method, path.replaceAll(/\{[a-z_]+\}/gu, "none"), body, { ...headers });
  const answer = await response.text();
  return answer.includes('"code":"auth.') ? response.status : "let in";
}

/** Routes whose request, even so, would do something that the others in this test rest on. */
const NOT_CALLED = new Set(["signOut"]);

describe("every route of the table", () => {
  it("lets in whom its access names, and nobody else", { timeout: 60_000 }, async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const caller of callers)
      for (const [name, route] of routes) {
        if (NOT_CALLED.has(name)) continue;
        // The sources' own routes take their keys alone, and look them up themselves.
        if (route.access.kind === "source") continue;
        const answer = await ask(route, caller.headers);
        asked += 1;
        const expected = caller.may(route.access) ? "let in" : caller.name === "nobody" ? 401 : 403;
        if (answer !== expected) wrong.push(`${caller.name} on ${name}: ${answer}, expected ${expected}`);
      }
    expect(wrong).toEqual([]);
    expect(callers).toHaveLength(2 + 2 * SCOPES.length + PEOPLE.length);
    expect(asked).toBeGreaterThan(callers.length * 60);
  });

  it("that takes a source's key takes no other", async () => {
    for (const [, route] of routes.filter(([, { access }]) => access.kind === "source"))
      for (const caller of callers.filter(({ name }) => name !== "the key of a source"))
        expect(await ask(route, caller.headers), `${caller.name} on ${route.path}`).toBe(401);
  });
});

describe("the inventory (API9)", () => {
  const known = new Set([
    ...routes.map(([, { method, path }]) => `${method} ${path}`),
    ...Object.values(WAYS_IN).flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`)),
  ]);
  const spelt = (path: string): string => path.replaceAll(/:([a-z_]+)(?:\{[^}]*\})?/gu, "{$1}");

  it("has every route that the application answers", () => {
    const registered = createApp(context, { dashboard: "/nowhere" })
      .routes.filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
      .map(({ method, path }) => `${method} ${spelt(path)}`);
    // Below these no page is served; pages are the dashboard's one document under another address.
    const isPage = (route: string) => /^GET \/(?!(?:v1|hooks|ofrep|mcp)(?:\/|$))/u.test(route);
    expect(registered.filter((route) => !known.has(route) && !isPage(route))).toEqual([]);
    expect(registered.length).toBeGreaterThan(80);
  });

  it("denies what is in no table, even where somebody registered it", async () => {
    const app = createApp(context, { isHolder: true });
    app.get("/v1/forgotten", (c) => c.text("secret"));
    expect((await app.request("http://localhost/v1/forgotten")).status).toBe(404);
    expect((await app.request("http://localhost/v1/today")).status).toBe(200);
  });
});
