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
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-executions-"));
  await (await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") })).close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a command writes. */
function ratchet(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly text: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args, "--data", directory], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text, err }));
  });
}

it("reports what became of a decision, once, and counts what people did otherwise", { timeout: 180_000 }, async () => {
  const report = ["execution", "report", "dec_1"];
  const told = [...report, "--kind", "overridden", "--by", "rep:ann", "--reason", "wrong_time", "--instead", "call"];
  expect(await ratchet(...told)).toMatchObject({ code: 0, text: "Recorded: dec_1 was overridden.\n" });
  expect(await ratchet(...told)).toMatchObject({ code: 0, text: "Known already.\n" });
  expect(await ratchet(...report, "--kind", "overridden", "--by", "rep:ann", "--reason", "whim")).toMatchObject({
    code: 1,
    err: expect.stringContaining("add --reason with one of wrong_person"),
  });
  const { text } = await ratchet("overrides");
  expect(text).toContain("wrong_time");
  expect(text).toContain("call");
});
