import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exampleMetric } from "@ratchet/engine/contracts";
import { instant, projectInbox } from "@ratchet/engine";
import { itemsOf, POINT, SOURCE } from "./crash-writer.ts";
import { openEmbeddedStores, type EmbeddedStores } from "./embedded-stores.ts";

/** `npm run soak:kill -w @ratchet/storage` makes it 50. */
const ROUNDS = Number(process.env["RATCHET_KILL_ROUNDS"] ?? "6");
const package_ = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "ratchet-crash-"));
const writer = join(package_, "dist", "crash-writer.js");

/** A process of its own has to be killed, and it runs what users run: the build. */
let built = "";
beforeAll(() => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const build = spawnSync(process.execPath, [tsc, "-b", package_], { encoding: "utf8" });
  built = `${build.stdout}${build.stderr}`;
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Round {
  readonly opened: boolean;
  /** Half-open ranges of numbers. */
  readonly acknowledged: readonly (readonly [from: number, end: number])[];
  readonly errors: string;
}

/** Runs the writer from a number on and kills it after some time: counted from its start, or from when it has opened. */
async function killedRound(
  first: number,
  { afterMs, from }: { readonly afterMs: number; readonly from: "start" | "open" },
): Promise<Round> {
  const child = spawn(process.execPath, [writer, directory, String(first)], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let errors = "";
  const kill = () => setTimeout(() => child.kill("SIGKILL"), afterMs);
  if (from === "start") kill();
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    if (from === "open" && said === "") kill();
    said += bytes.toString();
  });
  const signal = await new Promise((resolve) => child.on("close", (_, by) => resolve(by)));
  if (signal !== "SIGKILL") throw new Error(`the writer ended by itself: ${errors}\n${built}`);
  // A line that was cut short by the kill was still said: its number is then smaller than the true one, so only whole lines count.
  const lines = said.slice(0, said.lastIndexOf("\n") + 1).split("\n");
  const acknowledged = lines.flatMap((line) => {
    const [, begin, end] = /^acknowledged (\d+) (\d+)$/u.exec(line) ?? [];
    return begin === undefined ? [] : [[Number(begin), Number(end)] as const];
  });
  return { opened: lines[0] === "open", acknowledged, errors };
}

/** The numbers of all decisions in the facts, ascending; throws on one that is there twice. */
async function numbersIn({ facts }: EmbeddedStores): Promise<readonly number[]> {
  const decisions = await facts.decisions({ source: SOURCE, limit: 10_000_000 });
  const numbers = decisions.map((d) => Number(d.id.slice("d-".length))).sort((a, b) => a - b);
  if (new Set(numbers).size !== numbers.length) throw new Error("a decision is there twice");
  return numbers;
}

/** Every decision among `numbers`, and no other, has exactly its own signal: a lost or doubled one changes a sum. */
async function expectExactly(stores: EmbeddedStores, numbers: readonly number[]): Promise<void> {
  expect(await stores.facts.counts()).toEqual({ decisions: numbers.length, signals: numbers.length });
  const watermark = instant(Date.UTC(2100, 0, 1));
  const { cells, censored } = await stores.facts.measure({
    source: SOURCE,
    point: POINT,
    metric: exampleMetric("value", 0),
    watermark,
  });
  const values = numbers.map((n) => BigInt(n + 1));
  expect(censored).toBe(0);
  expect(cells.map(({ n, nonZero, sum, sumSquares }) => ({ n, nonZero, sum, sumSquares }))).toEqual([
    {
      n: numbers.length,
      nonZero: numbers.length,
      sum: Number(values.reduce((total, y) => total + y, 0n)) / 1e6,
      sumSquares: Number(values.reduce((total, y) => total + y * y, 0n)) / 1e12,
    },
  ]);
  expect(await stores.facts.health()).toEqual({
    detachedParts: 0,
    missing: { decisions: 0, signals: 0, executions: 0 },
    restarts: 0,
  });
}

const projectAll = (stores: EmbeddedStores) => projectInbox(stores, { maxItems: 10_000, maxSegments: 1_000_000 });

it(
  `loses nothing acknowledged and counts nothing twice over ${ROUNDS} kills`,
  async () => {
    const acknowledged = new Set<number>();
    const firstMissing = (): number => {
      let n = 0;
      while (acknowledged.has(n)) n += 1;
      return n;
    };
    const moments = fc.sample(fc.integer({ min: 0, max: 1_500 }), { numRuns: ROUNDS, seed: 20_260_301 });
    for (const [i, afterMs] of moments.entries()) {
      // Every third kill may come while the stores are still opening, and recovering from the kill before.
      const round = await killedRound(firstMissing(), { afterMs, from: i % 3 === 2 ? "start" : "open" });
      for (const [from, end] of round.acknowledged) for (let n = from; n < end; n += 1) acknowledged.add(n);
    }
    expect(acknowledged.size).toBeGreaterThan(0);

    const stores = await openEmbeddedStores({ directory });
    await projectAll(stores);
    const survived = await numbersIn(stores);
    const present = new Set(survived);
    expect([...acknowledged].filter((n) => !present.has(n))).toEqual([]);
    await expectExactly(stores, survived);

    // What was sent and never acknowledged is sent again, together with what was.
    const end = (survived.at(-1) ?? -1) + 1;
    for (let n = 0; n < end; n += 500) {
      const again = Array.from({ length: Math.min(500, end - n) }, (_, i) => itemsOf(n + i)).flat();
      const receipts = await stores.state.acknowledge(again);
      expect(receipts).not.toContain("conflict");
    }
    await projectAll(stores);
    await expectExactly(
      stores,
      Array.from({ length: end }, (_, n) => n),
    );
    expect(await stores.state.quarantinedCount()).toBe(0);
    await stores.close();
  },
  60_000 + ROUNDS * 20_000,
);
