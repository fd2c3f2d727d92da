import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DataDirectoryInUseError, StorageClosedError } from "../errors.ts";
import { ChdbChild, ChdbDiedError, ChdbError, type ChdbLaunch } from "./chdb-child-handle.ts";
import { preamble, roomFor, type ChdbStatement } from "./chdb-statement.ts";

export interface ChdbOptions {
  /** chDB's own directory; made if absent. */
  readonly directory: string;
  /** Where files to load are put; made if absent. */
  readonly spool: string;
  /** The data directory that an error names. */
  readonly dataDirectory: string;
  /** Memory the engine may take, in bytes. It has been seen to take half as much again. */
  readonly memoryBytes: number;
  /** Longest time of one statement, in ms. */
  readonly statementMs: number;
}

/** A row of an answer, in the order of the columns asked for; 64-bit integers and wider come as texts. */
export type ResultRow = readonly unknown[];

/** How often a call is tried again when the engine's process ended under it. */
const RETRIES = 2;
/** How long a directory may be locked by a child whose parent has just died. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 150;
/** Statements at once; more wait. */
const CONCURRENT_MAX = 4;
/** What ClickHouse says (code 76) when another process holds the directory. */
const LOCKED = /Cannot lock file/u;

/**
 * chDB in a process of its own, which is started again when it ends.
 *
 * A call may run twice when the process ends under it, so statements must be idempotent: queries, and inserts that carry a
 * deduplication token.
 */
export class ChdbProcess {
  readonly #options: ChdbOptions;
  #child: Promise<ChdbChild>;
  #closed = false;
  #restarts = 0;
  #running = 0;
  readonly #queue: (() => void)[] = [];

  private constructor(options: ChdbOptions, child: ChdbChild) {
    this.#options = options;
    this.#child = Promise.resolve(child);
  }

  /** @throws DataDirectoryInUseError when another process holds the directory and does not let go of it within seconds. */
  static async open(options: ChdbOptions): Promise<ChdbProcess> {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    mkdirSync(options.spool, { recursive: true, mode: 0o700 });
    return new ChdbProcess(options, await started(options));
  }

  /** How often the process had to be started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Of the process that runs now, for tests that end it. */
  async pid(): Promise<number | undefined> {
    return (await this.#child).pid;
  }

  /** Rows of a query, which cannot write and cannot reach outside the database. */
  async read(statement: ChdbStatement): Promise<readonly ResultRow[]> {
    const text = await this.#run(statement, "read");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const row: ResultRow = JSON.parse(line);
        return row;
      });
  }

  /** A statement that changes something, and is harmless when it runs twice. */
  async write(statement: ChdbStatement): Promise<void> {
    await this.#run(statement, "write");
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await (await this.#child).close();
  }

  async #run(statement: ChdbStatement, access: "read" | "write"): Promise<string> {
    const settings = { ...statement.settings, max_execution_time: Math.ceil(this.#options.statementMs / 1_000) };
    const first = preamble({ ...statement, settings }, access);
    const statements = [...roomFor(first), first, statement.sql];
    await this.#enter();
    try {
      for (let attempt = 0; ; attempt += 1) {
        if (this.#closed) throw new StorageClosedError("facts");
        try {
          return await (await this.#living()).run(statements, this.#options.statementMs + 1_000);
        } catch (error) {
          if (!(error instanceof ChdbDiedError) || attempt === RETRIES || this.#closed) throw error;
        }
      }
    } finally {
      this.#leave();
    }
  }

  /** The child, or a new one in place of one that ended. */
  async #living(): Promise<ChdbChild> {
    const known = this.#child;
    const child = await known.catch(() => null);
    if (child?.alive === true) return child;
    // Of several callers that find it dead, the first starts the next one.
    if (this.#child === known) {
      this.#restarts += 1;
      this.#child = started(this.#options);
    }
    return this.#child;
  }

  async #enter(): Promise<void> {
    if (this.#running >= CONCURRENT_MAX) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#running += 1;
  }

  /** Hands the place to the next in the queue, or gives it up. */
  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

async function started(options: ChdbOptions): Promise<ChdbChild> {
  const launch: ChdbLaunch = {
    directory: options.directory,
    workingDirectory: options.spool,
    connectionArgs: [`--max_server_memory_usage=${options.memoryBytes}`, "--output_format_json_quote_64bit_integers=1"],
  };
  const giveUpAt = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const child = new ChdbChild(launch);
    try {
      await child.open(launch);
      return child;
    } catch (error) {
      child.kill();
      await child.ended;
      const reason = child.lastWords;
      if (!LOCKED.test(reason))
        throw error instanceof ChdbError ? new ChdbError(`${error.message}: ${reason}`, error.clickhouseCode) : error;
      if (performance.now() > giveUpAt) throw new DataDirectoryInUseError(options.dataDirectory, { cause: error });
      await sleep(LOCK_RETRY_MS);
    }
  }
}
