/** `ratchet mcp`, started by stock clients of both generations: on a data directory, and passing on to a server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client as PresentClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as PresentTransport } from "@modelcontextprotocol/client/stdio";
import { Client as FormerClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as FormerTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { openLog, startServer, type RunningServer } from "@ratchet/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/ratchet.js", import.meta.url));
const PLAYBOOK = `
api_version: ratchet.playbook/v1
kind: Playbook
metadata: { id: mails }
levers:
  - { kind: choice, name: content, decision_window: 7d, actions: [plain, story], baseline: plain,
      segments: { all: { plain: 0.5, story: 0.5 } } }
`;
const me = { name: "stock", version: "1.0.0" };

interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(params: { readonly name: string; readonly arguments: Record<string, unknown> }): Promise<object>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

let directory: string;
let server: RunningServer | null = null;

const start = async (): Promise<RunningServer> => startServer({ directory, port: 0, log: openLog("silent") });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-mcp-"));
  server = await start();
  await fetch(`${server.url}/v1/workspace`, { method: "POST", body: JSON.stringify({ playbook: PLAYBOOK }) });
  await server.close();
  server = null;
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

const program = (...args: readonly string[]) => ({
  command: process.execPath,
  args: [LAUNCHER, "mcp", ...args],
  stderr: "ignore" as const,
});

async function former(...args: readonly string[]): Promise<AnyClient> {
  const client = new FormerClient(me);
  await client.connect(new FormerTransport(program(...args)), { timeout: 120_000 });
  return client;
}

async function present(...args: readonly string[]): Promise<AnyClient> {
  const client = new PresentClient(me, { versionNegotiation: { mode: "auto", probe: { timeoutMs: 120_000 } } });
  await client.connect(new PresentTransport(program(...args)), { timeout: 120_000 });
  return client;
}

/** What a client finds: what it is told, how many tools there are, an answer, and an error that is none of the protocol's. */
async function found(client: AnyClient): Promise<unknown> {
  try {
    const ask = (decision_point: string) =>
      client.callTool({ name: "get_decision", arguments: { lead_id: "lead-1", decision_point } });
    const { tools } = await client.listTools();
    return [client.getInstructions(), tools.length, await ask("content"), await ask("mood")];
  } finally {
    await client.close();
  }
}

const EVERYTHING = [
  expect.stringContaining("Ask get_decision before contacting a lead"),
  10,
  expect.objectContaining({ structuredContent: expect.objectContaining({ decision_point: "content" }) }),
  expect.objectContaining({ isError: true }),
];

describe("ratchet mcp", () => {
  it(
    "opens the data directory for a client of the former generation, and gives it back",
    { timeout: 240_000 },
    async () => {
      expect(await found(await former("--data", directory))).toEqual(EVERYTHING);
    },
  );

  it("opens it for a client of the present one", { timeout: 240_000 }, async () => {
    expect(await found(await present("--data", directory))).toEqual(EVERYTHING);
  });

  it("passes on to a running server, for both", { timeout: 240_000 }, async () => {
    server = await start();
    expect(await found(await former("--url", server.url))).toEqual(EVERYTHING);
    expect(await found(await present("--url", server.url))).toEqual(EVERYTHING);
  });

  it("says to the client that the server does not answer", { timeout: 240_000 }, async () => {
    await expect(former("--url", "http://127.0.0.1:9")).rejects.toThrow(/is the server running \(ratchet serve\)/u);
  });
});
