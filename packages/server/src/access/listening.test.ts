import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDirectory } from "../compose.ts";
import { openLog } from "../log.ts";
import { startServer } from "../start-server.ts";

const log = openLog("silent");
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-listening-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

it("listens beyond this machine only where somebody could be let in, and lets in nobody else", async () => {
  const start = () => startServer({ directory, port: 0, host: "0.0.0.0", log });
  await expect(start()).rejects.toMatchObject({ code: "access.nobody" });
  await expect(start()).rejects.toThrow("ratchet users create");

  const opened = await openDirectory({ directory, rhythm: null, sample: null, log });
  const wish = { name: "report", mode: "live", scopes: ["read"], isAgent: false, expiresAt: null } as const;
  const { secret } = await opened.context.access.keys.create(wish, async () => {});
  await opened.close();

  const server = await start();
  try {
    const url = server.url.replace("0.0.0.0", "127.0.0.1");
    const status = async (headers: Record<string, string>) => (await fetch(`${url}/v1/status`, { headers })).status;
    // From this machine, too: there is no solo mode once others can reach the server.
    expect(await status({})).toBe(401);
    expect(await status({ authorization: `Bearer ${secret}` })).toBe(200);
    expect(await (await fetch(`${url}/v1/session`)).json()).toMatchObject({ state: "out" });
  } finally {
    await server.close();
  }
});
