import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApp, openDirectory, openLog } from "@ratchet/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/ratchet.js", import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-cli-notes-"));
  const opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
  const signals = [
    { message_id: "n-1", type: "note_written", unit_id: "acme", text: "Nobody picked up, left a voicemail" },
    { message_id: "n-2", type: "note_written", unit_id: "globex", text: "見積もりを送ってください" },
  ];
  const sent = await createApp(opened.context).request("http://localhost/v1/signals", {
    method: "POST",
    body: JSON.stringify({ signals }),
  });
  if (!sent.ok) throw new Error(await sent.text());
  await opened.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

function ratchet(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ out, err, code }));
  });
}

describe("the command line of notes", { timeout: 180_000 }, () => {
  it("shows what waits, takes an answer once, learns, and says how well everybody reads", async () => {
    const data = ["--data", directory];
    const listed = await ratchet("reviews", "list", ...data);
    expect(listed.out).toContain("“見積もりを送ってください”");
    expect(listed.out).toMatch(/outcome: .* · unfamiliar/u);
    const id = /review (\d+): note_written from api[^\n]*\n {2}“見/u.exec(listed.out)?.[1] ?? "";
    const by = ["--by", "person:ada", "--json", ...data];
    const answered = await ratchet("reviews", "label", id, "outcome=interested", "intent=cannot_tell", ...by);
    expect(JSON.parse(answered.out)).toMatchObject({ review_id: id, recorded: 2, done: false });
    const again = await ratchet("reviews", "label", id, "outcome=interested", "intent=cannot_tell", ...by);
    expect(JSON.parse(again.out)).toMatchObject({ recorded: 0 });
    const wrong = await ratchet("reviews", "label", id, "outcome=hacked", ...by);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("no label of outcome") });
    // Compiled, so it trains in a thread of its own.
    const trained = await ratchet("labels", "train", ...data);
    expect(trained.out).toContain("Not taken into use; the model before stays");
    const status = await ratchet("labels", "status", ...data);
    expect(status.out).toMatch(/Model [0-9a-f]{12}, in use since/u);
    expect(status.out).toContain("Last training");
  });

  it("refuses a service that notes must not be sent to", async () => {
    const serve = [
      "serve",
      "--data",
      join(directory, "none"),
      "--port",
      "0",
      "--labeller-model",
      "m",
      "--labeller-url",
    ];
    for (const url of ["http://example.com/v1", "https://10.0.0.1/v1", "https://169.254.169.254/v1"])
      expect(await ratchet(...serve, url)).toMatchObject({ code: 1, err: expect.stringContaining("--labeller-url") });
    expect(await ratchet(...serve.slice(0, 5), "--labeller-model", "m")).toMatchObject({ code: 1 });
  });
});
