import { createServer } from "node:http";

/** Something between a client and the server that has its own bad moments, as load balancers do. */
export interface RefusingProxy {
  readonly url: string;
  readonly close: () => void;
  /** Requests that were refused so far. */
  readonly refused: () => number;
}

/**
 * Answers the first requests with these statuses and a `Retry-After`, as an overloaded server would, and passes the rest on.
 *
 * Only messages are refused: not a browser's question whether it may ask at all, nor a client's for its settings. What it says to pages of
 * other origins is what the server says.
 */
export async function refusing(target: string, statuses: readonly number[]): Promise<RefusingProxy> {
  let refused = 0;
  const proxy = createServer((request, response) => {
    const status = request.method === "POST" ? statuses[refused] : undefined;
    if (status !== undefined) {
      refused += 1;
      request.resume();
      response.writeHead(status, { "retry-after": "1", ...OPEN_TO_PAGES }).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { host: _, connection: __, ...headers } = request.headers;
      void fetch(`${target}${request.url ?? ""}`, {
        method: request.method ?? "POST",
        headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
          typeof value === "string" ? [[name, value]] : [],
        ),
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      }).then(async (answer) => {
        const passed = [...answer.headers].filter(([name]) => /^(?:access-control-.*|content-type)$/u.test(name));
        response.writeHead(answer.status, Object.fromEntries(passed)).end(Buffer.from(await answer.arrayBuffer()));
      });
    });
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => proxy.close(), refused: () => refused };
}

const OPEN_TO_PAGES = { "access-control-allow-origin": "*", "access-control-expose-headers": "Retry-After" };
