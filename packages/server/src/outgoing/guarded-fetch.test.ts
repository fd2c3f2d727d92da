import { createServer, type Server } from "node:http";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressKind } from "./address-kind.ts";
import { AddressRefusedError, addressFault, guardedFetch, LOOPBACK_HOSTS, type GuardOptions } from "./guarded-fetch.ts";
import { ADDRESSES_INSIDE, ADDRESSES_OF_NOBODY, ADDRESSES_OUTSIDE, HOSTS_INSIDE } from "./hosts-inside.fixture.ts";

let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/redirect") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    else if (request.url === "/busy") response.writeHead(429, { "retry-after": "7" }).end();
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

/** What the operator trusts nobody with: the webhooks of whoever has a key. */
const STRICT: GuardOptions = { allowPrivate: false, trustedHosts: [], limitPorts: true };
/** This machine is named by the operator. */
const LOCAL: GuardOptions = { ...STRICT, trustedHosts: LOOPBACK_HOSTS };
const call = { headers: { "x-said": "yes" }, body: "{}", signal: AbortSignal.timeout(30_000) };
const refusal = (url: string, options: GuardOptions): Promise<unknown> =>
  guardedFetch(options)(url, call).then(
    () => "answered",
    (error: unknown) => error,
  );

describe("a guarded call", () => {
  it("reaches this machine where that is said in so many words, and reads the answer", async () => {
    const answer = await guardedFetch(LOCAL)(`http://localhost:${port}/x`, call);
    expect([answer.status, await answer.text()]).toEqual([200, "you said yes"]);
  });

  it("follows no redirect", async () => {
    const answer = await guardedFetch(LOCAL)(`http://127.0.0.1:${port}/redirect`, call);
    expect(answer.status).toBe(302);
  });

  it("hands on how long to wait", async () => {
    const answer = await guardedFetch(LOCAL)(`http://127.0.0.1:${port}/busy`, call);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
  });

  it("asks no proxy, whatever the environment says", async () => {
    const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "NODE_USE_ENV_PROXY"];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = name === "NODE_USE_ENV_PROXY" ? "1" : "http://127.0.0.1:9";
    try {
      expect((await guardedFetch(LOCAL)(`http://127.0.0.1:${port}/x`, call)).status).toBe(200);
    } finally {
      for (const [i, name] of names.entries()) {
        const value = before[i];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it.each(HOSTS_INSIDE)("refuses %s before it connects", async (host) => {
    const before = connections;
    for (const scheme of ["http", "https"]) {
      for (const suffix of ["", `:${port}`]) {
        const url = `${scheme}://${host}${suffix}/hook`;
        // A resolver that says what the system's would: those names lead to this machine.
        const error = await refusal(url, { ...STRICT, resolve: leadingTo("127.0.0.1") });
        expect(error).toBeInstanceOf(AddressRefusedError);
      }
    }
    expect(connections).toBe(before);
  });

  it.each([
    "http://example.com/v1",
    "ftp://example.com/v1",
    "file:///etc/passwd",
    "gopher://example.com/",
    "data:text/plain,hello",
    "https://user:secret@example.com/v1",
    "https://user@example.com/v1",
    "no address",
    "",
    "//example.com/",
    "https://",
  ])("refuses the address %j when it is configured", (url) => {
    expect(addressFault(url, STRICT)).not.toBeNull();
  });

  it.each([22, 25, 80, 110, 143, 445, 993, 1023, 2375, 3306, 5432, 6379, 6667, 9200, 11_211, 27_017])(
    "refuses port %i",
    (one) => {
      expect(addressFault(`https://example.com:${one}/`, STRICT)).toContain(`port ${one}`);
    },
  );

  it.each(["https://example.com/a", "https://example.com:443/", "https://example.com:8443/", "https://8.8.8.8/x"])(
    "lets %s be configured",
    (url) => {
      expect(addressFault(url, STRICT)).toBeNull();
    },
  );

  it.each(ADDRESSES_INSIDE)("refuses a name that leads to %s, without connecting", async (address) => {
    const error = await refusal("https://hooks.example.com/", { ...STRICT, resolve: leadingTo(address) });
    expect(error).toBeInstanceOf(AddressRefusedError);
  });

  it("refuses a name of which one address among several leads inside", async () => {
    const error = await refusal("https://hooks.example.com/", { ...STRICT, resolve: leadingTo("8.8.8.8", "10.0.0.8") });
    expect(error).toBeInstanceOf(AddressRefusedError);
  });

  it("connects to the address that was checked: a name server that says another thing the next time changes nothing", async () => {
    let asked = 0;
    // Whoever checks what one question brings and connects to what a second one brings comes to the metadata.
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
    };
    const options = { ...STRICT, trustedHosts: ["rebound"], resolve };
    const answer = await guardedFetch(options)(`http://rebound:${port}/x`, call);
    expect([answer.status, asked]).toEqual([200, 1]);
    // Every call is checked anew: the second answer is the one that counts now.
    expect(await refusal(`http://rebound:${port}/x`, options)).toBeInstanceOf(AddressRefusedError);
    expect(asked).toBe(2);
  });

  it("lets a host that the operator trusts be in a private network, without encryption, and never link-local", async () => {
    const trusting = (address: string): GuardOptions => ({
      ...STRICT,
      trustedHosts: ["receiver"],
      resolve: leadingTo(address),
    });
    const answer = await guardedFetch(trusting("127.0.0.1"))(`http://receiver:${port}/x`, call);
    expect(answer.status).toBe(200);
    for (const address of ADDRESSES_OF_NOBODY)
      expect(await refusal("http://receiver/", trusting(address))).toBeInstanceOf(AddressRefusedError);
    expect(addressFault("http://169.254.169.254/", { ...STRICT, trustedHosts: ["169.254.169.254"] })).not.toBeNull();
    expect(addressFault("http://another/", trusting("127.0.0.1"))).not.toBeNull();
  });

  it("takes localhost to be this machine and nothing else, even where it is trusted", async () => {
    const options = { ...LOCAL, resolve: leadingTo("10.0.0.8") };
    expect(await refusal(`http://localhost:${port}/`, options)).toBeInstanceOf(AddressRefusedError);
  });
});

describe("addresses", () => {
  it.each(ADDRESSES_OUTSIDE)("%s is public", (address) => {
    expect(addressKind(address)).toBe("public");
  });

  it("that are IPv4 are the same written as IPv6", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const plain = octets.join(".");
        const [a, b, c, d] = octets;
        const hex = `::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        expect([addressKind(`::ffff:${plain}`), addressKind(hex)]).toEqual([addressKind(plain), addressKind(plain)]);
      }),
    );
  });

  it("that stand for IPv4 ones in other ways are never called", () => {
    const part = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16));
    const translated = fc.constantFrom("64:ff9b::", "64:ff9b:1::", "2002:", "2001:0:", "::ffff:0:", "::");
    fc.assert(
      fc.property(translated, part, part, (prefix, high, low) => {
        const address = prefix.endsWith("::") ? `${prefix}${high}:${low}` : `${prefix}${high}:${low}::`;
        expect(["never", "loopback"]).toContain(addressKind(address));
      }),
    );
  });

  it("that are none are never called", () => {
    for (const text of ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "256.1.1.1"])
      expect(addressKind(text)).not.toBe("public");
  });
});

function leadingTo(...addresses: readonly string[]): () => Promise<readonly { address: string; family: number }[]> {
  return async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}
