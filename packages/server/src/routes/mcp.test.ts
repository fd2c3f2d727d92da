/** Stock MCP clients against a started server: the last of the first generation, and the present one in both of its ways. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client as PresentClient,
  StreamableHTTPClientTransport as PresentTransport,
} from "@modelcontextprotocol/client";
import { Client as FormerClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as FormerTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ROUTES } from "@ratchet/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openLog } from "../log.ts";
import { startServer, type RunningServer } from "../start-server.ts";

const PLAYBOOK = `
api_version: ratchet.playbook/v1
kind: Playbook
metadata: { id: mails }
levers:
  - { kind: choice, name: content, decision_window: 7d, actions: [plain, story], baseline: plain,
      segments: { all: { plain: 0.5, story: 0.5 } } }
`;

let directory: string;
let server: RunningServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-mcp-"));
  server = await startServer({ directory, port: 0, log: openLog("silent") });
  const set = await fetch(`${server.url}/v1/workspace`, {
    method: "POST",
    body: JSON.stringify({ playbook: PLAYBOOK }),
  });
  ROUTES.setUp.response.parse(await set.json());
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

/** The little that this asks of a client, whatever its generation. */
interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(params: { readonly name: string; readonly arguments: Record<string, unknown> }): Promise<object>;
  readResource(params: { readonly uri: string }): Promise<{ readonly contents: readonly { readonly uri: string }[] }>;
  listPrompts(): Promise<{ readonly prompts: readonly unknown[] }>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

const answerSchema = z.object({ structuredContent: z.looseObject({ decision_id: z.string() }) });
const me = { name: "stock", version: "1.0.0" };
const address = (): URL => new URL(`${server.url}/mcp`);

const CLIENTS: readonly (readonly [string, () => Promise<AnyClient>])[] = [
  [
    "v1",
    async () => {
      const client = new FormerClient(me);
      await client.connect(new FormerTransport(address()));
      return client;
    },
  ],
  ...(["legacy", "auto"] as const).map(
    (mode) =>
      [
        `v2, ${mode}`,
        async () => {
          const client = new PresentClient(me, { versionNegotiation: { mode } });
          await client.connect(new PresentTransport(address()));
          return client;
        },
      ] as const,
  ),
];

describe.each(CLIENTS)("an MCP client, %s", (name, connect) => {
  it("finds the tools, asks, reports, and reads", { timeout: 60_000 }, async () => {
    const client = await connect();
    try {
      expect(client.getInstructions()).toContain("report_outcome");
      expect((await client.listTools()).tools.map((tool) => tool.name)).toContain("get_decision");
      expect((await client.listPrompts()).prompts).toHaveLength(3);
      const asked = { lead_id: `lead of ${name}`, decision_point: "content" };
      const { structuredContent: decision } = answerSchema.parse(
        await client.callTool({ name: "get_decision", arguments: asked }),
      );
      expect(await client.callTool({ name: "get_decision", arguments: asked })).toMatchObject({
        structuredContent: decision,
      });
      const { decision_id } = decision;
      const told = { decision_id, type: "meeting_booked" };
      expect(await client.callTool({ name: "report_outcome", arguments: told })).toMatchObject({
        structuredContent: { recorded: true, counts_for: ["meeting_booked"] },
      });
      expect(await client.callTool({ name: "explain_decision", arguments: { decision_id } })).toMatchObject({
        structuredContent: { decision_id, decision_point: "content" },
      });
      const { contents } = await client.readResource({ uri: `ratchet://decisions/${decision_id}` });
      expect(contents).toHaveLength(1);
      const wrong = { name: "get_decision", arguments: { ...asked, decision_point: "mood" } };
      expect(await client.callTool(wrong)).toMatchObject({ isError: true });
    } finally {
      await client.close();
    }
  });
});

describe("the way in", () => {
  const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(address(), { method: "POST", body, headers: { ...HEADERS, ...headers } });
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });

  it("keeps no session: an older client that asks for one hears 405, and works without", async () => {
    expect((await fetch(address(), { headers: { accept: "text/event-stream" } })).status).toBe(405);
    expect((await fetch(address(), { method: "DELETE" })).status).toBe(405);
    expect((await post(list)).headers.get("mcp-session-id")).toBeNull();
  });

  it("is closed to the pages of others, and to names that are not the server's", async () => {
    expect((await post(list, { origin: "https://evil.example" })).status).toBe(403);
    expect((await post(list, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  it("refuses what is no message, and what is too large, and goes on", async () => {
    expect((await post("{")).status).toBe(400);
    expect(
      (
        await post(
          JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { x: "x".repeat(5_000_000) } }),
        )
      ).status,
    ).toBe(413);
    expect((await post(list)).status).toBe(200);
  });
});
