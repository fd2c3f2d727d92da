import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openDirectory } from "../compose.ts";
import { openLog } from "../log.ts";
import { context, open, send, setUp } from "../memory-app.fixture.ts";
import { startServer } from "../start-server.ts";

const USER = { email: "ann@example.com", password: "correct horse battery" };
const MINUTE = 60_000;

describe("the cookie of a session", () => {
  it("is bound to this host and to https, where browsers come by https", { timeout: 60_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), "ratchet-cookie-"));
    const settings = { directory, publicUrl: "https://ratchet.example.com", log: openLog("silent") };
    try {
      const opened = await openDirectory({ ...settings, rhythm: null, sample: null });
      await opened.context.access.users.create({ ...USER, roles: ["admin"] }, async () => {});
      await opened.close();
      const server = await startServer({ ...settings, port: 0 });
      try {
        const signedIn = await fetch(`${server.url}/v1/session`, { method: "POST", body: JSON.stringify(USER) });
        expect(signedIn.status).toBe(200);
        const [cookie = ""] = signedIn.headers.getSetCookie();
        const [value = "", ...attributes] = cookie.split("; ");
        expect(value).toMatch(/^__Host-ratchet_session=/u);
        // A browser keeps a cookie of this name only with Secure, with Path=/ and without Domain.
        expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]));
        expect(cookie).not.toMatch(/domain=/iu);
        const status = async (sent: string) =>
          (await fetch(`${server.url}/v1/today`, { headers: { cookie: sent } })).status;
        expect(await status(value)).not.toBe(401);
        // The same session under the name that a page of a sibling host, or of plain http, could set.
        expect(await status(value.replace("__Host-", ""))).toBe(401);
        const out = await fetch(`${server.url}/v1/session`, { method: "DELETE", headers: { cookie: value } });
        expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-ratchet_session=; Max-Age=0;.*Secure/u);
        expect(await status(value)).toBe(401);
      } finally {
        await server.close();
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe("a session", () => {
  afterEach(async () => {
    vi.useRealTimers();
    await context.access.stop();
  });

  /** Signs somebody in, under a clock of the machine that only moves when it is told: the library reads no other. */
  async function signedIn(): Promise<(minutes: number) => Promise<Response>> {
    vi.useFakeTimers({ toFake: ["Date"] });
    await open();
    await setUp();
    expect((await send("POST", "/v1/users", { ...USER, roles: ["admin"] })).status).toBe(200);
    const answer = await send("POST", "/v1/session", USER);
    const cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    return (minutes) => {
      vi.setSystemTime(Date.now() + minutes * MINUTE);
      return send("GET", "/v1/today", undefined, { cookie });
    };
  }

  it("ends after half an hour without a request, and lasts on with one", async () => {
    const after = await signedIn();
    const used = await after(29);
    expect(used.status).toBe(200);
    expect(used.headers.getSetCookie()[0]).toContain("Max-Age=1800");
    expect((await after(29)).status).toBe(200);
    expect((await after(31)).status).toBe(401);
    expect((await after(0)).status).toBe(401);
  });

  it("ends after twelve hours however it is used, and does not come back", async () => {
    const after = await signedIn();
    for (let minutes = 20; minutes < 12 * 60; minutes += 20)
      expect([minutes, (await after(20)).status]).toEqual([minutes, 200]);
    expect((await after(20)).status).toBe(401);
    expect((await after(0)).status).toBe(401);
  });
});
