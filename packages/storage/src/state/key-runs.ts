import { BloomFilter } from "./bloom-filter.ts";
import { ENTRY_BYTES, KEY_BYTES } from "./key-entry.ts";
import { inTransaction, TIDYING, type SqliteDatabase } from "./open-database.ts";
import { bytes, integer, text } from "./row.ts";

/** Entries of a run of the lowest level. Ten bits of its filter are for each. */
export const RUN_ENTRIES = 50_000;

/** A run of level l has 2^(9 + 3l) pages of about a hundred entries, and eight times as many entries as one of the level below. */
const PAGE_BITS = 9;
const FILTER_BITS = 19;
const FAN_OUT_BITS = 3;
const FAN_OUT = 2 ** FAN_OUT_BITS;
/** Some 200 million entries; runs of this level are merged no further. */
const LEVEL_MAX = 4;
/** A page's number is its run's times this, plus its place. */
const PAGES_MAX = 2 ** 24;

/** Pages that one step of the upkeep reads or removes: a few ms. */
const STEP_PAGES = 128;
const STEP_EVERY_MS = 5;

interface Run {
  readonly id: number;
  readonly level: number;
  /** null until it was made again after opening: until then every look reads a page. */
  filter: BloomFilter | null;
}

/** Eight runs on their way to becoming one. */
interface Merge {
  readonly from: readonly Run[];
  readonly into: Run & { readonly filter: BloomFilter };
  page: number;
}

/**
 * Entries of fixed length under keys that are hashes, in the state database, written in large runs and never changed: a B-tree would
 * write a whole page for every new key, because hashes and random ids fall everywhere.
 *
 * A key's leading bits are its page within a run, so a look is one page of each run whose filter does not rule it out. Eight runs of a level
 * become one of the next in small steps between other work. A merge that was cut short is begun again; nothing is removed before what
 * replaces it is durable.
 *
 * @see O'Neil et al. (1996), "The Log-Structured Merge-Tree"; tiered, with the pages of linear hashing in place of an index.
 */
export class KeyRuns {
  readonly #sqlite: SqliteDatabase;
  readonly #statements;
  #runs: readonly Run[];
  /** Runs whose content is in another run; their pages are still to be removed. */
  #dead: { readonly id: number; page: number; readonly pages: number }[];
  #merge: Merge | null = null;
  #filling: { readonly run: Run; readonly filter: BloomFilter; page: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(sqlite: SqliteDatabase) {
    this.#sqlite = sqlite;
    this.#statements = {
      page: sqlite.prepare("select entries from key_pages where id = ?"),
      putPage: sqlite.prepare("insert into key_pages (id, entries) values (?, ?)"),
      removePages: sqlite.prepare("delete from key_pages where id >= ? and id < ?"),
      putRun: sqlite.prepare("insert into key_runs (id, level, state) values (?, ?, ?)"),
      setState: sqlite.prepare("update key_runs set state = ? where id = ?"),
      removeRun: sqlite.prepare("delete from key_runs where id = ?"),
      lastRun: sqlite.prepare("select coalesce(max(id), 0) as id from key_runs"),
    };
    const rows = sqlite.prepare("select id, level, state from key_runs order by id").all().map(runRow);
    this.#runs = rows.filter(({ state }) => state === "live").map(({ id, level }) => ({ id, level, filter: null }));
    this.#dead = rows
      .filter(({ state }) => state !== "live")
      .map(({ id, level }) => ({ id, page: 0, pages: pagesOf(level) }));
    this.#schedule();
  }

  /** The digest that was kept under a key; null where there is none. @param key - 16 bytes as latin1. */
  find(key: string): string | null {
    for (const run of this.#runs) {
      if (run.filter !== null && !run.filter.has(key)) continue;
      const entries = this.#page(run, pageOf(key, run.level));
      const found = entries === null ? null : digestIn(entries, key);
      if (found !== null) return found;
    }
    return null;
  }

  /** Adds entries as a run, in the transaction that is open. Call the answer once it is committed. */
  put(entries: ReadonlyMap<string, string>): () => void {
    const filter = new BloomFilter(FILTER_BITS);
    const pages = Array.from({ length: pagesOf(0) }, () => "");
    for (const [key, digest] of entries) {
      filter.add(key);
      pages[pageOf(key, 0)] += key + digest;
    }
    const run = { id: this.#nextId(), level: 0, filter };
    this.#statements.putRun.run(run.id, run.level, "live");
    pages.forEach((page, i) => this.#putPage(run, i, page));
    return () => {
      this.#runs = [...this.#runs, run];
      this.#schedule();
    };
  }

  /** Does all that is left to do. */
  finish(): void {
    while (this.#step());
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isClosed && this.#tryStep()) this.#schedule();
    }, STEP_EVERY_MS);
    this.#timer.unref();
  }

  /** What cannot be written now, to a full disk, is tried again after the next run; until then there are only more runs to look at. */
  #tryStep(): boolean {
    try {
      return this.#step();
    } catch {
      return false;
    }
  }

  /** One small piece of what is to be done. @returns whether there is more. */
  #step(): boolean {
    if (this.#fill() || this.#bury()) return true;
    this.#merge ??= this.#nextMerge();
    if (this.#merge === null) return false;
    this.#advance(this.#merge);
    return true;
  }

  /** Makes the filter of one run again, page by page. */
  #fill(): boolean {
    const run = this.#filling?.run ?? this.#runs.find(({ filter }) => filter === null);
    if (run === undefined) return false;
    this.#filling ??= { run, filter: new BloomFilter(FILTER_BITS + FAN_OUT_BITS * run.level), page: 0 };
    const { filter, page } = this.#filling;
    const end = Math.min(page + STEP_PAGES, pagesOf(run.level));
    for (let p = page; p < end; p += 1) {
      const entries = this.#page(run, p);
      for (let at = 0; entries !== null && at < entries.length; at += ENTRY_BYTES)
        filter.add(entries.toString("latin1", at, at + KEY_BYTES));
    }
    this.#filling.page = end;
    if (end < pagesOf(run.level)) return true;
    run.filter = filter;
    this.#filling = null;
    return true;
  }

  /** Removes some pages of a dead run. */
  #bury(): boolean {
    const [dead] = this.#dead;
    if (dead === undefined) return false;
    const end = Math.min(dead.page + STEP_PAGES, dead.pages);
    const first = dead.id * PAGES_MAX;
    const work = (): void => {
      this.#statements.removePages.run(first + dead.page, first + end);
      if (end === dead.pages) this.#statements.removeRun.run(dead.id);
    };
    inTransaction(this.#sqlite, work, TIDYING);
    dead.page = end;
    if (end === dead.pages) this.#dead = this.#dead.slice(1);
    return true;
  }

  #nextMerge(): Merge | null {
    for (let level = 0; level < LEVEL_MAX; level += 1) {
      const from = this.#runs.filter((run) => run.level === level).slice(0, FAN_OUT);
      if (from.length < FAN_OUT) continue;
      const filter = new BloomFilter(FILTER_BITS + FAN_OUT_BITS * (level + 1));
      const into = { id: this.#nextId(), level: level + 1, filter };
      inTransaction(this.#sqlite, () => this.#statements.putRun.run(into.id, into.level, "building"), TIDYING);
      return { from, into, page: 0 };
    }
    return null;
  }

  /** Moves some pages: the entries of one page of each run are those of eight pages of the new one. */
  #advance(merge: Merge): void {
    const { from, into, page } = merge;
    const [{ level } = { level: 0 }] = from;
    const end = Math.min(page + STEP_PAGES / FAN_OUT, pagesOf(level));
    const work = (): void => {
      for (let p = page; p < end; p += 1) this.#mergePage(merge, p);
      if (end < pagesOf(level)) return;
      this.#statements.setState.run("live", into.id);
      for (const { id } of from) this.#statements.setState.run("dead", id);
    };
    inTransaction(this.#sqlite, work, TIDYING);
    merge.page = end;
    if (end < pagesOf(level)) return;
    this.#runs = [into, ...this.#runs.filter((run) => !from.includes(run))];
    this.#dead = [...this.#dead, ...from.map(({ id }) => ({ id, page: 0, pages: pagesOf(level) }))];
    this.#merge = null;
  }

  #mergePage({ from, into }: Merge, page: number): void {
    const parts = Array.from({ length: FAN_OUT }, () => "");
    for (const run of from) {
      const entries = this.#page(run, page);
      for (let at = 0; entries !== null && at < entries.length; at += ENTRY_BYTES) {
        const entry = entries.toString("latin1", at, at + ENTRY_BYTES);
        into.filter.add(entry);
        parts[pageOf(entry, into.level) % FAN_OUT] += entry;
      }
    }
    parts.forEach((part, i) => this.#putPage(into, page * FAN_OUT + i, part));
  }

  #page({ id }: Run, page: number): Buffer | null {
    const row: unknown = this.#statements.page.get(id * PAGES_MAX + page);
    return row === undefined ? null : bytes(row, "entries");
  }

  #putPage({ id }: Run, page: number, entries: string): void {
    if (entries !== "") this.#statements.putPage.run(id * PAGES_MAX + page, Buffer.from(entries, "latin1"));
  }

  #nextId(): number {
    return integer(this.#statements.lastRun.get(), "id") + 1;
  }
}

function pagesOf(level: number): number {
  return 2 ** (PAGE_BITS + FAN_OUT_BITS * level);
}

/** The page of a run of this level that holds a key: its leading bits. */
function pageOf(key: string, level: number): number {
  const leading =
    key.charCodeAt(0) * 2 ** 24 + key.charCodeAt(1) * 2 ** 16 + key.charCodeAt(2) * 2 ** 8 + key.charCodeAt(3);
  return Math.floor(leading / 2 ** (32 - PAGE_BITS - FAN_OUT_BITS * level));
}

function digestIn(entries: Buffer, key: string): string | null {
  for (let at = entries.indexOf(key, 0, "latin1"); at >= 0; at = entries.indexOf(key, at + 1, "latin1"))
    if (at % ENTRY_BYTES === 0) return entries.toString("latin1", at + KEY_BYTES, at + ENTRY_BYTES);
  return null;
}

function runRow(row: unknown): { readonly id: number; readonly level: number; readonly state: string } {
  return { id: integer(row, "id"), level: integer(row, "level"), state: text(row, "state") };
}
