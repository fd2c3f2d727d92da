import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { openDirectory } from "../compose.ts";
import { TooManyError } from "../http/problem-error.ts";
import { openLog } from "../log.ts";
import { startServer } from "../start-server.ts";
import { openGuard } from "./guard.ts";
import { NO_PROXIES, networkOf, parseTrustedProxies, senderBehind, type TrustedProxies } from "./trusted-proxies.ts";

function proxies(text: string): TrustedProxies {
  const parsed = parseTrustedProxies(text);
  if (parsed.kind === "err") throw new Error(parsed.error.join("; "));
  return parsed.value;
}

const CHAIN = proxies("10.0.0.0/8, 192.0.2.7,::1");

describe("who sent what a proxy passed on", () => {
  it.each<readonly [string, string, string | undefined, string]>([
    ["whoever is connected, who is no proxy", "203.0.113.9", undefined, "203.0.113.9"],
    ["whoever is connected, whatever they write", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["whom the proxy heard", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
    ["the last who is no proxy: further left anybody may write", "10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["the same behind two proxies", "10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.7", "198.51.100.1"],
    ["the proxy itself, where it passed on nothing", "10.1.2.3", undefined, "10.1.2.3"],
    ["the proxy that wrote no address", "10.1.2.3", "198.51.100.1, unknown", "10.1.2.3"],
    ["the first proxy, where all are", "10.1.2.3", "10.9.9.9, 192.0.2.7", "10.9.9.9"],
    ["a client of IPv6 with its port", "::1", "[2001:db8::5]:4711", "2001:db8::5"],
    ["a client of IPv4 with its port", "::1", "198.51.100.1:4711", "198.51.100.1"],
    ["behind a proxy whose IPv4 is written as IPv6", "::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"],
  ])("is %s", (_, peer, forwarded, sender) => {
    expect(senderBehind(peer, forwarded, CHAIN)).toBe(sender);
  });

  it("is whoever is connected where no proxy is trusted, whatever is written (law)", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (peer, forwarded) => {
        expect(senderBehind(peer, forwarded, NO_PROXIES)).toBe(peer);
      }),
    );
  });

  it("is never changed by what a client writes itself: the proxy appends (law)", () => {
    const written = fc.oneof(fc.string(), fc.ipV4(), fc.array(fc.ipV4()).map(String));
    const client = fc.constantFrom("203.0.113.9", "2001:db8::5");
    fc.assert(
      fc.property(written, client, (said, address) => {
        expect(senderBehind("10.1.2.3", `${said}, ${address}`, CHAIN)).toBe(address);
      }),
    );
  });
});

describe("what an operator says of proxies", () => {
  it("is refused with all its faults", () => {
    const parsed = parseTrustedProxies("proxy.example.com,10.0.0.0/33,0.0.0.0/0,::/0,1.2.3,10.0.0.1/8/8,10.0.0.1/x,");
    expect(parsed.kind === "err" ? parsed.error.map((fault) => fault.slice(0, 24)) : []).toEqual([
      '"proxy.example.com" is n',
      '"10.0.0.0/33" has more t',
      '"0.0.0.0/0" is too many ',
      '"::/0" is too many to be',
      '"1.2.3" is neither an ad',
      '"10.0.0.1/8/8" is neithe',
      '"10.0.0.1/x" is neither ',
      '"" is neither an address',
    ]);
  });
});

describe("who is counted as one", () => {
  it("is an address of IPv4, and a network of 64 bits of IPv6, however it is written", () => {
    expect(networkOf("::ffff:198.51.100.1")).toBe(networkOf("198.51.100.1"));
    expect(networkOf("198.51.100.1")).not.toBe(networkOf("198.51.100.2"));
    // Zeros are left out where an address is written: cutting the text at its fourth colon would tell these apart.
    expect(networkOf("2001:db8::5")).toBe(networkOf("2001:db8::abcd:1:2:3"));
    expect(networkOf("2001:db8:0:1::5")).not.toBe(networkOf("2001:db8::5"));
  });

  it("is each client behind a trusted proxy by itself, and all of them together behind another", async () => {
    const tries = async (trusted: TrustedProxies): Promise<readonly number[]> => {
      const guard = openGuard(trusted);
      const app = new Hono();
      let asked = 0;
      app.get("/", async (c) => {
        await guard.login(c, `nobody${(asked += 1)}@example.com`, async () => null);
        return c.text("wrong");
      });
      app.onError((error, c) => c.text("", error instanceof TooManyError ? 429 : 500));
      const from = async (client: string) => {
        const headers = { "x-forwarded-for": `1.1.1.1, ${client}` };
        const incoming = { socket: { remoteAddress: "10.1.2.3" } };
        return (await app.request("http://localhost/", { headers }, { incoming })).status;
      };
      // An address has 50 tries; the 51st is refused, and that of somebody else is another's first.
      for (let i = 0; i < 50; i += 1) await from("203.0.113.9");
      return [await from("203.0.113.9"), await from("203.0.113.10")];
    };
    expect(await tries(CHAIN)).toEqual([429, 200]);
    expect(await tries(NO_PROXIES)).toEqual([429, 429]);
  });
});

it("lets in nobody without a key or a login once a proxy is trusted, also from this machine", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ratchet-proxy-"));
  const log = openLog("silent");
  try {
    const start = () => startServer({ directory, port: 0, trustedProxies: proxies("127.0.0.1"), log });
    await expect(start()).rejects.toThrow("behind a proxy others can reach the server");
    const opened = await openDirectory({ directory, rhythm: null, sample: null, log });
    const wish = { name: "report", mode: "live", scopes: ["read"], isAgent: false, expiresAt: null } as const;
    await opened.context.access.keys.create(wish, async () => {});
    await opened.close();
    const server = await start();
    try {
      // A proxy that forgets the header looks like this machine; so does a client that names this machine in it.
      const signals = {
        signals: [{ message_id: "1", type: "reply", unit_id: "u", occurred_at: "2026-03-01T00:00:00Z" }],
      };
      for (const headers of [{}, { "x-forwarded-for": "127.0.0.1" }, { "x-forwarded-for": "203.0.113.9, ::1" }]) {
        const send = { method: "POST", headers, body: JSON.stringify(signals) };
        expect((await fetch(`${server.url}/v1/signals`, send)).status).toBe(401);
        expect((await fetch(`${server.url}/v1/today`, { headers })).status).toBe(401);
      }
    } finally {
      await server.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
