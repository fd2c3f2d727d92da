// The load, in a process of its own: it must not share a thread with what it measures. Keep-alive connections, one request under way on
// each, no pipelining. Closed loop (as fast as answers come) or open loop (at a rate, whatever the answers do: each latency counts from
// when the request was due, so a server that stalls is not spared).
import { connect } from "node:net";
import process from "node:process";
import { decisionBody, isDecided } from "./decisions.mjs";
import { batchBody } from "./signals.mjs";

/** One keep-alive connection that speaks just enough HTTP/1.1. */
class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #settle = null;
  /** The server closes what was idle for some seconds. */
  isOpen = true;

  constructor({ host, port }) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on("data", (bytes) => this.#hear(bytes));
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the server closed the connection")));
  }

  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#settle = null;
    this.#socket.destroy();
  }

  #hear(bytes) {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = /\r\ncontent-length: (\d+)/iu.exec(head)?.[1];
    if (length === undefined) return this.#end(new Error("an answer without a length"));
    const all = end + 4 + Number(length);
    if (this.#received.length < all) return;
    const body = this.#received.toString("utf8", end + 4, all);
    this.#received = this.#received.subarray(all);
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  #end(error) {
    this.isOpen = false;
    this.#settle?.reject(error);
    this.#settle = null;
  }
}

function requestOf({ host, port, path, key }, body) {
  const authorization = key === null ? "" : `authorization: Bearer ${key}\r\n`;
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}:${port}\r\n${authorization}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** What is posted, numbered from `from`: signals, or one decision a post to be made. */
function bodyOf({ what, people }, from, count) {
  return what === "decisions" ? decisionBody(from) : batchBody({ from, count, people });
}

/** Counts of what the server said: a bench that is refused must not look fast. */
function tally(counts, what, { status, body }) {
  counts.requests += 1;
  if (status !== 200) {
    counts.refused += 1;
    counts.lastRefusal = body.slice(0, 300);
    return;
  }
  if (what === "decisions") {
    counts.accepted += isDecided(body) ? 1 : 0;
    return;
  }
  const { accepted, duplicates, rejected } = JSON.parse(body);
  counts.accepted += accepted;
  counts.duplicates += duplicates;
  counts.rejected += rejected.length;
}

const zero = () => ({ requests: 0, refused: 0, accepted: 0, duplicates: 0, rejected: 0 });

/**
 * As many posts as `connections` connections get through in `ms`, or all where that is not given. Bodies are made before the clock starts; `again` sends them in turns,
 * to a server that remembers nothing.
 */
async function closedLoop(round) {
  const { target, connections, ms = Infinity, perPost, from, bodies, again = false } = round;
  const requests = Array.from({ length: bodies }, (_, i) =>
    requestOf(target, bodyOf(round, from + i * perPost, perPost)),
  );
  const pool = Array.from({ length: connections }, () => new Connection(target));
  const counts = zero();
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    pool.map(async (connection) => {
      while (performance.now() - startedAt < ms && (again || next < requests.length))
        tally(counts, round.what, await connection.send(requests[next++ % requests.length]));
    }),
  );
  const tookMs = performance.now() - startedAt;
  for (const connection of pool) connection.close();
  return { ...counts, tookMs, sent: next * perPost, ranOut: !again && ms < Infinity && next >= requests.length };
}

const CONNECTIONS_MAX = 512;

/** One signal, or decision, a post, `perSecond` posts a second. */
async function openLoop(stream) {
  const { target, ms, perSecond, from } = stream;
  const counts = zero();
  const latencies = [];
  const idle = Array.from({ length: 32 }, () => new Connection(target));
  const pool = new Set(idle);
  const total = Math.floor((ms / 1000) * perSecond);
  const startedAt = performance.now();
  let due = 0;
  let underWay = 0;
  const waiting = [];
  await new Promise((resolve) => {
    const fire = async (i, connection) => {
      const dueAt = startedAt + (i * 1000) / perSecond;
      underWay += 1;
      tally(counts, stream.what, await connection.send(requestOf(target, bodyOf(stream, from + i, 1))));
      latencies.push(performance.now() - dueAt);
      underWay -= 1;
      const later = waiting.shift();
      if (later !== undefined) void fire(later, connection);
      else idle.push(connection);
      if (counts.requests === total) resolve();
    };
    const tick = () => {
      const now = performance.now() - startedAt;
      while (due < total && (due * 1000) / perSecond <= now) {
        const connection = openOne(idle, pool) ?? (pool.size < CONNECTIONS_MAX ? grown(pool, target) : undefined);
        if (connection === undefined) waiting.push(due);
        else void fire(due, connection);
        due += 1;
      }
      if (due < total) setTimeout(tick, 1);
    };
    tick();
  });
  for (const connection of pool) connection.close();
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))];
  return {
    ...counts,
    tookMs: performance.now() - startedAt,
    connections: pool.size,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  };
}

function openOne(idle, pool) {
  for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
    if (connection.isOpen) return connection;
    pool.delete(connection);
  }
  return undefined;
}

function grown(pool, target) {
  const connection = new Connection(target);
  pool.add(connection);
  return connection;
}

async function run({ id, ask, argument }) {
  const answer = ask === "open" ? await openLoop(argument) : await closedLoop(argument);
  process.send({ id, answer });
}

process.on("message", (question) => void run(question));
process.on("disconnect", () => process.exit(0));
process.send({ id: 0, answer: {} });
