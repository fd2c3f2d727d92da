/** Every route of both tables under requests that are too large, too long, too deep or too many (OWASP API4), and with fields that nobody may set (API3). */
import { request } from "node:http";
import { ROUTES, WAYS_IN, type Access, type RouteShape, type WayIn } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createApp } from "../create-app.ts";
import { ask, context, open, send, setUp } from "../memory-app.fixture.ts";
import { listen } from "../start-server.ts";

interface Called {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly access: Access;
}

const MIB = 1024 * 1024;
const routes: readonly (readonly [string, RouteShape])[] = Object.entries(ROUTES);
const ways: readonly (readonly [string, WayIn])[] = Object.entries(WAYS_IN);
const filled = (path: string, value: string): string => path.replaceAll(/\{[a-z_]+\}/gu, value).replace("*", value);
const called = (value: string): readonly Called[] => [
  ...routes.map(([name, { method, path, access }]) => ({ name, method, access, path: filled(path, value) })),
  ...ways.flatMap(([name, { methods, path, access }]) =>
    methods.map((method) => ({ name, method, access, path: filled(path, value) })),
  ),
];
const isWrite = ({ method }: Pick<Called, "method">): boolean => method === "POST" || method === "PATCH";

/** The key of a source of each kind, by its kind. */
const keys = new Map<string, string>();

beforeAll(async () => {
  await open();
  await setUp();
  for (const kind of ["api", "segment", "cloudevents"] as const)
    keys.set(kind, (await ask(ROUTES.createSource, { body: { source_id: `an-${kind}`, kind } })).key);
});
afterAll(() => context.access.stop());

/** The key that a route wants which takes those of sources alone; nobody signs in on the others. */
function headersFor({ path, access, name }: Pick<Called, "path" | "access" | "name">): Record<string, string> {
  if (access.kind !== "source") return {};
  const kind = name in ROUTES ? "api" : path === WAYS_IN.cloudEvents.path ? "cloudevents" : "segment";
  return { authorization: `Bearer ${keys.get(kind) ?? ""}` };
}

/** Calls every route, and tells those whose answer is none that is allowed. */
async function wrong(
  calls: readonly Called[],
  body: string | undefined,
  isRight: (status: number, answer: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const call of calls) {
    const { name, method, path } = call;
    const headers = { "content-type": "application/json", ...headersFor(call) };
    const response = await send(method, path, isWrite(call) ? body : undefined, headers);
    const answer = await response.text();
    if (!isRight(response.status, answer)) found.push(`${method} ${name}: ${response.status} ${answer.slice(0, 200)}`);
  }
  return found;
}

const isAnswered = (status: number): boolean => status < 500;
/** OpenFeature's clients know of no 413: they read what was wrong. */
const isTooLarge = (status: number, answer: string): boolean =>
  status === 413 || (status === 400 && answer.includes("more than 4 MB"));
const isRefused = (status: number): boolean => status >= 400 && status < 500;

describe("a body", () => {
  // Uploads are files: what they may be is measured where they are read, and they go to the disk as they come.
  const writes = called("none").filter((call) => isWrite(call) && call.path !== ROUTES.upload.path);

  it("of more than four megabytes is refused everywhere but for uploads", { timeout: 60_000 }, async () => {
    const large = " ".repeat(4 * MIB + 1);
    expect(await wrong(writes, large, isTooLarge)).toEqual([]);
    expect(writes.length).toBeGreaterThan(40);
  });

  it("whose length says so is refused before it is read", async () => {
    for (const call of writes) {
      const headers = { ...headersFor(call), "content-length": String(4 * MIB + 1) };
      const response = await send(call.method, call.path, "{}", headers);
      expect([call.name, isTooLarge(response.status, await response.text())]).toEqual([call.name, true]);
    }
  });

  it.each<readonly [string, string]>([
    ["lists in lists", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["objects in objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["a list of nothing", `[${"0,".repeat(500_000)}0]`],
    ["an object of many names", `{${Array.from({ length: 5_000 }, (_, i) => `"n${i}":1`).join(",")}}`],
    ["a number of many digits", `{"seed":${"9".repeat(100_000)}}`],
    ["a name that objects inherit", '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'],
  ])("of %s fails nowhere", { timeout: 60_000 }, async (_, body) => {
    expect(await wrong(writes, body, isAnswered)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  });

  it.each([64, 1_000, 50_000])("with %i levels where anything may stand fails nowhere", async (levels) => {
    const deep = `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const at = '"type":"reply","occurred_at":"2026-03-01T00:00:00Z"';
    const bodies: readonly (readonly [string, string])[] = [
      [ROUTES.decide.path, `{"point":"content","unit_id":"u${levels}","context":${deep}}`],
      [ROUTES.rank.path, `{"point":"content","leads":[{"unit_id":"u","context":${deep}}]}`],
      [ROUTES.signals.path, `{"signals":[{"message_id":"d${levels}","unit_id":"u",${at},"properties":${deep}}]}`],
      ["/v1/track", `{"type":"track","event":"E","userId":"u","messageId":"t${levels}","properties":${deep}}`],
      ["/v1/identify", `{"type":"identify","userId":"u","messageId":"i${levels}","traits":${deep}}`],
      ["/ofrep/v1/evaluate/flags/content", `{"context":{"targetingKey":"u${levels}","x":${deep}}}`],
      [ROUTES.setUp.path, `{"playbook":${deep}}`],
    ];
    for (const [path, body] of bodies) {
      const calls = called("content").filter((call) => call.method === "POST" && call.path === path);
      expect(calls).toHaveLength(1);
      expect(await wrong(calls, body, isAnswered)).toEqual([]);
    }
  });
});

describe("an address", () => {
  it.each([300, 10_000, 100_000])("whose parameters have %i letters names nothing", async (length) => {
    const parametrised = called("x".repeat(length)).filter(
      ({ path, name }) => path.length > length && !name.startsWith("dashboard"),
    );
    expect(parametrised.length).toBeGreaterThan(25);
    // The request log of a source that there is none of is empty: it keeps the last requests alone.
    const isNothing = (status: number, answer: string): boolean => isRefused(status) || answer === '{"requests":[]}';
    expect(await wrong(parametrised, "{}", isNothing)).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ["10,000 parameters", Array.from({ length: 10_000 }, (_, i) => `n${i}=1`).join("&")],
    ["one parameter 10,000 times", Array.from({ length: 10_000 }, () => "limit=1").join("&")],
    ["a parameter of 100,000 letters", `limit=${"x".repeat(100_000)}`],
    ["what is no encoding", "limit=%E0%A4%A&%=%&&&=="],
  ])("with %s fails nowhere", async (_, query) => {
    const reads = called("none").filter((call) => !isWrite(call) && call.method === "GET");
    const asked = reads.map((call) => ({ ...call, path: `${call.path}?${query}` }));
    expect(await wrong(asked, undefined, isAnswered)).toEqual([]);
  });

  it("that asks for a page says how long it may be: no route hands out more than it states", async () => {
    const paged = routes.filter(([, { query }]) => query !== null && "limit" in propertiesOf(query));
    expect(paged.length).toBeGreaterThan(5);
    for (const [name, { method, path }] of paged)
      for (const limit of ["1000000000", "1e9", "-1", "0", "1.5", "NaN", "Infinity", ""])
        expect([name, limit, (await send(method, `${filled(path, "none")}?limit=${limit}`)).status]).toEqual([
          name,
          limit,
          400,
        ]);
  });
});

describe("a header", () => {
  it.each(["authorization", "x-api-key", "cookie", "x-forwarded-for", "ratchet-request-id", "if-none-match"])(
    "%s of 100,000 letters fails nowhere",
    async (name) => {
      const calls = called("none").filter(({ method }) => method === "GET");
      for (const { method, path } of calls)
        expect((await send(method, path, undefined, { [name]: `Bearer ${"x".repeat(100_000)}` })).status).toBeLessThan(
          500,
        );
    },
  );

  it("beyond 16 kB does not get as far as a route", async () => {
    const { port, stop } = await listen(createApp(context).fetch, { host: "127.0.0.1", port: 0 });
    const status = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const asked = request({ port, host: "127.0.0.1", path: "/v1/session", headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on("error", reject);
        asked.end();
      });
    try {
      expect(await status({ cookie: "x".repeat(20_000) })).toBe(431);
      expect(await status(Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`x-${i}`, "12345678"])))).toBe(
        431,
      );
      expect(await status({})).toBe(200);
    } finally {
      await stop();
    }
  });
});

const jsonSchema = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

function propertiesOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  return jsonSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).properties ?? {};
}

describe("a field that nobody may set (mass assignment)", () => {
  const FORBIDDEN = ["isAdmin", "principal", "actor", "author", "status", "approvals", "created_at", "__proto__x"];
  const written = routes.filter(([, { request: body, rawBody }]) => body !== null && rawBody !== true);

  it("is refused by every route that reads a body, by its name", async () => {
    expect(written.length).toBeGreaterThan(30);
    const taken: string[] = [];
    for (const [name, { method, path, access }] of written)
      for (const field of FORBIDDEN) {
        const at = filled(path.replace("{source_id}", "an-api"), "none");
        const response = await send(method, at, { [field]: true }, headersFor({ name, path, access }));
        const text = await response.text();
        // What names nothing that there is has nothing to change.
        const isRight = response.status === 404 || (response.status === 400 && text.includes("request.invalid"));
        if (!isRight) taken.push(`${name}.${field}: ${text.slice(0, 120)}`);
      }
    expect(taken).toEqual([]);
  });

  it("has no place in any body, however deep: what is open is a map that says so", () => {
    const openMaps = written.flatMap(([name, { request: body }]) =>
      openObjects(z.toJSONSchema(body ?? z.never(), { io: "input", unrepresentable: "any" }), name),
    );
    const names = openMaps.map((at) => /\/properties\/([^/]+)(?:\/anyOf)?$/u.exec(at)?.[1] ?? at);
    // Features by name, labels by text, and the words of a mapping's team; documents are checked by their own schemas.
    expect([...new Set(names)].toSorted()).toEqual(["constant", "context", "labels", "playbook", "policy", "values"]);
  });
});

/** Where a schema takes fields that it does not name, and says nothing of what they hold. */
function openObjects(schema: unknown, at: string): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((one) => openObjects(one, at));
  if (typeof schema !== "object" || schema === null) return [];
  const { type, additionalProperties: others } = nodeSchema.parse(schema);
  const own = type === "object" && others !== false ? [at] : [];
  return [...own, ...Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${at}/${key}`))];
}

const nodeSchema = z.looseObject({ type: z.unknown().optional(), additionalProperties: z.unknown().optional() });
