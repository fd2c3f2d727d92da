import { createServer, type Server } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AddressRefusedError, addressFault, guardedFetch } from "./guarded-fetch.ts";

let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/redirect") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    else response.end(`you said ${String(request.headers["x-said"])}`);
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = address === null || typeof address === "string" ? 0 : address.port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const call = { headers: { "x-said": "yes" }, body: "{}", signal: AbortSignal.timeout(5000) };
const refusal = (url: string, allowPrivate = false): Promise<unknown> =>
  guardedFetch({ allowPrivate })(url, call).then(
    () => "answered",
    (error: unknown) => error,
  );

describe("a guarded call", () => {
  it("reaches this machine where that is said in so many words, and reads the answer", async () => {
    const answer = await guardedFetch({ allowPrivate: false })(`http://localhost:${port}/x`, call);
    expect([answer.status, await answer.text()]).toEqual([200, "you said yes"]);
  });

  it("follows no redirect", async () => {
    const answer = await guardedFetch({ allowPrivate: false })(`http://127.0.0.1:${port}/redirect`, call);
    expect(answer.status).toBe(302);
  });

  it.each([
    "http://example.com/v1",
    "ftp://localhost/v1",
    "https://user:secret@example.com/v1",
    "https://10.0.0.8/v1",
    "https://192.168.1.1/v1",
    "https://172.20.3.4/v1",
    "https://100.100.0.1/v1",
    "https://167772161/v1",
    "https://0x0a000001/v1",
    "https://012.0.0.1/v1",
    "https://10.1/v1",
    "https://127.0.0.53/v1",
    "https://0.0.0.0/v1",
    "https://[::]/v1",
    "https://[::ffff:127.0.0.1]/v1",
    "https://[::ffff:10.1.2.3]/v1",
    "https://[::ffff:a9fe:a9fe]/v1",
    "https://[fd12::1]/v1",
    "https://[fe80::1]/v1",
    "https://[64:ff9b::7f00:1]/v1",
    "https://169.254.169.254/latest",
    "https://[fd00:ec2::254]/latest",
    "no address",
  ])("refuses %s before it connects", async (url) => {
    const before = connections;
    expect(await refusal(url)).toBeInstanceOf(AddressRefusedError);
    expect(addressFault(url, { allowPrivate: false })).not.toBeNull();
    expect(connections).toBe(before);
  });

  it.each(["https://169.254.169.254/", "https://[fe80::1]/", "https://[fd00:ec2::254]/", "http://10.0.0.8/"])(
    "refuses %s even where a private network is allowed",
    async (url) => {
      expect(await refusal(url, true)).toBeInstanceOf(AddressRefusedError);
    },
  );

  it("refuses a name of elsewhere that leads to this machine", async () => {
    // Nothing listens to TLS here: were it allowed, it would fail in another way.
    const silent = createSocketServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const at = address === null || typeof address === "string" ? 0 : address.port;
    // RFC 6761: names below "localhost" resolve to loopback, whatever a name server says. Where they do not resolve, they cannot be called.
    const failure = await refusal(`https://rebound.localhost:${at}/`);
    expect(failure).toBeInstanceOf(Error);
    const isRefused = failure instanceof AddressRefusedError;
    const isUnknown = failure instanceof Error && "code" in failure && failure.code === "ENOTFOUND";
    expect(isRefused || isUnknown).toBe(true);
    silent.close();
  });
});
