/** For tests: whoever is told what happens, and checks it with the stock library. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";

/** One call as it came. */
export interface ReceivedCall {
  readonly path: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  readonly connections: () => number;
  /** How it answers from now on; 204 at first. */
  readonly answerWith: (answer: (call: ReceivedCall, response: ServerResponse) => void) => void;
  readonly close: () => Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const calls: ReceivedCall[] = [];
  let connections = 0;
  let answer = (_: ReceivedCall, response: ServerResponse): void => {
    response.writeHead(204).end();
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const body = Buffer.concat(chunks).toString("utf8");
      const call = { path: request.url ?? "", id: headers["webhook-id"] ?? "", headers, body };
      calls.push(call);
      answer(call, response);
    });
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver does not listen");
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    connections: () => connections,
    answerWith: (next) => {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with a status, and perhaps with headers. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}) {
  return (_: ReceivedCall, response: ServerResponse): void => {
    response.writeHead(code, headers).end();
  };
}

/** What a receiver reads, once the stock library has found the signature to be good. The library takes its time from the system's clock. */
export function verified(call: ReceivedCall, secret: string): unknown {
  return new Webhook(secret).verify(call.body, call.headers);
}
