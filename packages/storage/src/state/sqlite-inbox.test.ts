/** What a call of the inbox waits for. What it writes is in the contract of the state store, and in `failpoints.test.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exampleSignal, signalItem } from "@ratchet/engine/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type OpenDatabase } from "./open-database.ts";
import { peopleWriter } from "./people-writer.ts";
import { sqliteInbox, type SqliteInbox } from "./sqlite-inbox.ts";

const item = (id: string) => signalItem(exampleSignal("crm", id));
let directory: string;
let database: OpenDatabase;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "ratchet-inbox-"));
  database = await openDatabase(join(directory, "state.db"), directory);
});
afterEach(async () => {
  await database.close();
  rmSync(directory, { recursive: true });
});

function resolvable(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** The inbox over a disk that does as it is told. */
function over(syncLog: () => Promise<void>): SqliteInbox {
  const nothing = (): void => {};
  const people = peopleWriter(database.sqlite);
  return sqliteInbox({ ...database, syncLog }, { quarantine: nothing, people, texts: nothing, records: nothing });
}

describe("a call", () => {
  it("is answered when the disk has it, and not before", async () => {
    const disk = resolvable();
    const inbox = over(() => disk.promise);
    const answered: string[] = [];
    const call = inbox.acknowledge([item("m-1")]).then(() => answered.push("first"));
    await sleep(50);
    expect([answered, await inbox.backlog()]).toEqual([[], 1]);
    disk.resolve();
    await call;
    expect(answered).toEqual(["first"]);
    inbox.rest();
  });

  it("fails where the disk does, and its retry is the duplicate that it is, once the disk has that", async () => {
    let isBroken = true;
    const inbox = over(async () => {
      if (isBroken) throw new Error("the disk is gone");
    });
    await expect(inbox.acknowledge([item("m-1")])).rejects.toThrow("the disk is gone");
    await expect(inbox.acknowledge([item("m-1"), item("m-2")])).rejects.toThrow("the disk is gone");
    isBroken = false;
    expect(await inbox.acknowledge([item("m-1"), item("m-2"), item("m-3")])).toEqual([
      "duplicate",
      "duplicate",
      "accepted",
    ]);
    expect((await inbox.openSegment(10))?.items).toHaveLength(3);
    inbox.rest();
  });

  it("is waited for by whoever closes", async () => {
    const disk = resolvable();
    const inbox = over(() => disk.promise);
    const ended: string[] = [];
    const call = inbox.acknowledge([item("m-1")]).then(() => ended.push("call"));
    await sleep(20);
    const flushed = inbox.flush().then(() => ended.push("flush"));
    await sleep(20);
    expect(ended).toEqual([]);
    disk.resolve();
    await Promise.all([call, flushed]);
    expect(ended).toContain("call");
    inbox.rest();
  });
});
