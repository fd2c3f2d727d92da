// Durable ingestion against the same route without storage, in turns on one machine, load generator included; then a steady stream.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../measure.mjs";
import { startChild } from "./child.mjs";

/** What is sent in one go, and the least share of the rate without storage that is aimed at. */
export const BATCHES = [
  { name: "1,000 signals a post", perPost: 1000, connections: 4, people: "none", shareMin: 0.35, perSecondMin: 30_000 },
  { name: "100 signals a post", perPost: 100, connections: 16, people: "none", shareMin: 0.3, perSecondMin: 30_000 },
  { name: "1,000 signals a post, 20,000 known people", perPost: 1000, connections: 4, people: "known" },
  { name: "1,000 signals a post, only new people", perPost: 1000, connections: 4, people: "new" },
];

const ROUND_MS = 4_000;
/** Signals before the first round, of each side: code is compiled by then, and everybody known. */
const WARM = 60_000;
const ROUNDS = 3;
/** Bodies are made beforehand: more than any machine of this class gets through in one round. */
const SIGNALS_MAX = 600_000;

/** The steady stream, and what is aimed at under it. */
export const STREAM = {
  name: "single signals, 2,000 posts a second",
  perSecond: 2_000,
  aims: { ackP99MsMax: 50, loopP99MsMax: 50, lagMsMax: 2_000 },
};

/** Two servers and the load, in processes of their own. */
export async function openBench(serverArgs = []) {
  const folder = mkdtempSync(join(tmpdir(), "ratchet-ingest-"));
  const durable = await startChild("./server.mjs", ["durable", join(folder, "data")], serverArgs);
  const off = await startChild("./server.mjs", ["off", join(folder, "off")]);
  const load = await startChild("./load.mjs");
  const keys = { durable: await durable.ask("createSource", "bench"), off: await off.ask("createSource", "bench") };
  const targetOf = (side, path = "/v1/signals") => {
    const { port } = new URL((side === "off" ? off : durable).hello.url);
    // The key is a source's, which may only send; whoever is on this machine may ask for decisions without one.
    return { host: "127.0.0.1", port: Number(port), path, key: path === "/v1/signals" ? keys[side] : null };
  };
  return {
    durable,
    off,
    load,
    targetOf,
    close: async () => {
      await durable.stop();
      await off.kill();
      await load.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

let nextNumber = 0;
/** Numbers that no signal had yet. */
function numbers(count) {
  nextNumber += count;
  return nextNumber - count;
}

/**
 * Signals a second of both sides, in turns, and their ratio.
 *
 * @param clock - `processor`: the verdict on the share goes by the server's processor time a signal, for a machine that is busy with
 *   other things; it counts what is done after the answer as well.
 */
export async function measureBatch(bench, batch, clock = "wall", rounds = ROUNDS) {
  const rates = { off: [], durable: [] };
  const micros = { off: [], durable: [] };
  for (const side of ["off", "durable"]) await runRound(bench, batch, { side, signals: WARM });
  for (let i = 0; i < rounds; i += 1)
    for (const side of ["off", "durable"]) {
      const round = await runRound(bench, batch, { side, signals: SIGNALS_MAX, ms: ROUND_MS });
      rates[side].push(round.perSecond);
      micros[side].push(round.micros);
    }
  const [offPerSecond, perSecond] = [median(rates.off), median(rates.durable)];
  const processor = { off: median(micros.off), durable: median(micros.durable) };
  const share = perSecond / offPerSecond;
  const microsShare = processor.off / processor.durable;
  const { name, shareMin, perSecondMin } = batch;
  const met = [
    ...(shareMin === undefined ? [] : [(clock === "processor" ? microsShare : share) >= shareMin]),
    ...(perSecondMin === undefined ? [] : [perSecond >= perSecondMin]),
  ];
  const verdict = met.length === 0 ? "-" : met.every(Boolean) ? "met" : "missed";
  return {
    name,
    perSecond,
    offPerSecond,
    share,
    microsShare,
    shareMin,
    perSecondMin,
    rates,
    micros: processor,
    verdict,
  };
}

/** One side's turn: `signals` at most, for `ms` at most. */
async function runRound(bench, { perPost, connections, people }, { side, signals, ms }) {
  const again = side === "off" && ms !== undefined;
  const bodies = Math.ceil((again ? signals / 10 : signals) / perPost);
  const target = bench.targetOf(side);
  const argument = { target, connections, ms, perPost, people, bodies, from: numbers(bodies * perPost), again };
  const before = await bench[side].ask("state");
  const counts = await bench.load.ask("closed", argument);
  expectAll(counts);
  await drained(bench[side]);
  const after = await bench[side].ask("state");
  return {
    perSecond: (counts.accepted / counts.tookMs) * 1000,
    micros: ((after.cpuMs - before.cpuMs) * 1000) / counts.accepted,
  };
}

/** Every signal that was sent was accepted: a server that refuses must not look fast. */
function expectAll({ sent, accepted, refused, lastRefusal, rejected, ranOut }) {
  if (refused > 0 || rejected > 0 || accepted !== sent)
    throw new Error(
      `of ${sent} signals ${accepted} were accepted, ${rejected} rejected, ${refused} posts refused: ${lastRefusal}`,
    );
  if (ranOut) throw new Error("the load ran out of bodies before the round was over");
}

/** Waits until the inbox is empty; answers how long that took, in ms. */
export async function drained(server) {
  const from = performance.now();
  while ((await server.ask("state")).backlog > 0) await sleep(50);
  return performance.now() - from;
}

/** A steady stream of single signals: how late answers, the event loop and the facts are, and whether memory grows. */
export async function measureStream(bench, { ms, perSecond = STREAM.perSecond }) {
  const argument = { target: bench.targetOf("durable"), perSecond, people: "known" };
  const warm = await bench.load.ask("open", { ...argument, ms: 3_000, from: numbers(3 * perSecond) });
  await drained(bench.durable);
  const before = await bench.durable.ask("state");
  await bench.durable.ask("resetDelay");
  const stream = bench.load.ask("open", { ...argument, ms, from: numbers((ms / 1000) * perSecond) });
  let over = false;
  const watch = watchLag(bench.durable, () => over);
  const counts = await stream;
  over = true;
  const { lagMs, samples } = await watch;
  const loop = await bench.durable.ask("delay");
  if (counts.accepted !== counts.requests || warm.refused > 0) throw new Error(`refused: ${counts.lastRefusal}`);
  await drained(bench.durable);
  const after = await bench.durable.ask("state");
  const cpuShare = (after.cpuMs - before.cpuMs) / counts.tookMs;
  const { aims, name } = STREAM;
  const isMet = counts.p99 <= aims.ackP99MsMax && loop.p99 <= aims.loopP99MsMax && lagMs <= aims.lagMsMax;
  const rss = { rssMbPerMinute: slopePerMinute(samples), rssMb: samples.at(-1)?.[1] ?? 0 };
  return { name, ...counts, loop, lagMs, cpuShare, ...rss, aims, verdict: isMet ? "met" : "missed" };
}

/**
 * The longest time from an acknowledgement to the signal's being among the facts. In a steady stream the facts at time t are what had been
 * acknowledged at t - lag, so that each look at both counts gives the age of the facts: the first time at which as much was acknowledged.
 */
async function watchLag(server, isOver) {
  const acknowledged = [];
  const samples = [];
  let lagMs = 0;
  const startedAt = performance.now();
  while (!isOver()) {
    const { backlog, facts, rssMb } = await server.ask("state");
    const at = performance.now();
    acknowledged.push([at, facts + backlog]);
    samples.push([(at - startedAt) / 60_000, rssMb]);
    const since = acknowledged.find(([, count]) => count > facts);
    if (since !== undefined) lagMs = Math.max(lagMs, at - since[0]);
    while (acknowledged.length > 1 && acknowledged[0][1] <= facts) acknowledged.shift();
    await sleep(100);
  }
  return { lagMs, samples };
}

/** Least-squares slope of the second half of [minute, MB] pairs: the first half still fills caches. */
function slopePerMinute(samples) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (of) => half.reduce((sum, one) => sum + of(one), 0) / half.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const sxy = half.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return sxy / half.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
