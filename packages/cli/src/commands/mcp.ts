import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { isJSONRPCRequest, type JSONRPCMessage } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { agentServer, LOCAL_AGENT } from "@ratchet/server";
import type { Command } from "commander";
import { openData, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { CommandError } from "../exit-code.ts";

const MCP_EXAMPLES = `
It speaks MCP over standard input and output, for a client that starts it:
  { "mcpServers": { "ratchet": { "command": "npx", "args": ["ratchet", "mcp", "--url", "http://localhost:4600"] } } }
With --url it passes everything on to that server, with the key in RATCHET_KEY; without, it opens the data directory itself.`;

/** `ratchet mcp`. */
export function addMcp(program: Command): void {
  withWorkspace(program.command("mcp"))
    .description("let an AI agent ask, report and propose, over MCP on standard input and output")
    .addHelpText("after", MCP_EXAMPLES)
    .action(mcp);
}

async function mcp({ url, data }: WorkspaceOptions): Promise<void> {
  if (url !== undefined) return passOn(url);
  if (!existsSync(data))
    throw new CommandError(
      `there is no data directory ${data}; name one with --data, or a running server with --url http://localhost:4600`,
    );
  const opened = await openData(data);
  try {
    const ended = endOfInput();
    const server = serveStdio(
      () => agentServer({ context: opened.context, agent: LOCAL_AGENT, requestId: randomUUID() }),
      {
        onerror: complain,
      },
    );
    await ended;
    await server.close();
  } finally {
    await opened.close();
  }
}

/** Messages go to the server as they are, and its answers come back: what may be done is decided there, by the key. */
async function passOn(url: string): Promise<void> {
  if (!URL.canParse("/mcp", url)) throw new CommandError(`"${url}" is no address; it begins with http:// or https://`);
  const key = process.env["RATCHET_KEY"];
  const here = new StdioServerTransport();
  const there = new StreamableHTTPClientTransport(new URL("/mcp", url), {
    requestInit: { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } },
  });
  const underWay = new Set<Promise<void>>();
  here.onmessage = (message) => {
    const sending = there.send(message).catch((error: unknown) => here.send(failed(message, { url, error })));
    const done = sending.catch(complain).finally(() => underWay.delete(done));
    underWay.add(done);
  };
  there.onmessage = (message) => {
    here.send(message).catch(complain);
  };
  here.onerror = complain;
  there.onerror = complain;
  const ended = endOfInput();
  await there.start();
  await here.start();
  await ended;
  await Promise.all(underWay);
  await there.close();
  await here.close();
}

/** The answer to a request that could not be passed on; a notification wants none, and gets the next best. */
function failed(
  message: JSONRPCMessage,
  { url, error }: { readonly url: string; readonly error: unknown },
): JSONRPCMessage {
  const why = error instanceof Error ? error.message : String(error);
  const sentence = `${url} did not answer (${why}); is the server running (ratchet serve), and is the key in RATCHET_KEY right?`;
  if (!isJSONRPCRequest(message)) throw new CommandError(sentence);
  return { jsonrpc: "2.0", id: message.id, error: { code: -32_603, message: sentence } };
}

/** Clients end a server by closing its input, or by a signal. */
function endOfInput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once("end", resolve).once("close", resolve);
    process.once("SIGINT", () => resolve()).once("SIGTERM", () => resolve());
  });
}

/** Standard output belongs to the protocol. */
function complain(error: unknown): void {
  process.stderr.write(`ratchet: ${error instanceof Error ? error.message : String(error)}\n`);
}
