import { actionId, instant, type ActionId, type Instant, type LoggedRow, type QuarantinedRow } from "@ratchet/engine";
import type { ImportMapping } from "./import-mapping.ts";
import { propensitiesOf, readLog, type LogItem, type ReadLogTask } from "./read-log.ts";

/** A log on disk, and how to read it. */
export interface LogFile {
  readonly path: string;
  readonly mapping: ImportMapping;
}

/** What must be known of a whole log before its first row can be replayed. */
export interface LogProfile {
  readonly rows: number;
  readonly pending: number;
  readonly rejected: number;
  /** Rejected rows by code, most first. */
  readonly rejectedByCode: readonly { readonly code: string; readonly rows: number }[];
  /** The first few rejected rows. */
  readonly examples: readonly QuarantinedRow[];
  /** Every action taken, the baseline first, then by name. */
  readonly actions: readonly ActionId[];
  /** Least propensity of any row; null where some row has none. */
  readonly leastPropensity: number | null;
  /** Whether each row is no earlier than the one before. */
  readonly inOrder: boolean;
}

const EXAMPLES = 3;

/** Reads a log once, keeping counts only. @throws LogFileError as `readLog` does. */
export async function profileLog(file: LogFile): Promise<LogProfile> {
  const tally = new ProfileTally();
  for await (const item of readLog(await taskFor(file))) tally.add(item);
  return tally.profile(file.mapping.baseline);
}

/** The usable rows of a log in order of time. A log that is out of order is sorted in memory; one in order is streamed. */
export async function* rowsInOrder(file: LogFile, profile: Pick<LogProfile, "inOrder">): AsyncGenerator<LoggedRow> {
  const task = await taskFor(file);
  if (profile.inOrder) {
    for await (const item of readLog(task)) if (item.kind === "row") yield item.row;
    return;
  }
  const rows: LoggedRow[] = [];
  for await (const item of readLog(task)) if (item.kind === "row") rows.push(item.row);
  yield* rows.sort((a, b) => a.at - b.at || a.row - b.row);
}

/** Rejected rows are counted here, not kept, so when that happened is left out: the same file gives the same answer at any time. */
async function taskFor({ path, mapping }: LogFile): Promise<ReadLogTask> {
  const task = { path, mapping, now: instant(0) };
  const propensities = await propensitiesOf(task);
  return propensities === null ? task : { ...task, propensities };
}

class ProfileTally {
  #rows = 0;
  #pending = 0;
  #inOrder = true;
  #last: Instant | null = null;
  #leastPropensity: number | null = 1;
  readonly #actions = new Set<string>();
  readonly #codes = new Map<string, number>();
  readonly #examples: QuarantinedRow[] = [];

  add(item: LogItem): void {
    if (item.kind === "row") return this.#addRow(item.row);
    if (item.kind === "pending") {
      this.#pending += 1;
      return;
    }
    this.#codes.set(item.row.code, (this.#codes.get(item.row.code) ?? 0) + 1);
    if (this.#examples.length < EXAMPLES) this.#examples.push(item.row);
  }

  profile(baseline: ActionId): LogProfile {
    const others = [...this.#actions].filter((action) => action !== baseline).sort();
    const rejectedByCode = [...this.#codes].map(([code, rows]) => ({ code, rows })).sort((a, b) => b.rows - a.rows);
    return {
      rows: this.#rows,
      pending: this.#pending,
      rejected: rejectedByCode.reduce((n, { rows }) => n + rows, 0),
      rejectedByCode,
      examples: this.#examples,
      actions: [baseline, ...others.map((action) => actionId(action))],
      leastPropensity: this.#rows === 0 ? null : this.#leastPropensity,
      inOrder: this.#inOrder,
    };
  }

  #addRow(row: LoggedRow): void {
    this.#rows += 1;
    this.#inOrder &&= this.#last === null || row.at >= this.#last;
    this.#last = row.at;
    this.#actions.add(row.action);
    if (this.#leastPropensity !== null) {
      this.#leastPropensity = row.propensity === null ? null : Math.min(this.#leastPropensity, row.propensity);
    }
  }
}
