import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { decisionItem, exampleDecision, exampleSignal, signalItem } from "@ratchet/engine/contracts";
import { openChdbFacts } from "./chdb-facts-store.ts";
import { ChdbProcess } from "./chdb-process.ts";
import { DECISIONS, encodeSignals, SIGNALS } from "./fact-rows.ts";
import { loadRows, loadSegment } from "./load-segment.ts";
import { migrateFacts } from "./migrations.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-process-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const openEngine = (name: string) =>
  ChdbProcess.open({
    directory: join(root, name, "facts"),
    spool: join(root, name, "spool"),
    dataDirectory: join(root, name),
    memoryBytes: 1_000_000_000,
    statementMs: 60_000,
  });
const kill = (pid: number | undefined) => {
  if (pid !== undefined) process.kill(pid, "SIGKILL");
};
const items = Array.from({ length: 500 }, (_, i) => [
  decisionItem(exampleDecision("import", `d-${i}`)),
  signalItem(exampleSignal("import", `m-${i}`)),
]).flat();

describe("when the engine's process dies", () => {
  it("a query is answered by the next one", async () => {
    const engine = await openEngine("restarted");
    await engine.write({ sql: "CREATE DATABASE t ENGINE = Atomic" });
    const answer = engine.read({
      sql: "SELECT sum(sleepEachRow(0.02)) FROM numbers(50)",
      settings: { max_block_size: 1 },
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    kill(await engine.pid());
    expect(await answer).toEqual([["0"]]);
    expect(engine.restarts).toBe(1);
    await engine.close();
  });

  it("a query that kills it every time is given up", async () => {
    const engine = await openEngine("given-up");
    const answer = engine.read({
      sql: "SELECT sum(sleepEachRow(0.02)) FROM numbers(100)",
      settings: { max_block_size: 1 },
    });
    const outcome = answer.then(
      () => "answered",
      (error: unknown) => error,
    );
    const killing = setInterval(() => void engine.pid().then(kill, () => {}), 300);
    expect(await outcome).toMatchObject({ code: "facts.engine_died" });
    clearInterval(killing);
    expect(await engine.read({ sql: "SELECT 1" })).toEqual([[1]]);
    await engine.close();
  });

  it("a segment that it was loading is in the tables once", async () => {
    const engine = await openEngine("mid-load");
    await migrateFacts(engine);
    const rng = fc.sample(fc.integer({ min: 0, max: 60 }), { numRuns: 10, seed: 7 });
    for (const [i, delayMs] of rng.entries()) {
      const load = loadSegment(engine, join(root, "mid-load", "spool"), { number: i + 1, items });
      const pid = await engine.pid();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      kill(pid);
      await load;
    }
    const counts =
      "SELECT (SELECT count() FROM ratchet.signals), (SELECT count() FROM ratchet.decisions), (SELECT count() FROM ratchet.segments)";
    expect(await engine.read({ sql: counts })).toEqual([["5000", "5000", "10"]]);
    expect(engine.restarts).toBeGreaterThan(5);
    await engine.close();
  }, 60_000);
});

describe("loading", () => {
  it("completes a segment that was loaded in part, and takes each part once", async () => {
    const engine = await openEngine("in-part");
    await migrateFacts(engine);
    const spool = join(root, "in-part", "spool");
    const signals = items.flatMap((item) => (item.kind === "signal" ? item.signal : []));
    const part = { bytes: [encodeSignals(signals)], rows: signals.length };
    for (let i = 0; i < 3; i += 1) await loadRows({ chdb: engine, spool, number: 1 }, SIGNALS, part);
    const counts = "SELECT (SELECT count() FROM ratchet.signals), (SELECT count() FROM ratchet.decisions)";
    expect(await engine.read({ sql: counts })).toEqual([["500", "0"]]);
    for (let i = 0; i < 3; i += 1) await loadSegment(engine, spool, { number: 1, items });
    expect(await engine.read({ sql: counts })).toEqual([["500", "500"]]);
    expect(readdirSync(spool)).toEqual([]);
    await engine.close();
  });

  it("refuses other content under a number that it knows", async () => {
    const store = await openChdbFacts({ directory: join(root, "conflict") });
    await store.load({ number: 1, items: items.slice(0, 2) });
    await expect(store.load({ number: 1, items: items.slice(2, 4) })).rejects.toMatchObject({
      code: "facts.segment_conflict",
    });
    await store.load({ number: 2, items: items.slice(2, 4) });
    expect(await store.counts()).toEqual({ decisions: 2, signals: 2 });
    await store.close();
  });

  it("works in a directory whose name reads like a pattern", async () => {
    const store = await openChdbFacts({ directory: join(root, "what?{a,b}*") });
    await store.load({ number: 1, items: items.slice(0, 2) });
    expect(await store.counts()).toEqual({ decisions: 1, signals: 1 });
    await store.close();
  });

  it("says so when the engine found no file to load", async () => {
    const engine = await openEngine("no-file");
    await migrateFacts(engine);
    const nothing = { bytes: [Buffer.alloc(0)], rows: 3 };
    await expect(
      loadRows({ chdb: engine, spool: join(root, "no-file", "spool"), number: 1 }, DECISIONS, nothing),
    ).rejects.toMatchObject({
      code: "facts.rows_missing",
    });
    await engine.close();
  });
});

describe("the data directory", () => {
  it("is refused to a second opener by name", async () => {
    const directory = join(root, "locked");
    const first = await openChdbFacts({ directory });
    await expect(openChdbFacts({ directory })).rejects.toMatchObject({ code: "storage.directory_in_use", directory });
    await first.close();
    await (await openChdbFacts({ directory })).close();
  }, 30_000);

  it("is let go when the parent dies, also under a running query", async () => {
    // The child is forked by a process that we kill; the next engine then waits for it to let go, and gets the directory.
    const program = `
      const { fork } = require("node:child_process");
      const child = fork(process.argv[1], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
      child.on("message", () => {
        child.send({ kind: "run", id: 1, statements: ["SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))"] });
        setTimeout(() => process.kill(process.pid, "SIGKILL"), 300);
      });
      child.send({ kind: "open", directory: process.argv[2], connectionArgs: [] });`;
    const child = fileURLToPath(new URL("./chdb-child.mjs", import.meta.url));
    const parent = spawn(process.execPath, ["-e", program, child, join(root, "orphaned", "facts")], {
      stdio: "ignore",
    });
    expect(await once(parent, "exit")).toEqual([null, "SIGKILL"]);
    const engine = await openEngine("orphaned");
    expect(await engine.read({ sql: "SELECT 1" })).toEqual([[1]]);
    await engine.close();
  }, 30_000);
});

it("shows in its health what the engine set aside in silence", async () => {
  const directory = join(root, "damaged");
  const store = await openChdbFacts({ directory });
  await store.load({ number: 1, items });
  expect(await store.health()).toEqual({
    detachedParts: 0,
    missing: { decisions: 0, signals: 0, executions: 0 },
    restarts: 0,
  });
  await store.close();
  const parts = join(directory, "facts", "store");
  const part = readdirSync(parts, { recursive: true, encoding: "utf8" })
    .map((file) => join(parts, file))
    .find((file) => file.endsWith("data.bin") && statSync(file).size > 2_000);
  if (part === undefined) throw new Error("no data file was found to damage");
  truncateSync(part, 100);
  const reopened = await openChdbFacts({ directory });
  const { detachedParts, missing } = await reopened.health();
  expect(detachedParts).toBe(1);
  expect(missing.decisions + missing.signals).toBe(500);
  await reopened.close();
});
