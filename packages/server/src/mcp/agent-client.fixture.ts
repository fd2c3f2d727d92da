/** For tests: a stock MCP client that talks to the application of `memory-app.fixture.ts`, without a network. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { send } from "../memory-app.fixture.ts";

/** What a tool answered: the sentence, the data, and whether it is an error. */
export interface Told {
  readonly said: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

/** A client of the present generation, connected. */
export async function agentClient(headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL("http://localhost:4600/mcp"), {
      requestInit: { headers },
      fetch: async (_, init) =>
        send(
          init?.method ?? "GET",
          "/mcp",
          typeof init?.body === "string" ? init.body : undefined,
          Object.fromEntries(new Headers(init?.headers)),
        ),
    }),
  );
  return client;
}

/** Calls a tool, and takes the answer apart. */
export async function tell(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Told> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  const [first] = content;
  return {
    said: first?.type === "text" ? first.text : "",
    data: { ...Object(structuredContent) },
    isError: isError === true,
  };
}
