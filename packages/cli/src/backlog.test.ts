import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRatchet } from "@ratchet/sdk";
import { compileRatchet, killAll, serveRatchet, until } from "./crash-process.fixture.ts";

/** `npm run soak:kill -- --backlog` makes it a million. */
const ITEMS = Number(process.env["RATCHET_BACKLOG_ITEMS"] ?? "20000");
const LIMIT_MS = 240_000 + ITEMS;

const home = mkdtempSync(join(tmpdir(), "ratchet-backlog-"));
beforeAll(compileRatchet, 300_000);
afterAll(() => {
  killAll();
  rmSync(home, { recursive: true, force: true });
});

/** Acknowledges signals and never projects them; says so, and waits to be killed. */
const WRITER = `
  const { openEmbeddedStores } = await import(process.argv[1]);
  const { state } = await openEmbeddedStores({ directory: process.argv[2] });
  const items = Number(process.argv[3]);
  const at = Date.UTC(2026, 2, 1);
  for (let from = 0; from < items; from += 1000) {
    const numbers = Array.from({ length: Math.min(1000, items - from) }, (_, i) => from + i);
    await state.acknowledge(numbers.map((n) => ({
      kind: "signal", source: "api", messageId: "m-" + n,
      signal: { source: "api", messageId: "m-" + n, type: "visit", unitId: "u-" + n % 5000, decisionId: null, value: null,
        occurredAt: at, receivedAt: at },
    })));
  }
  console.log("written");
  setInterval(() => {}, 1000);
`;

async function writeBacklogAndDie(directory: string): Promise<void> {
  const server = import.meta.resolve("@ratchet/server").replace("/src/index.ts", "/dist/index.js");
  const writer = spawn(process.execPath, ["--input-type=module", "-e", WRITER, server, directory, String(ITEMS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => {
    writer.once("close", resolve);
  });
  let said = "";
  writer.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  await until(() => said.includes("written") || writer.exitCode !== null, "the backlog to be written");
  writer.kill("SIGKILL");
  await ended;
  expect(said).toContain("written");
}

it(
  `answers and takes more while ${ITEMS.toLocaleString("en")} items wait that a killed process left, and counts each once`,
  async () => {
    const directory = join(home, "data");
    await writeBacklogAndDie(directory);
    const startedAt = performance.now();
    const server = await serveRatchet(directory);
    const ratchet = createRatchet({ url: server.url, timeoutMs: 120_000 });
    const { counts } = await ratchet.status();
    const answeredMs = Math.round(performance.now() - startedAt);
    const again = { message_id: "m-7", type: "visit", unit_id: "u-7", occurred_at: "2026-03-01T00:00:00Z" };
    const taken = await ratchet.signals([again, { ...again, type: "reply" }, { ...again, message_id: "new" }]);
    const acknowledgedMs = Math.round(performance.now() - startedAt);
    expect(taken).toMatchObject({ accepted: 1, duplicates: 1, conflicts: 1 });
    await until(async () => (await ratchet.status()).counts.backlog === 0, "the inbox to be empty");
    const drainedMs = Math.round(performance.now() - startedAt);
    expect((await ratchet.status()).counts).toMatchObject({ signals: ITEMS + 1, backlog: 0, quarantined: 1 });
    server.stop();
    await server.ended;
    if (process.env["RATCHET_BACKLOG_ITEMS"] !== undefined)
      process.stderr.write(
        `backlog: ${JSON.stringify({ ITEMS, waiting: counts.backlog, answeredMs, acknowledgedMs, drainedMs })}\n`,
      );
  },
  LIMIT_MS,
);
