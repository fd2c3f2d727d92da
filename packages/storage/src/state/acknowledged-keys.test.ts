import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { Kysely, SqliteDialect } from "kysely";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { openAcknowledgedKeys, type AcknowledgedKeys } from "./acknowledged-keys.ts";
import { BloomFilter } from "./bloom-filter.ts";
import { inboxBlocks } from "./inbox-blocks.ts";
import { keyOf, shortDigest } from "./key-entry.ts";
import { inboxInBlocks } from "./migration-0007.ts";
import { rowsInBlocks } from "./migration-0013.ts";
import { inTransaction, openDatabase, releaseLock, type OpenDatabase } from "./open-database.ts";
import { integer } from "./row.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-keys-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let files = 0;
async function emptyDatabase(): Promise<OpenDatabase> {
  files += 1;
  return openDatabase(join(root, `${files}.db`), root);
}
async function close({ sqlite, kysely }: OpenDatabase): Promise<void> {
  releaseLock(sqlite);
  await kysely.destroy();
}

/** Few keys make a run, so that eight runs and eight times eight are soon there. */
const RUN = 20;
const nth = (n: number) => keyOf("crm", `m-${n}`);
const digestOf = (n: number) => shortDigest(String(n));
function addAll(sqlite: OpenDatabase["sqlite"], keys: AcknowledgedKeys, numbers: readonly number[]): void {
  const committed = inTransaction(sqlite, () => {
    for (const n of numbers) keys.add(nth(n), digestOf(n));
    return keys.write();
  });
  committed();
}
const count = ({ sqlite }: OpenDatabase, of: string) =>
  integer(sqlite.prepare(`select count(*) as n from ${of}`).get(), "n");
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("acknowledged keys", () => {
  it("are found with their digest, and no others, however many runs they are in and whenever upkeep is done", async () => {
    const calls = fc.array(
      fc.record({ size: fc.integer({ min: 1, max: 70 }), settles: fc.boolean(), reopens: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (drawn) => {
        const database = await emptyDatabase();
        let keys = openAcknowledgedKeys(database.sqlite, RUN);
        let next = 0;
        for (const { size, settles, reopens } of drawn) {
          addAll(database.sqlite, keys, range(next, next + size));
          next += size;
          if (settles) keys.settle();
          if (!reopens) continue;
          keys.close();
          keys = openAcknowledgedKeys(database.sqlite, RUN);
        }
        expect(range(0, next).filter((n) => keys.find(nth(n)) !== digestOf(n))).toEqual([]);
        expect(range(next, next + 500).filter((n) => keys.find(nth(n)) !== null)).toEqual([]);
        keys.close();
        await close(database);
      }),
      { numRuns: 8 },
    );
  });

  it("end in few runs: eight of a level become one of the next, and leave nothing behind", async () => {
    const database = await emptyDatabase();
    const keys = openAcknowledgedKeys(database.sqlite, RUN);
    for (let from = 0; from < 74 * RUN; from += RUN) {
      addAll(database.sqlite, keys, range(from, from + RUN));
      if (from % (8 * RUN) === 0) keys.settle();
    }
    keys.settle();
    // 74 = 1 × 64 + 1 × 8 + 2.
    const levels = database.sqlite.prepare("select level, state from key_runs order by level").all();
    expect(levels).toEqual([0, 0, 1, 2].map((level) => ({ level, state: "live" })));
    expect(integer(database.sqlite.prepare("select sum(length(entries)) / 32 as n from key_pages").get(), "n")).toBe(
      74 * RUN,
    );
    expect(count(database, "key_log")).toBe(0);
    keys.close();
    await close(database);
  });

  it("survive a merge that is cut short: it is begun again, and nothing is lost or there twice", async () => {
    const database = await emptyDatabase();
    const keys = openAcknowledgedKeys(database.sqlite, RUN);
    for (let from = 0; from < 8 * RUN; from += RUN) addAll(database.sqlite, keys, range(from, from + RUN));
    keys.close();
    // What a process leaves that was killed between two steps.
    database.sqlite.exec("insert into key_runs (id, level, state) values (9, 1, 'building')");
    database.sqlite.prepare("insert into key_pages (id, entries) values (?, ?)").run(9 * 2 ** 24, Buffer.alloc(32));
    const again = openAcknowledgedKeys(database.sqlite, RUN);
    again.settle();
    expect(range(0, 8 * RUN).filter((n) => again.find(nth(n)) !== digestOf(n))).toEqual([]);
    expect(count(database, "key_runs")).toBe(1);
    expect(integer(database.sqlite.prepare("select sum(length(entries)) / 32 as n from key_pages").get(), "n")).toBe(
      8 * RUN,
    );
    again.close();
    await close(database);
  });

  it("are not there after a rollback", async () => {
    const database = await emptyDatabase();
    const keys = openAcknowledgedKeys(database.sqlite, RUN);
    addAll(database.sqlite, keys, [1]);
    const fails = () =>
      inTransaction(database.sqlite, () => {
        keys.add(nth(2), digestOf(2));
        keys.write();
        throw new Error("the disk is full");
      });
    expect(fails).toThrow("the disk is full");
    keys.forgetAdded();
    expect([keys.find(nth(1)), keys.find(nth(2))]).toEqual([digestOf(1), null]);
    keys.close();
    await close(database);
  });
});

describe("a filter", () => {
  it("never denies a key that was added, and affirms few that were not", () => {
    const filter = new BloomFilter(14);
    const added = range(0, 1_600).map(nth);
    for (const key of added) filter.add(key);
    expect(added.filter((key) => !filter.has(key))).toEqual([]);
    // Ten bits a key and seven hashes: (1 - e^(-7/10.24))^7 = 0.7 %, and four standard errors of 20,000 trials are 0.24 %.
    const affirmed = range(10_000, 30_000).filter((n) => filter.has(nth(n))).length / 20_000;
    expect(Math.abs(affirmed - 0.0073)).toBeLessThan(0.0024);
  });
});

it("takes over an inbox of a row an item: what waits stays in order, what was acknowledged is known", async () => {
  const sqlite = new Database(join(root, "old.db"));
  sqlite.exec(`
    create table inbox (seq integer primary key autoincrement, body text not null);
    create table inbox_keys (source text not null, message_id text not null, digest blob not null, primary key (source, message_id)) without rowid;
    create table segments (number integer primary key, from_seq integer not null, to_seq integer not null, closed integer not null);
    insert into segments values (1, 1, 100, 1), (2, 101, 200, 1), (3, 201, 300, 0)`);
  const putItem = sqlite.prepare("insert into inbox (seq, body) values (?, ?)");
  const putKey = sqlite.prepare("insert into inbox_keys (source, message_id, digest) values (?, ?, ?)");
  sqlite.exec("begin");
  for (let n = 201; n <= 2_500; n += 1) putItem.run(n, `{"n":${n}}`);
  for (let n = 1; n <= 2_500; n += 1) putKey.run("crm", `m-${n}`, Buffer.from(digestOf(n).padEnd(32, "\0"), "latin1"));
  sqlite.exec("commit");
  const kysely = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  await inboxInBlocks.up(kysely);
  await rowsInBlocks.up(kysely);
  const keys = openAcknowledgedKeys(sqlite);
  expect(range(1, 2_501).filter((n) => keys.find(nth(n)) !== digestOf(n))).toEqual([]);
  expect(keys.find(nth(2_501))).toBeNull();
  keys.close();
  const blocks = inboxBlocks(sqlite);
  expect(await blocks.backlog()).toBe(2_300);
  const seen: unknown[] = [];
  for (let open = await blocks.openSegment(700); open !== null; open = await blocks.openSegment(700)) {
    expect(open.number).toBe(3 + Math.ceil(seen.length / 700));
    seen.push(...open.items);
    await blocks.closeSegment(open.number);
  }
  expect(seen).toEqual(range(201, 2_501).map((n) => ({ n })));
  await kysely.destroy();
});
