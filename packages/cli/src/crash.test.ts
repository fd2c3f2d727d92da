import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ResultsView, StatusView } from "@ratchet/protocol";
import { createRatchet, type RatchetApi } from "@ratchet/sdk";
import { openDirectory, openLog, type OpenDirectory } from "@ratchet/server";
import { writeLog, type ActionTotals, type GeneratedLog } from "./crash-log.fixture.ts";
import {
  compileRatchet,
  killAll,
  runRatchet,
  serveRatchet,
  startRatchet,
  until,
  type Ended,
  type RatchetProcess,
  type ServerProcess,
} from "./crash-process.fixture.ts";
import { drawTraffic, newBook, POINT, sendCut, sendTraffic, type Book } from "./crash-traffic.fixture.ts";

/** `npm run soak:kill` makes it 50. */
const ROUNDS = Number(process.env["RATCHET_KILL_ROUNDS"] ?? "3");
const SEED = 20_260_302;
/** Generous: it bounds a hang, it measures nothing. */
const LIMIT_MS = 240_000 + ROUNDS * 60_000;

const home = mkdtempSync(join(tmpdir(), "ratchet-kill-"));
beforeAll(compileRatchet, 300_000);
afterAll(() => {
  killAll();
  rmSync(home, { recursive: true, force: true });
});

interface Moment {
  readonly afterMs: number;
  readonly whom: "group" | "leader";
}

/** When each round is cut off, and how: where the server alone is killed, its child lets go of the data while the next one wants them. */
function moments(min: number, max: number): readonly Moment[] {
  const moment = fc.record({
    afterMs: fc.integer({ min, max }),
    whom: fc.constantFrom("group" as const, "leader" as const),
  });
  return fc.sample(moment, { numRuns: ROUNDS, seed: SEED });
}

const KILLED: Ended = { status: null, signal: "SIGKILL" };
const DONE: Ended = { status: 0, signal: null };

/** A process that ended otherwise says why in what is compared. */
async function expectEnd(run: RatchetProcess, how: Ended): Promise<void> {
  const ended = await run.ended;
  expect({ ...ended, complained: run.complained() }).toEqual({ ...how, complained: expect.any(String) });
}

async function status(directory: string): Promise<StatusView> {
  const view: StatusView = JSON.parse(await runRatchet(["status", "--data", directory, "--json"]));
  return view;
}

async function expectWholeLedger(directory: string): Promise<void> {
  expect(await runRatchet(["ledger", "verify", "--data", directory])).toMatch(/^The ledger is whole: \d/u);
}

/** Waits until everything acknowledged is among the facts; answers what there is then. */
async function drained(ratchet: RatchetApi): Promise<StatusView["counts"]> {
  let { counts } = await ratchet.status();
  await until(async () => {
    ({ counts } = await ratchet.status());
    return counts.backlog === 0;
  }, "the inbox to be empty");
  return counts;
}

async function stop(server: ServerProcess): Promise<void> {
  server.stop();
  await expectEnd(server, DONE);
  await server.leftNobody();
}

function report(what: string, figures: object): void {
  if (ROUNDS > 3) process.stderr.write(`${what}: ${JSON.stringify(figures)}\n`);
}

it(
  `keeps every acknowledged decision and signal, once, over ${ROUNDS} kills of a server with clients`,
  async () => {
    const directory = join(home, "live");
    const log = writeLog(home, { name: "first", rows: 300, seed: SEED });
    await runRatchet(["import", log.csv, "--map", log.map, "--data", directory]);
    const imported = (await status(directory)).counts;
    expect(imported).toMatchObject({ decisions: log.rows - log.unreadable, signals: log.signals, backlog: 0 });

    const book = newBook();
    const killed: RatchetProcess[] = [];
    for (const [i, { afterMs, whom }] of moments(50, 1_500).entries()) {
      const server = await serveRatchet(directory);
      const clients = sendTraffic(server.url, book, drawTraffic(SEED + i));
      await sleep(afterMs);
      clients.stop();
      server.kill(whom);
      await clients.done;
      await expectEnd(server, KILLED);
      killed.push(server);
      expect(book.faults).toEqual([]);
    }
    expect(book.acknowledged.size).toBeGreaterThan(0);
    expect(book.decided.length).toBeGreaterThan(0);

    const server = await serveRatchet(directory);
    const ratchet = createRatchet({ url: server.url, timeoutMs: 120_000 });
    await expectBounds(ratchet, { book, imported });
    await sendCut(ratchet, book);
    expect(book.cut).toEqual([]);
    expect(book.faults).toEqual([]);
    const counts = await drained(ratchet);
    expect(counts.signals - imported.signals).toBe(book.told.length);
    expect(counts.quarantined).toBe(log.unreadable);
    expect((await ratchet.status()).checks.filter(({ state }) => state !== "green")).toMatchObject([
      // Nobody asked to be told.
      { check: "webhooks", state: "no_data" },
    ]);
    await stop(server);
    for (const one of killed) await one.leftNobody();

    await expectWholeLedger(directory);
    const opened = await openDirectory({ directory, rhythm: null, sample: null, log: openLog("silent") });
    try {
      await expectSameDecisions(opened, book);
      await expectExactOutcomes(opened, book);
      const { cycle } = opened.context.workspace.current().view;
      expect(cycle).toBeGreaterThanOrEqual(book.tally.cyclesEnded);
      expect(cycle).toBeLessThanOrEqual(book.tally.cyclesSent);
    } finally {
      await opened.close();
    }
    report("live", { kills: killed.length, ...book.tally, decisions: book.decided.length, signals: book.told.length });
  },
  LIMIT_MS,
);

/** Before anything is sent again: all that was acknowledged is there, and of the rest at most what was sent, once. */
async function expectBounds(
  ratchet: RatchetApi,
  { book, imported }: { readonly book: Book; readonly imported: StatusView["counts"] },
): Promise<void> {
  const counts = await drained(ratchet);
  expect(counts.decisions - imported.decisions).toBeGreaterThanOrEqual(book.decided.length);
  expect(counts.decisions - imported.decisions).toBeLessThanOrEqual(book.asked.length);
  expect(counts.signals - imported.signals).toBeGreaterThanOrEqual(book.acknowledged.size);
  expect(counts.signals - imported.signals).toBeLessThanOrEqual(book.told.length);
  const told = new Set(book.told.map(({ message_id }) => message_id));
  expect([...book.acknowledged].filter((id) => !told.has(id))).toEqual([]);
}

/** Every decision among the facts is one that a client was given, in every field that both have, and the other way round. */
async function expectSameDecisions({ context }: OpenDirectory, { decided, asked }: Book): Promise<void> {
  const stored = await context.stores.facts.decisions({ source: "engine", limit: 10_000_000 });
  expect(new Set(stored.map(({ unitId }) => String(unitId)))).toEqual(new Set(asked));
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
  expect(
    stored
      .map(({ id, unitId, action, propensity, cohort, playbookVersion, decidedAt }) => ({
        id: String(id),
        unit: String(unitId),
        action: String(action),
        propensity: Number(propensity),
        cohort,
        playbookVersion,
        decidedAt: Number(decidedAt),
      }))
      .toSorted(byId),
  ).toEqual(
    decided
      .map(({ decision_id, unit_id, action, propensity, cohort, playbook_version, decided_at }) => ({
        id: decision_id,
        unit: unit_id,
        action,
        propensity,
        cohort,
        playbookVersion: playbook_version,
        decidedAt: Date.parse(decided_at),
      }))
      .toSorted(byId),
  );
}

/** A signal that is lost, there twice or with another decision changes a sum, or a sum of squares. */
async function expectExactOutcomes({ context }: OpenDirectory, { told, decided }: Book): Promise<void> {
  const spend = context.workspace.current().policy.metrics.find(({ signal }) => signal === "spend");
  if (spend === undefined) throw new Error("the workspace has no metric over spend");
  const { cells, censored } = await context.stores.facts.measure({
    source: "engine",
    point: POINT,
    // Each was told to have happened at the moment of its decision, so that nobody has to wait for a window to end.
    metric: { ...spend, windowMs: 0 },
    watermark: context.stores.clock(),
  });
  const decisionOf = new Map(
    decided.map(({ unit_id, decided_at, decision_id }) => [unit_id + decided_at, decision_id]),
  );
  const outcomes = new Map<string | undefined, number>();
  for (const { type, unit_id, occurred_at, value = 0 } of told) {
    if (type !== "spend") continue;
    const id = decisionOf.get(`${unit_id}${occurred_at}`);
    outcomes.set(id, (outcomes.get(id) ?? 0) + value);
  }
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, n) => total + n, 0);
  // Amounts are whole, so every sum of them is; a cell's sum of squares comes by way of micros and may miss it by a rounding.
  expect({
    censored,
    n: sum(cells.map(({ n }) => n)),
    nonZero: sum(cells.map(({ nonZero }) => nonZero)),
    sum: sum(cells.map((cell) => cell.sum)),
    sumSquares: sum(cells.map(({ sumSquares }) => Math.round(sumSquares))),
  }).toEqual({
    censored: 0,
    n: decided.length,
    nonZero: outcomes.size,
    sum: sum(outcomes.values()),
    sumSquares: sum([...outcomes.values()].map((y) => y * y)),
  });
}

it(
  `imports every row once over ${ROUNDS} kills of the import`,
  async () => {
    const directory = join(home, "imported");
    mkdirSync(directory);
    const logs: GeneratedLog[] = [];
    const nextLog = (): GeneratedLog => {
      const log = writeLog(home, { name: `log-${logs.length}`, rows: 60_000, seed: SEED + logs.length });
      logs.push(log);
      return log;
    };
    let log = nextLog();
    const killed: RatchetProcess[] = [];
    const start = () => startRatchet("import", log.csv, "--map", log.map, "--data", directory);
    for (const { afterMs, whom } of moments(300, 6_000)) {
      const run = start();
      const timer = setTimeout(() => run.kill(whom), afterMs);
      const wasKilled = (await run.ended).signal !== null;
      clearTimeout(timer);
      await expectEnd(run, wasKilled ? KILLED : DONE);
      if (wasKilled) killed.push(run);
      // Earlier rounds had brought it so far that it came to its end: on with another log.
      else log = nextLog();
    }
    await runRatchet(["import", log.csv, "--map", log.map, "--data", directory]);
    for (const one of killed) await one.leftNobody();

    const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
    const { counts, checks } = await status(directory);
    expect(counts).toMatchObject({
      decisions: sum(logs.map(({ rows, unreadable }) => rows - unreadable)),
      signals: sum(logs.map(({ signals }) => signals)),
      quarantined: sum(logs.map(({ unreadable }) => unreadable)),
      backlog: 0,
    });
    expect(checks.find(({ check }) => check === "facts")?.state).toBe("green");
    for (const { source, totals } of logs) {
      const results = await runRatchet(["results", "--source", source, "--data", directory, "--json"], [0, 3]);
      expect(totalsIn(JSON.parse(results))).toEqual(totals);
    }
    await expectWholeLedger(directory);
    report("import", { kills: killed.length, logs: logs.length, ...counts });
  },
  LIMIT_MS,
);

/** Rows, visits and cents of each action, from the means that a reader is shown. */
function totalsIn({ metrics }: ResultsView): Readonly<Record<string, ActionTotals>> {
  const means = (metric: string) => {
    const rows = metrics.find((one) => one.metric === metric)?.actions ?? [];
    const [first] = rows;
    return new Map([
      ["none", { n: first?.n_baseline ?? 0, mean: first?.mean_baseline ?? 0 }],
      ...rows.map(({ action, n, mean }) => [action, { n, mean: mean ?? 0 }] as const),
    ]);
  };
  const spends = means("spend");
  return Object.fromEntries(
    [...means("visit")].map(([action, { n, mean }]) => {
      const spend = spends.get(action) ?? { n: 0, mean: 0 };
      return [action, { rows: n, visits: Math.round(n * mean), cents: Math.round(spend.n * spend.mean * 100) }];
    }),
  );
}
