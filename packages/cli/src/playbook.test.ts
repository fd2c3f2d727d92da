import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRatchet } from "@ratchet/sdk";
import { createApp, openDirectory, openLog } from "@ratchet/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const LAUNCHER = fileURLToPath(new URL("../bin/ratchet.js", import.meta.url));
const EXAMPLE = fileURLToPath(new URL("../../../examples/gtm/playbook.yaml", import.meta.url));
const POLICY = fileURLToPath(new URL("../../../examples/gtm/policy.yaml", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ratchet(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** One decision through the same routes as the server's. */
async function decide(point: string, unit: string): Promise<string> {
  const opened = await openDirectory({
    directory: join(directory, "data"),
    rhythm: null,
    sample: null,
    log: openLog("silent"),
  });
  try {
    const app = createApp(opened.context);
    const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init));
    const context = { region: "EMEA", employees: 600, visited_pricing: true };
    return (await createRatchet({ url: "http://localhost", fetch }).decide({ point, unit_id: unit, context }))
      .decision_id;
  } finally {
    await opened.close();
  }
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "ratchet-playbook-"));
  const moved = (await readFile(EXAMPLE, "utf8")).replace("threshold: 0.1, band: 0.03", "threshold: 0.12, band: 0.03");
  await writeFile(join(directory, "mine.yaml"), moved);
  await writeFile(
    join(directory, "broken.yaml"),
    moved.replace("baseline: three_days", "baseline: never").replace("kind: Playbook", "kind: Play"),
  );
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("ratchet playbook", { timeout: 120_000 }, () => {
  it("validates a document, with every fault at its line", async () => {
    expect(await ratchet("playbook", "validate", EXAMPLE)).toMatchObject({
      code: 0,
      out: expect.stringContaining("is sound (5 levers)"),
    });
    const { code, err } = await ratchet("playbook", "validate", "broken.yaml");
    expect(code).toBe(1);
    expect(err).toMatch(/broken\.yaml:\d+:\d+: kind/u);
  });

  it("says what one document would change about another, in words", async () => {
    const { out } = await ratchet("playbook", "diff", EXAMPLE, "mine.yaml");
    expect(out.trim()).toBe("handoff: all: threshold 0.1 → 0.12");
  });

  it("begins a workspace, shows its playbook, and explains and replays what it decides", async () => {
    const made = await ratchet("init", "--playbook", EXAMPLE, "--policy", POLICY, "--data", "data");
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('prioritisation: weights at "priority"') });

    const shown = await ratchet("playbook", "show", "v1", "--data", "data");
    await writeFile(join(directory, "shown.yaml"), shown.out);
    expect((await ratchet("playbook", "diff", "shown.yaml", EXAMPLE)).out.trim()).toBe("both decide the same");
    expect((await ratchet("playbook", "diff", "mine.yaml", "--data", "data")).out.trim()).toBe(
      "handoff: all: threshold 0.1 → 0.12",
    );

    const id = await decide("handoff", "account-1");
    const { out } = await ratchet("explain", id, "--data", "data");
    expect(out).toContain("pricing_page");
    expect(out).toMatch(/^(?:Had|With|No single change)/mu);
    const replayed = await ratchet("replay-decision", id, "--data", "data");
    expect(replayed).toMatchObject({ code: 0, out: expect.stringContaining("the same to the byte") });
  });
});
