import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LAUNCHER = join(import.meta.dirname, "../bin/ratchet.js");
const PROGRAM = join(import.meta.dirname, "../dist/main.js");

/** Long enough for a machine that is busy with other things; only a fault is ever waited for that long. */
const WAIT_MS_MAX = 120_000;
const LOOK_MS = 25;

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
}

/** The `ratchet` command in a process group of its own. */
export interface RatchetProcess {
  /** What it wrote to its output, and to its error stream. */
  readonly said: () => string;
  readonly complained: () => string;
  readonly isRunning: () => boolean;
  readonly ended: Promise<Ended>;
  /** `kill -9` on everything that it started (a power switch), or on itself alone (what the kernel does when memory runs out). */
  readonly kill: (whom: "group" | "leader") => void;
  /** Asks it to end by itself. */
  readonly stop: () => void;
  /** Resolves when no process of its group lives; throws where one stays. */
  readonly leftNobody: () => Promise<void>;
}

/** Groups that may still live. Whatever ends this process, by a failed expectation or not, ends them. */
const groups = new Set<number>();
process.on("exit", killAll);

/** Ends every process that was started here. */
export function killAll(): void {
  for (const group of groups) signalTo(-group, "SIGKILL");
}

/** Compiles what is out of date, once: the kills are to hit the program and not the compiler in front of it. */
export function compileRatchet(): void {
  const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, "--version"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`ratchet --version failed: ${stderr}`);
}

/** Starts the command. */
export function startRatchet(...args: readonly string[]): RatchetProcess {
  // Nobody's own settings: they name another data directory, or another server.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RATCHET_")));
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    detached: true,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("ratchet did not start");
  groups.add(pid);
  let said = "";
  let complained = "";
  let running = true;
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (complained += bytes.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (status, signal) => {
      running = false;
      resolve({ status, signal });
    });
  });
  return {
    said: () => said,
    complained: () => complained,
    isRunning: () => running,
    ended,
    kill: (whom) => signalTo(whom === "group" ? -pid : pid, "SIGKILL"),
    stop: () => signalTo(pid, "SIGTERM"),
    leftNobody: async () => {
      await until(() => livingIn(pid).length === 0, `process group ${pid} to be empty`);
      groups.delete(pid);
    },
  };
}

/** Runs the command to its end. @throws Error unless it ends with one of the exit codes. */
export async function runRatchet(args: readonly string[], codes: readonly number[] = [0]): Promise<string> {
  const run = startRatchet(...args);
  const { status, signal } = await run.ended;
  if (status === null || !codes.includes(status))
    throw new Error(`ratchet ${args.join(" ")} ended with ${status ?? signal}: ${run.said()}${run.complained()}`);
  await run.leftNobody();
  return run.said();
}

/** A server that answers. */
export interface ServerProcess extends RatchetProcess {
  readonly url: string;
}

/** `ratchet serve` on a free port, ready. @throws Error where it ends instead. */
export async function serveRatchet(directory: string, ...options: readonly string[]): Promise<ServerProcess> {
  const server = startRatchet("serve", "--port", "0", "--data", directory, ...options);
  const url = () => /http:\/\/\S+:\d+/u.exec(server.said())?.[0];
  await until(() => url() !== undefined || !server.isRunning(), "the server to be ready");
  const ready = url();
  if (ready === undefined) throw new Error(`the server did not become ready: ${server.complained()}`);
  return { ...server, url: ready };
}

/** Looks again and again. @throws Error after minutes. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + WAIT_MS_MAX;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${WAIT_MS_MAX / 1000} s for ${what}`);
    await sleep(LOOK_MS);
  }
}

function signalTo(target: number, signal: "SIGKILL" | "SIGTERM"): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // It has ended already.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Ids of the processes of a group, without those that have ended and that nobody has asked about since (zombies). */
function livingIn(group: number): readonly number[] {
  return processes()
    .filter((one) => one.group === group && !one.state.startsWith("Z"))
    .map(({ id }) => id);
}

interface ProcessRow {
  readonly id: number;
  readonly group: number;
  readonly state: string;
}

function processes(): readonly ProcessRow[] {
  if (existsSync("/proc/self/stat")) return processesOfLinux();
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,pgid=,stat="], { encoding: "utf8" });
  return stdout.split("\n").map((line) => {
    const [id, group, state = ""] = line.trim().split(/\s+/u);
    return { id: Number(id), group: Number(group), state };
  });
}

/** Small containers have no `ps`. See proc(5): the name in brackets may hold anything, what follows it may not. */
function processesOfLinux(): readonly ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      const text = readIfThere(`/proc/${name}/stat`);
      const [state, , group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
      return state === undefined || group === undefined ? [] : [{ id: Number(name), group: Number(group), state }];
    });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process ended between listing and looking.
    return "";
  }
}
