import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "@ratchet/protocol";
import { createRatchet } from "./create-ratchet.ts";
import { PATHS } from "./paths.ts";
import { RatchetError } from "./ratchet-error.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly body: string;
}

/** A server that answers each request with what it saw, except below /v1/evidence, where it fails in several ways. */
const seen: Seen[] = [];
let server: Server;
let url = "";

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

const STALE = {
  type: "urn:ratchet:error:change.stale_revision",
  title: "Stale revision",
  status: 409,
  code: "change.stale_revision",
  detail: "change chg-1 is at revision b, you approved a",
};

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? "";
      seen.push({ method: request.method ?? "", url: path, type: request.headers["content-type"], body });
      if (path.endsWith("/never")) return;
      if (path.endsWith("/html")) response.writeHead(502).end("<html>Bad gateway</html>");
      else if (path.endsWith("/approve")) response.writeHead(409).end(JSON.stringify(STALE));
      else if (path === "/v1/decisions" && body.includes("requests"))
        response.end(JSON.stringify({ decisions: [{ decision_id: "d1" }, { decision_id: "d2" }] }));
      else response.end(JSON.stringify({ decision_id: "d1", path }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function failure(run: Promise<unknown>): Promise<RatchetError> {
  const error: unknown = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof RatchetError) return error;
  throw new Error("expected a RatchetError");
}

describe("the paths", () => {
  it("are the protocol's own, all of them", () => {
    const wanted = Object.fromEntries(Object.entries(ROUTES).map(([name, { method, path }]) => [name, [method, path]]));
    expect(PATHS).toEqual(wanted);
  });
});

describe("a client", () => {
  it("fills in and encodes parameters, and leaves absent query keys out", async () => {
    const ratchet = createRatchet({ url: `${url}/` });
    await ratchet.trace("dec/1 x");
    expect(seen.at(-1)).toMatchObject({ method: "GET", url: "/v1/decisions/dec%2F1%20x/trace", body: "" });
    await ratchet.results({ metric: "meeting held" });
    expect(seen.at(-1)?.url).toBe("/v1/results?metric=meeting+held");
  });
  it("refuses an empty id rather than ask for the list", () => {
    expect(() => createRatchet({ url }).change("")).toThrow(/change_id/u);
  });
  it("answers one decision for one request and a list for many", async () => {
    const ratchet = createRatchet({ url });
    const request = { point: "content", unit_id: "acme" };
    expect((await ratchet.decide(request)).decision_id).toBe("d1");
    expect(
      (await ratchet.decideMany([request, request])).map((decision) =>
        "refused" in decision ? null : decision.decision_id,
      ),
    ).toEqual(["d1", "d2"]);
  });
  it("sends a file's bytes as they are", async () => {
    await createRatchet({ url }).imports.upload("a b.csv", "unit,action\n1,x\n");
    expect(seen.at(-1)).toEqual({
      method: "POST",
      url: "/v1/uploads?name=a+b.csv",
      type: "application/octet-stream",
      body: "unit,action\n1,x\n",
    });
  });
});

it("sends the key of its source, where it was given one, and no header where it was not", async () => {
  const sent: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    sent.push(new Headers(init?.headers).get("authorization"));
    return new Response("{}");
  };
  await createRatchet({ url, key: "rk_live_1", fetch }).signals([]);
  await createRatchet({ url, fetch }).signals([]);
  expect(sent).toEqual(["Bearer rk_live_1", null]);
});

describe("an error", () => {
  it("carries the server's problem", async () => {
    const approval = { by: "dana", role: "revops", revision: "a".repeat(64) };
    const error = await failure(createRatchet({ url }).approve("chg-1", approval));
    expect(error.problem).toEqual(STALE);
    expect([error.code, error.status, error.message]).toEqual([STALE.code, 409, STALE.detail]);
  });
  it("says so where the answer is not ours", async () => {
    const error = await failure(createRatchet({ url }).evidence("html"));
    expect([error.code, error.status]).toEqual(["client.unreadable", 502]);
  });
  it("tells no answer in time from no connection from giving up", async () => {
    const late = await failure(createRatchet({ url, timeoutMs: 50 }).evidence("never"));
    const gone = await failure(createRatchet({ url: "http://127.0.0.1:1" }).today());
    const given = await failure(createRatchet({ url }).evidence("never", { signal: AbortSignal.abort() }));
    expect([late.code, gone.code, given.code]).toEqual(["client.timeout", "client.unreachable", "client.aborted"]);
  });
});
