import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDirectory, openLog } from "@ratchet/server";
import { afterAll, beforeAll, expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/ratchet.js", import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-people-"));
  const opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
  const ref = opened.context.people.refsOf("ann@acme.com")[0];
  if (ref === undefined) throw new Error("an address names somebody");
  const firstAt = opened.context.stores.clock();
  await opened.context.stores.state.learn([{ ref, relation: "email", value: "ann@acme.com", firstAt }]);
  await opened.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a command answers as a document. */
function ratchet(...args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args, "--data", directory, "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(err))));
  });
}

it(
  "shows a person, suppresses, erases, and still knows that nobody may contact her",
  { timeout: 180_000 },
  async () => {
    const by = ["--by", "person:owner"];
    expect(await ratchet("people", "show", "ann@acme.com")).toMatchObject({
      identifiers: [{ kind: "email", value: "ann@acme.com" }],
    });
    expect(await ratchet("people", "allowed", "ann@acme.com", "--channel", "email")).toMatchObject({ allowed: true });
    expect(await ratchet("people", "suppress", "ann@acme.com", ...by)).toMatchObject({ allowed: false });
    expect(await ratchet("erase", "ann@acme.com", ...by)).toMatchObject({ rows: 1, suppressed: true });
    expect(await ratchet("people", "show", "ann@acme.com")).toMatchObject({ identifiers: [] });
    expect(await ratchet("people", "allowed", "ann@acme.com")).toMatchObject({
      allowed: false,
      rule: "suppression.manual",
    });
  },
);
