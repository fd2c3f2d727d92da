// Decisions over HTTP, durable before the answer, against the same route without storage, in turns; then a steady stream at half of what
// the durable side got through.
import { median } from "../measure.mjs";
import { drained } from "./measure-ingest.mjs";

const CONNECTIONS = 64;
const ROUND_MS = 4_000;
const WARM = 20_000;
const ROUNDS = 3;
/** Bodies are made beforehand: more than any machine of this class gets through in one round. */
const POSTS_MAX = 120_000;
const STREAM_MS = 10_000;

/** The row, and what is aimed at. */
export const DECISIONS = { name: "one decision a post", shareMin: 0.6, p99MsMax: 25 };

let nextNumber = 0;
/** Numbers of accounts that were not asked about yet. */
function numbers(count) {
  nextNumber += count;
  return nextNumber - count;
}

/**
 * Requests a second of both sides, their ratio, and the latency under the stream, counted from when each request was due.
 *
 * @param clock - `processor`: the verdict on the share goes by the server's processor time a request, which counts what is done after the
 *   answer as well, for a machine that is busy with other things.
 */
export async function measureDecisions(bench, clock = "wall") {
  const rates = { off: [], durable: [] };
  const micros = { off: [], durable: [] };
  for (const side of ["off", "durable"]) {
    await bench[side].ask("setUp");
    await runRound(bench, side, { posts: WARM });
  }
  for (let i = 0; i < ROUNDS; i += 1)
    for (const side of ["off", "durable"]) {
      const round = await runRound(bench, side, { posts: POSTS_MAX, ms: ROUND_MS });
      rates[side].push(round.perSecond);
      micros[side].push(round.micros);
    }
  const [offPerSecond, perSecond] = [median(rates.off), median(rates.durable)];
  const processor = { off: median(micros.off), durable: median(micros.durable) };
  const [share, microsShare] = [perSecond / offPerSecond, processor.off / processor.durable];
  const stream = await runStream(bench, Math.floor(perSecond / 2));
  const { name, shareMin, p99MsMax } = DECISIONS;
  const isMet = (clock === "processor" ? microsShare : share) >= shareMin && stream.p99 <= p99MsMax;
  return {
    name,
    perSecond,
    offPerSecond,
    share,
    microsShare,
    rates,
    micros: processor,
    stream,
    shareMin,
    p99MsMax,
    verdict: isMet ? "met" : "missed",
  };
}

/** One side's turn: `posts` at most, for `ms` at most. */
async function runRound(bench, side, { posts, ms }) {
  const target = bench.targetOf(side, "/v1/decisions");
  const argument = { what: "decisions", target, connections: CONNECTIONS, perPost: 1, bodies: posts, ms };
  const before = await bench[side].ask("state");
  const counts = await bench.load.ask("closed", { ...argument, from: numbers(posts) });
  expectAll(counts);
  if (counts.ranOut) throw new Error("the load ran out of bodies before the round was over");
  await drained(bench[side]);
  const after = await bench[side].ask("state");
  return {
    perSecond: (counts.accepted / counts.tookMs) * 1000,
    micros: ((after.cpuMs - before.cpuMs) * 1000) / counts.accepted,
  };
}

async function runStream(bench, perSecond) {
  const target = bench.targetOf("durable", "/v1/decisions");
  const from = numbers(Math.ceil((STREAM_MS / 1000) * perSecond));
  await bench.durable.ask("resetDelay");
  const counts = await bench.load.ask("open", { what: "decisions", target, perSecond, ms: STREAM_MS, from });
  expectAll(counts);
  const loop = await bench.durable.ask("delay");
  await drained(bench.durable);
  return { perSecond, p50: counts.p50, p99: counts.p99, max: counts.max, loop };
}

/** Every post was answered with a decision: a server that refuses must not look fast. */
function expectAll({ requests, accepted, lastRefusal }) {
  if (accepted !== requests) throw new Error(`of ${requests} posts ${accepted} got a decision: ${lastRefusal}`);
}
