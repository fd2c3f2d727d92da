import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRatchet } from "@ratchet/sdk";
import { openDirectory, openLog } from "@ratchet/server";
import {
  compileRatchet,
  killAll,
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
  `keeps what any way in acknowledged, once, and what fits nothing, over ${ROUNDS} kills`,
  async () => {
    const directory = join(home, "ways");
    mkdirSync(directory);
    const book = newWayBook();
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
      await sleep(afterMs);
      clients.stop();
      server.kill(i % 2 === 0 ? "group" : "leader");
      await clients.done;
      await server.ended;
      killed.push(server);
      expect(book.faults).toEqual([]);
    }
    expect(Math.min(...[...book.acknowledged.values()].map(({ size }) => size))).toBeGreaterThan(0);
    for (const one of killed) await one.leftNobody();

    // Before anything is sent again: all that was acknowledged, and of the rest at most what was sent, each once.
    const reopened = await serveRatchet(directory);
    await drain(reopened);
    await expectFacts(directory, book, ({ acknowledged, sent }, facts) => {
      expect([...acknowledged].filter((n) => !facts.has(n))).toEqual([]);
      expect([...facts].filter((n) => n >= sent)).toEqual([]);
    });
    const server = await serveRatchet(directory);
    await sendWaysCut(server.url, keys ?? new Map(), book);
    expect([book.cut, book.faults]).toEqual([[], []]);
    await drain(server);
    await expectFacts(directory, book, ({ sent }, facts) => expect(facts.size).toBe(sent));
    if (ROUNDS > 3) {
      const sent = Object.fromEntries(book.sent);
      const figures = { kills: ROUNDS, requests: book.requests, sent, slowestOpenMs: Math.round(slowestOpenMs) };
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
    const kept = new Set(rows.map(({ raw }) => /misfit-\d+/u.exec(raw)?.[0] ?? raw));
    expect([...book.misfits].filter((word) => !kept.has(word))).toEqual([]);
    expect([...kept].filter((word) => !book.misfitsSent.has(word))).toEqual([]);
  } finally {
    await opened.close();
  }
}
