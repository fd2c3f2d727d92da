import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRatchet } from "@ratchet/sdk";

/** A real server, in a process and a data directory of its own, filled with the sample company. */
export interface SampleServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const LAUNCHER = fileURLToPath(new URL("../../cli/bin/ratchet.js", import.meta.url));
const PATIENCE_MS = 120_000;

export async function startSampleServer(): Promise<SampleServer> {
  const directory = await mkdtemp(join(tmpdir(), "ratchet-screens-"));
  const port = await freePort();
  const server = spawn(process.execPath, [LAUNCHER, "serve", "--port", String(port), "--data", directory], {
    stdio: "ignore",
  });
  const stop = async (): Promise<void> => {
    await end(server);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    const ratchet = createRatchet({ url, timeoutMs: 30_000 });
    await until(async () => (await ratchet.status()).state === "empty");
    const { job_id } = await ratchet.sample();
    await until(async () => (await ratchet.job(job_id)).state === "done");
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let last: unknown = null;
  while (Date.now() < deadline) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      last = error;
    }
    await wait(250);
  }
  throw new Error(`the sample server was not ready within ${PATIENCE_MS / 1000} s`, { cause: last });
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
