import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";

/** The process ends here: what it has written is in the files, and nothing that it still does matters. */
export class ProcessEnds extends Error {
  readonly code = "test.process_ends";
}

/** Counts steps, and ends the process at one of them. */
export interface Failpoint {
  /** A step that is no statement of SQLite's. @throws ProcessEnds at the chosen one, and at all after it. */
  readonly step: () => void;
  readonly steps: () => number;
  /** Everything works again, in the original files. */
  readonly disarm: () => void;
}

/**
 * Ends the process, in effect, before its `n`-th statement: the database's files are copied as a `kill -9` at that moment would leave them,
 * and every later statement throws, those of a rollback too. Enumerating n until a scenario comes to its end meets every state of the files.
 *
 * @param from - the data directory.
 * @param to - where its copy goes.
 * @see SQLite, "How SQLite Is Tested", 3.3 "Crash Testing".
 */
export function failAt(n: number, { from, to }: { readonly from: string; readonly to: string }): Failpoint {
  let count = 0;
  let armed = true;
  const step = (): void => {
    if (!armed) return;
    count += 1;
    if (count === n) copyFiles(from, to);
    // Even what cleans up: nobody does.
    if (count >= n) throw new ProcessEnds(`the process ended before step ${n}`);
  };
  // oxlint-disable-next-line typescript/unbound-method -- called below with the database that they are methods of
  const { exec, prepare } = Database.prototype;
  const counted = <Statement extends object>(statement: Statement): Statement =>
    new Proxy(statement, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...values: readonly unknown[]): unknown => {
          if (RUNS.has(name)) step();
          const answer: unknown = Reflect.apply(member, target, values);
          return answer === target ? counted(target) : answer;
        };
      },
    });
  Object.defineProperty(Database.prototype, "exec", {
    configurable: true,
    writable: true,
    value(this: Database.Database, sql: string) {
      step();
      return exec.call(this, sql);
    },
  });
  Object.defineProperty(Database.prototype, "prepare", {
    configurable: true,
    writable: true,
    value(this: Database.Database, sql: string) {
      return counted(prepare.call(this, sql));
    },
  });
  return {
    step,
    steps: () => count,
    disarm: () => {
      armed = false;
      Object.assign(Database.prototype, { exec, prepare });
    },
  };
}

const RUNS: ReadonlySet<string | symbol> = new Set(["run", "get", "all", "iterate"]);

/** The database with its log, byte by byte: what the kernel has, and with it any process that opens them next. */
export function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
}
