import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { instant, personRef } from "@ratchet/engine";
import { exampleSignal, signalItem, specifyStateStore, START_MS } from "@ratchet/engine/contracts";
import { openSqliteState } from "./sqlite-state-store.ts";

const root = mkdtempSync(join(tmpdir(), "ratchet-state-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

specifyStateStore("sqlite", async () => {
  const directory = join(root, "contract");
  let store = await openSqliteState({ directory });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqliteState({ directory });
      return store;
    },
  };
});

describe("the data directory", () => {
  it("is refused to a second opener by name, and free again after closing", async () => {
    const directory = join(root, "locked");
    const first = await openSqliteState({ directory });
    await expect(openSqliteState({ directory })).rejects.toMatchObject({
      code: "storage.directory_in_use",
      directory,
      message: expect.stringContaining(directory),
    });
    await first.close();
    await (await openSqliteState({ directory })).close();
  });

  it("belongs to its owner alone", async () => {
    const directory = join(root, "private", "deep");
    await (await openSqliteState({ directory })).close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });
});

describe("a closed store", () => {
  it("commits what was waiting, then refuses, and may be closed again", async () => {
    const directory = join(root, "closed");
    const store = await openSqliteState({ directory });
    const waiting = store.acknowledge([signalItem(exampleSignal("crm", "m-1"))]);
    await Promise.resolve();
    await store.close();
    await store.close();
    expect(await waiting).toEqual(["accepted"]);
    await expect(store.backlog()).rejects.toMatchObject({ code: "storage.closed" });
    const again = await openSqliteState({ directory });
    expect(await again.backlog()).toBe(1);
    await again.close();
  });
});

describe("the file", () => {
  it("refuses to change or to delete ledger entries and to change documents, whoever asks", async () => {
    const directory = join(root, "append-only");
    await (await openSqliteState({ directory })).close();
    const sqlite = new Database(join(directory, "state.db"));
    sqlite.exec(
      "insert into ledger (seq, hash, entry) values (1, 'h', '{}'); insert into documents values ('d', 'k', '1')",
    );
    expect(() => sqlite.exec("update ledger set entry = '{}'")).toThrow(/append-only/u);
    expect(() => sqlite.exec("delete from ledger")).toThrow(/append-only/u);
    expect(() => sqlite.exec("update documents set body = '2'")).toThrow(/cannot change/u);
    sqlite.close();
  });

  it("refuses to take back what somebody said about being contacted, whoever asks", async () => {
    const directory = join(root, "consents");
    const store = await openSqliteState({ directory });
    const said = { kind: "suppressed", basis: "objected", channel: "all", source: "s", messageId: "m" } as const;
    await store.recordConsents([{ ...said, ref: personRef("p_1"), at: instant(START_MS), expiresAt: null }]);
    await store.close();
    const sqlite = new Database(join(directory, "state.db"));
    expect(() => sqlite.exec("update consents set channel = 'email'")).toThrow(/append-only/u);
    expect(() => sqlite.exec("delete from consents")).toThrow(/append-only/u);
    sqlite.close();
  });

  it("has who a message is about if and only if it has the message", async () => {
    const directory = join(root, "together");
    const store = await openSqliteState({ directory });
    const row = (ref: string) =>
      ({ ref: personRef(ref), relation: "email", value: `${ref}@x.com`, firstAt: instant(START_MS) }) as const;
    const told = (id: string, rows: readonly ReturnType<typeof row>[]) => ({
      ...signalItem(exampleSignal("crm", id)),
      about: { rows, consents: [] },
    });
    expect(await store.acknowledge([told("m-1", [row("p_1")])])).toEqual(["accepted"]);
    // A row that cannot be written undoes the whole transaction, and is not taken for written afterwards.
    const unsound = row("p_2");
    Object.assign(unsound, { value: null });
    await expect(store.acknowledge([told("m-2", [row("p_3"), unsound])])).rejects.toThrow(/NOT NULL/u);
    expect(await store.peopleRows(["p_1", "p_2", "p_3"])).toEqual([row("p_1")]);
    expect(await store.backlog()).toBe(1);
    expect(await store.acknowledge([told("m-2", [row("p_3")])])).toEqual(["accepted"]);
    await store.close();
    const again = await openSqliteState({ directory });
    expect(await again.peopleRows(["p_1", "p_3"])).toEqual([row("p_1"), row("p_3")]);
    await again.close();
  });

  it("holds nothing of a person that was forgotten once it is shredded, while it stays open", async () => {
    const directory = join(root, "shredded");
    const store = await openSqliteState({ directory });
    const marker = "an-address-found-nowhere-else@x.com";
    const holds = () => readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes(marker));
    await store.learn([{ ref: personRef("p_1"), relation: "email", value: marker, firstAt: instant(START_MS) }]);
    expect(holds()).toBe(true);
    await store.forgetPeople(["p_1"]);
    await store.shred();
    expect(holds()).toBe(false);
    await store.close();
  });

  it("no longer holds the body of a projected item once it is shredded", async () => {
    const directory = join(root, "forgotten");
    const store = await openSqliteState({ directory });
    await store.acknowledge([signalItem(exampleSignal("crm", "m-1", { type: "a_type_found_nowhere_else" }))]);
    const open = await store.openSegment(10);
    await store.closeSegment(open?.number ?? 0);
    await store.shred();
    await store.close();
    expect(readFileSync(join(directory, "state.db")).includes("a_type_found_nowhere_else")).toBe(false);
  });
});

it("fails only the call that brought something without a JSON text", async () => {
  const store = await openSqliteState({ directory: join(root, "one-bad-call") });
  const sound = signalItem(exampleSignal("crm", "sound"));
  const unsound = exampleSignal("crm", "unsound");
  Object.assign(unsound, { value: Number.NaN });
  const [good, bad] = await Promise.allSettled([store.acknowledge([sound]), store.acknowledge([signalItem(unsound)])]);
  expect([good.status, bad.status]).toEqual(["fulfilled", "rejected"]);
  expect(await store.backlog()).toBe(1);
  await store.close();
});
