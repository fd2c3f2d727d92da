import type { CallToolResult, McpServer, StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import { statusOf, type Access } from "@ratchet/protocol";
import type { z } from "zod";
import { problemFrom } from "../http/problem-error.ts";
import type { AgentCall } from "./agent.ts";

/** What a tool answers: a sentence of ours, in which nothing stands that people wrote, and the data. */
interface Answer<Data> {
  readonly said: string;
  readonly data: Data;
}

interface ToolDefinition<Input extends z.ZodType, Output extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** That of the route that does the same. */
  readonly access: Access;
  /** `reads`: changes nothing. `records`: adds something once; the same call again adds nothing. */
  readonly does: "reads" | "records";
  readonly input: Input & StandardSchemaWithJSON;
  readonly output: Output & StandardSchemaWithJSON;
  readonly run: (call: AgentCall, input: z.output<Input>) => Promise<Answer<z.input<Output>>>;
}

/** A tool that agents may call. */
export interface AgentTool {
  readonly name: string;
  readonly access: Access;
  readonly does: "reads" | "records";
  readonly register: (server: McpServer, call: AgentCall) => void;
}

/** A tool of these schemas. Its errors are sentences that say what to do; what is our own fault says no more than where to look. */
export function agentTool<Input extends z.ZodType, Output extends z.ZodType>(
  definition: ToolDefinition<Input, Output>,
): AgentTool {
  const { name, title, description, access, does, input, output, run } = definition;
  const annotations = {
    title,
    readOnlyHint: does === "reads",
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  };
  return {
    name,
    access,
    does,
    register: (server, call) => {
      const config = { title, description, inputSchema: loose(input), outputSchema: loose(output), annotations };
      server.registerTool(name, config, async (args) => {
        try {
          const { said, data } = await run(call, input.parse(args));
          return answer(said, output.parse(data));
        } catch (error) {
          return failure(error, call, name);
        }
      });
    },
  };
}

/** The schema as the SDK takes it; what it checked is parsed once more where its type is known. */
function loose(schema: StandardSchemaWithJSON): StandardSchemaWithJSON {
  return schema;
}

/** The data twice: as structured content, and as text for clients that know of no other. */
function answer(said: string, data: unknown): CallToolResult {
  const structuredContent: Record<string, unknown> = { ...Object(data) };
  return {
    content: [
      { type: "text", text: said },
      { type: "text", text: JSON.stringify(structuredContent) },
    ],
    structuredContent,
  };
}

function refusal(text: string): CallToolResult {
  return { isError: true, content: [{ type: "text", text }] };
}

function failure(error: unknown, { context, requestId }: AgentCall, name: string): CallToolResult {
  const { code, detail } = problemFrom(error, requestId);
  if (statusOf(code) >= 500) context.log.error({ err: error, requestId, tool: name }, "a tool failed");
  return refusal(`${detail} (${code})`);
}
