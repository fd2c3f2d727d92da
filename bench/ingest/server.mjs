// One server in a process of its own: the real one on a fresh directory, or the same application and routes over a store that
// acknowledges at once and keeps nothing (`off`), for the cost of everything but storage. Says how it is over the IPC channel.
//   node server.mjs durable|off DIRECTORY
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import process from "node:process";
import { memoryFactsStore, memoryStateStore } from "@ratchet/engine";
import { compose, createApp, listen, openLog, startServer } from "@ratchet/server";

const [mode, directory] = process.argv.slice(2);
const log = openLog("error");
const NO_CYCLES = { cycleMs: 7 * 86_400_000, watchMs: 86_400_000 };

/** The bench's own composition: nothing in the product answers without storing. */
async function startWithoutStorage() {
  const forgetful = {
    ...memoryStateStore(),
    acknowledge: async (items) => items.map(() => "accepted"),
    openSegment: async () => null,
    backlog: async () => 0,
  };
  const { context } = await compose({
    state: forgetful,
    facts: memoryFactsStore(),
    storeNames: { state: "none", facts: "none" },
    directory: null,
    uploadDirectory: directory,
    sample: null,
    rhythm: null,
    log,
  });
  const { port, stop } = await listen(createApp(context, { dashboard: null }).fetch, { host: "127.0.0.1", port: 0 });
  return { url: `http://127.0.0.1:${port}`, context, close: stop };
}

const startedAt = performance.now();
const server =
  mode === "off" ? await startWithoutStorage() : await startServer({ directory, port: 0, log, rhythm: NO_CYCLES });
const openedMs = performance.now() - startedAt;

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

/** What the bench may ask for; each answer goes back under the question's number. */
const ANSWERS = {
  state: async () => {
    const { user, system } = process.cpuUsage();
    return {
      backlog: await server.context.stores.state.backlog(),
      facts: (await server.context.stores.facts.counts()).signals,
      rssMb: process.memoryUsage.rss() / 2 ** 20,
      cpuMs: (user + system) / 1000,
    };
  },
  resetDelay: async () => delay.reset(),
  delay: async () => ({ p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }),
  memory: async () => process.memoryUsage.rss() / 2 ** 20,
  createSource: async (id) => {
    const answer = await fetch(`${server.url}/v1/sources`, {
      method: "POST",
      body: JSON.stringify({ source_id: id, kind: "api" }),
    });
    return (await answer.json()).key;
  },
  /** The workspace of the documents that come with the product: five levers, caps, quiet hours. */
  setUp: async () => {
    const example = (name) => readFileSync(new URL(`../../examples/gtm/${name}`, import.meta.url), "utf8");
    const body = JSON.stringify({ playbook: example("playbook.yaml"), policy: example("policy.yaml") });
    const answer = await fetch(`${server.url}/v1/workspace`, { method: "POST", body });
    if (!answer.ok) throw new Error(await answer.text());
    return null;
  },
};

async function answer({ id, ask, argument }) {
  if (ask === "stop") {
    await server.close();
    process.exit(0);
  }
  process.send({ id, answer: await ANSWERS[ask](argument) });
}

process.on("message", (question) => void answer(question));
process.on("disconnect", () => process.exit(0));
process.send({ id: 0, answer: { url: server.url, openedMs } });
