import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** chDB refused or failed a statement. */
export class ChdbError extends Error {
  readonly code = "facts.query_failed";
  /** ClickHouse's own number, where it gave one. */
  readonly clickhouseCode: number | null;
  constructor(message: string, clickhouseCode: number | null) {
    super(message);
    this.clickhouseCode = clickhouseCode;
  }
}

/** The process that holds chDB ended under a call: what it was doing may or may not have happened. */
export class ChdbDiedError extends Error {
  readonly code = "facts.engine_died";
  constructor(how: string) {
    super(`the analytics engine's process ended (${how})`);
  }
}

/** What the child says; see chdb-child.mjs. */
type Message =
  | { readonly kind: "opened" }
  | { readonly kind: "refused"; readonly message: string; readonly clickhouseCode: number | null }
  | { readonly kind: "answer"; readonly id: number; readonly text: string }
  | { readonly kind: "failure"; readonly id: number; readonly message: string; readonly clickhouseCode: number | null };

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/** How the engine is started. */
export interface ChdbLaunch {
  /** chDB's own directory. */
  readonly directory: string;
  /** The child's working directory, where `file('name')` looks. */
  readonly workingDirectory: string;
  readonly connectionArgs: readonly string[];
}

/** libuv threads of the child: each running query holds one, and its own files need some. */
const CHILD_THREADS = 16;

/** One living child; it is never revived, its owner starts another. */
export class ChdbChild {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #opening: Waiting | null = null;
  #nextId = 1;
  /** How it ended; null while it lives. */
  #ended: string | null = null;
  readonly ended: Promise<void>;
  #lastWords = "";

  constructor(launch: ChdbLaunch) {
    this.#process = fork(fileURLToPath(new URL("./chdb-child.mjs", import.meta.url)), [], {
      cwd: launch.workingDirectory,
      // None of the parent's flags: a test runner's loaders have no business here.
      execArgv: [],
      env: { ...process.env, UV_THREADPOOL_SIZE: String(CHILD_THREADS) },
      // Its output is nobody's: what a command prints on ours must stay readable by programs.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#process.stderr?.on("data", (bytes: Buffer) => {
      this.#lastWords = (this.#lastWords + bytes.toString()).slice(-LAST_WORDS_LENGTH);
    });
    this.#process.on("message", (message: Message) => this.#hear(message));
    this.#process.on("error", (error) => this.#end(error.message));
    this.ended = new Promise((resolve) => {
      // Not `exit`: by `close` its last words have been read too.
      this.#process.on("close", (status, signal) => {
        this.#end(signal ?? `status ${status}`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /** The end of what it wrote to its error stream: the reason of a refusal is said there and nowhere else. */
  get lastWords(): string {
    return this.#lastWords.trim();
  }

  /** @throws ChdbError where chDB cannot open the directory; `lastWords` says why, once it has ended. */
  async open({ directory, connectionArgs }: ChdbLaunch): Promise<void> {
    await new Promise<string>((resolve, reject) => {
      this.#opening = { resolve, reject };
      this.#send({ kind: "open", directory, connectionArgs }, reject);
    });
  }

  /**
   * @param deadlineMs - after it the query is cancelled; when even that does not end it, the process is.
   * @returns the text of the last statement's answer.
   */
  async run(statements: readonly string[], deadlineMs: number): Promise<string> {
    const id = this.#nextId;
    this.#nextId += 1;
    const cancel = setTimeout(() => this.#send({ kind: "cancel", id }, () => {}), deadlineMs);
    const kill = setTimeout(() => this.kill(), deadlineMs + CANCEL_GRACE_MS);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#send({ kind: "run", id, statements }, reject);
      });
    } finally {
      clearTimeout(cancel);
      clearTimeout(kill);
      this.#waiting.delete(id);
    }
  }

  /** Cancels what runs, lets go of the directory and ends. */
  async close(): Promise<void> {
    const kill = setTimeout(() => this.kill(), CLOSE_GRACE_MS);
    this.#send({ kind: "close" }, () => this.kill());
    await this.ended;
    clearTimeout(kill);
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #send(message: object, fail: (error: Error) => void): void {
    if (this.#ended !== null) {
      fail(new ChdbDiedError(this.#ended));
      return;
    }
    this.#process.send(message, (error) => {
      if (error === null) return;
      // Its channel closes before its end is known. It will hear nothing more, so it counts as ended, and the next call starts another.
      this.kill();
      this.#end(error.message);
      fail(new ChdbDiedError(error.message));
    });
  }

  #hear(message: Message): void {
    if (message.kind === "opened") this.#opening?.resolve("");
    else if (message.kind === "refused") this.#opening?.reject(new ChdbError(message.message, message.clickhouseCode));
    else if (message.kind === "answer") this.#waiting.get(message.id)?.resolve(message.text);
    else this.#waiting.get(message.id)?.reject(new ChdbError(message.message, message.clickhouseCode));
  }

  #end(how: string): void {
    this.#ended ??= how;
    const died = new ChdbDiedError(this.#ended);
    this.#opening?.reject(died);
    for (const { reject } of this.#waiting.values()) reject(died);
  }
}

const LAST_WORDS_LENGTH = 4_000;
/** From the cancellation of a query to the end of the process. */
const CANCEL_GRACE_MS = 10_000;
/** From the request to close to the end of the process; the child ends itself sooner. */
const CLOSE_GRACE_MS = 10_000;
