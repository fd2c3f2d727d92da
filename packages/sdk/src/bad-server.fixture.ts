/** For tests: a server that has every kind of bad moment, of which each request takes the next. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** How one request is treated. */
export type Moment =
  | {
      readonly kind: "answer";
      readonly status?: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Text as it is: a proxy's page, half a document. */
  | { readonly kind: "text"; readonly status?: number; readonly body: string }
  /** Nothing, for as long as anybody waits. */
  | { readonly kind: "hang" }
  /** The connection ends without an answer. */
  | { readonly kind: "refuse" }
  /** The answer begins, and the connection ends. */
  | { readonly kind: "die" }
  /** The answer begins, and never ends. */
  | { readonly kind: "drip" };

/** A request as it arrived. */
interface Arrived {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface BadServer {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  /** What the next requests meet; whatever comes after them meets the last one again. */
  readonly next: (...moments: readonly Moment[]) => void;
  readonly close: () => void;
}

export async function badServer(): Promise<BadServer> {
  const arrived: Arrived[] = [];
  let moments: readonly Moment[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      arrived.push({ url: request.url ?? "", headers: request.headers, body: text === "" ? null : JSON.parse(text) });
      const [moment = { kind: "hang" }, ...rest] = moments;
      if (rest.length > 0) moments = rest;
      meet(moment, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    arrived,
    next: (...given) => {
      moments = given;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function meet(moment: Moment, response: ServerResponse): void {
  switch (moment.kind) {
    case "answer":
      response.writeHead(moment.status ?? 200, { "content-type": "application/json", ...moment.headers });
      response.end(JSON.stringify(moment.body));
      return;
    case "text":
      response.writeHead(moment.status ?? 200).end(moment.body);
      return;
    case "hang":
      return;
    case "refuse":
      response.destroy();
      return;
    case "die":
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"decision_id":"d-1","action":"story",', () => response.destroy());
      return;
    case "drip":
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"decision_id":"d-1",');
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
