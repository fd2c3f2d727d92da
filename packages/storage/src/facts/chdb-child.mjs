// The process that holds chDB. Plain JavaScript: it is forked as it stands, from the sources as from the build.
//
// What it avoids (each has its test in chdb-defects.test.ts): a session lives for one call, because a query that fails after it began
// to answer leaves that answer to the next query of its session; queries are cancelled with KILL … ASYNC, because SYNC never returns,
// and before the process ends, because it does not end while one runs; there is one thread, because two hang at closing.
import { setPriority } from "node:os";
import process from "node:process";
import { drainPending, Session } from "chdb";

/**
 * @typedef {{ kind: "open", directory: string, connectionArgs: string[] }} Open
 * @typedef {{ kind: "run", id: number, statements: string[] }} Run
 * @typedef {{ kind: "cancel", id: number }} Cancel
 * @typedef {{ kind: "close" }} Close
 * @typedef {Open | Run | Cancel | Close} Request
 */

/** Behind the process that answers requests, where both want a processor: what was acknowledged can wait, who asks cannot. */
const NICENESS = 10;
// First of all: the threads that the engine starts get it from this one.
setPriority(NICENESS);

/** How long running queries get to notice that they were cancelled, once the parent is gone or closes. */
const DRAIN_MS = 3_000;

/** Keeps the engine and its lock on the directory; runs nothing. @type {Session | null} */
let anchor = null;
/** @type {Open} */
let opened = { kind: "open", directory: "", connectionArgs: [] };

/** @param {object} message */
function answer(message) {
  if (process.connected) process.send?.(message);
}

/** @param {unknown} error */
function failureOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)/u.exec(message)?.[1];
  return { message, clickhouseCode: code === undefined ? null : Number(code) };
}

function newSession() {
  return new Session(opened.directory, { connectionArgs: opened.connectionArgs });
}

/** @param {Open} request */
function open(request) {
  opened = request;
  try {
    anchor = newSession();
    answer({ kind: "opened" });
  } catch (error) {
    answer({ kind: "refused", ...failureOf(error) });
  }
}

/** Runs the statements one after the other on a session of their own; answers what the last one returned. @param {Run} request */
async function run({ id, statements }) {
  try {
    answer({ kind: "answer", id, text: await inOneSession(id, statements) });
  } catch (error) {
    answer({ kind: "failure", id, ...failureOf(error) });
  }
}

/**
 * @param {number} id
 * @param {readonly string[]} statements
 */
async function inOneSession(id, statements) {
  const session = newSession();
  try {
    let text = "";
    for (const statement of [`SET log_comment = '${commentOf(id)}'`, ...statements]) {
      text = (await session.queryAsync(statement, { format: "JSONCompactEachRow" })).text();
    }
    return text;
  } finally {
    session.close();
  }
}

/** The mark by which a running query is found again; chDB takes no query id. @param {number} id */
function commentOf(id) {
  return `ratchet-${id}`;
}

/** @param {string} condition on `comment`; ours, never a caller's text */
async function kill(condition) {
  const session = newSession();
  try {
    await session.queryAsync(`KILL QUERY WHERE Settings['log_comment'] ${condition} ASYNC`);
  } catch {
    // Nothing to cancel, or the engine is going down: either way it ends.
  } finally {
    session.close();
  }
}

async function close() {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), DRAIN_MS);
  if (anchor !== null) {
    await kill("LIKE 'ratchet-%'");
    await drainPending();
    anchor.close();
    anchor = null;
    await drainPending();
  }
  process.exit(0);
}

process.on("message", (/** @type {Request} */ request) => {
  if (request.kind === "open") open(request);
  else if (request.kind === "run") void run(request);
  else if (request.kind === "cancel") void kill(`= '${commentOf(request.id)}'`);
  else void close();
});
// The parent is gone: let go of the directory at once, so that the next one can have it.
process.on("disconnect", () => void close());
// A signal to the whole group (Ctrl-C) is the parent's to answer; it closes us when it is done with us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
