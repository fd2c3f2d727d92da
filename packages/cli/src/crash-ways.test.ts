import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRatchet } from "@ratchet/sdk";
import { openDirectory, openLog } from "@ratchet/server";
import { writeLog } from "./crash-log.fixture.ts";
import { deliveryOf, newLoopBook, sendLoop, sendLoopCut, type LoopBook } from "./crash-loop.fixture.ts";
import {
  compileRatchet,
  killAll,
  runRatchet,
  serveRatchet,
  until,
  type RatchetProcess,
  type ServerProcess,
} from "./crash-process.fixture.ts";
import { makeSources, newWayBook, sendEveryWay, sendWaysCut, WAYS, type WayBook } from "./crash-ways.fixture.ts";

/** `npm run soak:kill` makes it 50. */
const ROUNDS = Number(process.env["RATCHET_KILL_ROUNDS"] ?? "5");
const LIMIT_MS = 240_000 + ROUNDS * 60_000;

const home = mkdtempSync(join(tmpdir(), "ratchet-kill-ways-"));
beforeAll(compileRatchet, 300_000);
afterAll(() => {
  killAll();
  rmSync(home, { recursive: true, force: true });
});

it(
  `keeps what any way in acknowledged, once, decisions and what became of them too, and what fits nothing, over ${ROUNDS} kills`,
  async () => {
    const directory = join(home, "ways");
    mkdirSync(directory);
    // A workspace that decides, set up from a log.
    const log = writeLog(home, { name: "log", rows: 200, seed: 20_260_304 });
    await runRatchet(["import", log.csv, "--map", log.map, "--data", directory]);
    const book = newWayBook();
    const loop = newLoopBook();
    let keys: ReadonlyMap<string, string> | null = null;
    let slowestOpenMs = 0;
    const killed: RatchetProcess[] = [];
    const moments = fc.sample(fc.integer({ min: 20, max: 1_500 }), { numRuns: ROUNDS, seed: 20_260_303 });
    for (const [i, afterMs] of moments.entries()) {
      const startedAt = performance.now();
      const server = await serveRatchet(directory);
      slowestOpenMs = Math.max(slowestOpenMs, performance.now() - startedAt);
      keys ??= await makeSources(server.url);
      const clients = sendEveryWay(server.url, keys, book);
      const asking = sendLoop(server.url, loop);
      await sleep(afterMs);
      clients.stop();
      asking.stop();
      server.kill(i % 2 === 0 ? "group" : "leader");
      await Promise.all([clients.done, asking.done]);
      await server.ended;
      killed.push(server);
      expect([book.faults, loop.faults]).toEqual([[], []]);
    }
    expect(Math.min(...[...book.acknowledged.values()].map(({ size }) => size))).toBeGreaterThan(0);
    expect(loop.delivered.size).toBeGreaterThan(0);
    for (const one of killed) await one.leftNobody();

    // Before anything is sent again: all that was acknowledged, and of the rest at most what was sent, each once.
    const reopened = await serveRatchet(directory);
    await drain(reopened);
    await expectFacts(directory, book, ({ acknowledged, sent }, facts) => {
      expect([...acknowledged].filter((n) => !facts.has(n))).toEqual([]);
      expect([...facts].filter((n) => n >= sent)).toEqual([]);
    });
    await expectLoop(directory, loop);
    const server = await serveRatchet(directory);
    await sendWaysCut(server.url, keys ?? new Map(), book);
    await sendLoopCut(server.url, loop);
    expect([book.cut, book.faults, loop.cut, loop.faults]).toEqual([[], [], [], []]);
    expect(loop.delivered.size).toBe(loop.asked);
    await drain(server);
    await expectFacts(directory, book, ({ sent }, facts) => expect(facts.size).toBe(sent));
    await expectLoop(directory, loop);
    if (ROUNDS > 3) {
      const sent = Object.fromEntries(book.sent);
      const figures = {
        kills: ROUNDS,
        requests: book.requests,
        sent,
        decided: loop.asked,
        slowestOpenMs: Math.round(slowestOpenMs),
      };
      process.stderr.write(`ways: ${JSON.stringify(figures)}\n`);
    }
  },
  LIMIT_MS,
);

/** Waits until everything acknowledged is among the facts, and lets the server end. */
async function drain(server: ServerProcess): Promise<void> {
  const ratchet = createRatchet({ url: server.url });
  await until(async () => (await ratchet.status()).counts.backlog === 0, "the inbox to be empty");
  expect((await ratchet.status()).checks.filter(({ state }) => state === "red")).toEqual([]);
  server.stop();
  await server.ended;
  await server.leftNobody();
}

/** Every acknowledged decision and delivery is there, each once, and none that nobody asked for. */
async function expectLoop(directory: string, { asked, decided, delivered }: LoopBook): Promise<void> {
  const opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
  try {
    const { facts } = opened.context.stores;
    const decisions = await facts.decisions({ source: "engine", limit: 10_000_000 });
    const ids = new Set<string>(decisions.map(({ id }) => id));
    expect({ twice: decisions.length - ids.size, tooMany: ids.size > asked }).toEqual({ twice: 0, tooMany: false });
    expect([...decided.values()].filter((id) => !ids.has(id))).toEqual([]);
    const executions = await facts.executions({ kind: "delivered", limit: 10_000_000 });
    const told = new Set(executions.map(({ messageId }) => messageId));
    expect({ twice: executions.length - told.size, tooMany: told.size > asked }).toEqual({ twice: 0, tooMany: false });
    expect([...delivered].filter((unit) => !told.has(deliveryOf(unit)))).toEqual([]);
  } finally {
    await opened.close();
  }
}

interface OfWay {
  readonly acknowledged: ReadonlySet<number>;
  readonly sent: number;
}

/** Reads everything of each way, throws on what is there twice, and on a misfit of an acknowledged request that is not in quarantine. */
async function expectFacts(
  directory: string,
  book: WayBook,
  check: (way: OfWay, facts: ReadonlySet<number>) => void,
): Promise<void> {
  const opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
  try {
    const { stores } = opened.context;
    for (const way of WAYS) {
      const facts = await stores.facts.signals({ source: way.name, limit: 10_000_000 });
      const numbers = new Set(facts.map(way.numberOf));
      expect({ way: way.name, twice: facts.length - numbers.size }).toEqual({ way: way.name, twice: 0 });
      check(
        { acknowledged: book.acknowledged.get(way.name) ?? new Set(), sent: book.sent.get(way.name) ?? 0 },
        numbers,
      );
    }
    const rows = await stores.state.quarantined({ limit: 10_000_000 });
    // The log that the workspace was set up from has misfits of its own.
    const sent = rows.filter(({ source }) => !source.startsWith("import:"));
    const kept = new Set(sent.map(({ raw }) => /misfit-\d+/u.exec(raw)?.[0] ?? raw));
    expect([...book.misfits].filter((word) => !kept.has(word))).toEqual([]);
    expect([...kept].filter((word) => !book.misfitsSent.has(word))).toEqual([]);
  } finally {
    await opened.close();
  }
}
