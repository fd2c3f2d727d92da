import { createMcpHandler } from "@modelcontextprotocol/server";
import { WAYS_IN } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { agentServer } from "../mcp/agent-server.ts";
import { agentOf } from "../mcp/agent.ts";

/**
 * MCP over Streamable HTTP, for clients of both generations of the protocol. Stateless: each request is answered by itself, on any node.
 *
 * Host and origin were checked before; GET and DELETE, with which older clients ask for a session, are answered 405, as they expect.
 */
export function mcpRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  app.on([...WAYS_IN.mcp.methods], WAYS_IN.mcp.path, (c) => {
    c.set("route", "mcp");
    const call = { context, agent: agentOf(c.get("principal")), requestId: c.get("requestId") };
    const onerror = (error: Error): void =>
      context.log.warn({ err: error, requestId: call.requestId }, "an MCP request failed");
    return createMcpHandler(() => agentServer(call), { onerror }).fetch(c.req.raw);
  });
}
