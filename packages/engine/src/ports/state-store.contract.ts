import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { chain, GENESIS, verifyLedger, type LedgerDraft } from "../governance/ledger.ts";
import { actorId, changeId, decisionId } from "../ids.ts";
import type { Source } from "../signals/source.ts";
import { instant } from "../time.ts";
import { decisionItem, exampleDecision, exampleSignal, signalItem, START_MS } from "./example-facts.contract.ts";
import { specifyAccess } from "./access.contract.ts";
import { specifyClocks } from "./clocks.contract.ts";
import { specifyInbox } from "./inbox.contract.ts";
import { specifyNotes } from "./notes.contract.ts";
import { specifyPeople } from "./people.contract.ts";
import { specifyRecords } from "./records.contract.ts";
import type { QuarantinedRow, StateStore, StoredDocument } from "./state-store.ts";
import { specifyReopenedWebhooks, specifyWebhooks } from "./webhooks.contract.ts";

/** A store under test, and how it is closed and opened again on the same data. */
export interface OpenedStateStore {
  readonly store: StateStore;
  /** Absent where the driver keeps nothing; then `lacks.reopen` says why. */
  readonly reopen?: () => Promise<StateStore>;
}

/** What a driver lacks, each with the reason; such tests are reported as skipped under it. */
export interface StateStoreLacks {
  readonly reopen?: string;
}

const at = instant(START_MS);
const draft = (body: LedgerDraft["body"]): LedgerDraft => ({ at, actor: actorId("ada"), body });
const row = (source: string, position: string): QuarantinedRow => ({
  source,
  position,
  code: "import.bad_time",
  reason: "expected an ISO 8601 time",
  raw: `${position};"a\nb"`,
  at,
});

/**
 * What every state store promises, as tests. The store is opened once, empty; each test uses sources and keys of its own.
 *
 * @param name - the driver, as the tests are titled.
 * @param open - gives an empty store.
 */
export function specifyStateStore(
  name: string,
  open: () => Promise<OpenedStateStore>,
  lacks: StateStoreLacks = {},
): void {
  describe(`state store: ${name}`, () => {
    let opened: OpenedStateStore;
    let store: StateStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => store.close());

    specifyLedger(() => store);
    specifyInbox(() => store);
    specifyQuarantine(() => store);
    specifySources(() => store);
    specifyClocks(() => store);
    specifyAccess(() => store);
    specifyPeople(() => store);
    specifyRecords(() => store);
    specifyWebhooks(() => store);
    specifyNotes(() => store);
    describe.skipIf(lacks.reopen !== undefined)(
      `opened again${lacks.reopen === undefined ? "" : ` (lacking: ${lacks.reopen})`}`,
      () => {
        const reopen = async (): Promise<StateStore> => {
          if (opened.reopen === undefined) throw new Error("this driver neither opens again nor says why not");
          store = await opened.reopen();
          return store;
        };
        specifyReopened(reopen, () => store);
        specifyReopenedWebhooks(reopen, () => store);
      },
    );
  });
}

function specifyLedger(store: () => StateStore): void {
  describe("ledger", () => {
    it("begins at the genesis", async () => {
      expect(await store().head()).toEqual(GENESIS);
      expect(await store().ledger({})).toEqual([]);
    });

    it("keeps entries in order, whole, with the documents that they name", async () => {
      const body = { b: [1, { deep: null }], a: "é 😀" };
      const document: StoredDocument = { digest: digestOf(body), kind: "policy", body };
      const entries = chain(await store().head(), [
        draft({ kind: "policy.adopted", version: 1, digest: document.digest }),
        draft({ kind: "change.approved", changeId: changeId("c-1") }),
        draft({
          kind: "change.rejected",
          changeId: changeId("c-2"),
          by: actorId("grace"),
          reason: "too wide",
          decisions: 0,
        }),
      ]);
      await store().append(entries, [document, document]);
      expect(await store().ledger({})).toEqual(entries);
      expect(verifyLedger(await store().ledger({})).kind).toBe("whole");
      expect(await store().head()).toEqual({ seq: 3, hash: entries[2]?.hash });
      expect(await store().document(document.digest)).toEqual(document);
    });

    it("is read from an entry on, by change, and up to a limit", async () => {
      const seqs = async (query: Parameters<StateStore["ledger"]>[0]) =>
        (await store().ledger(query)).map((entry) => entry.seq);
      expect(await seqs({ afterSeq: 1 })).toEqual([2, 3]);
      expect(await seqs({ afterSeq: 1, limit: 1 })).toEqual([2]);
      expect(await seqs({ changeId: "c-2" })).toEqual([3]);
      expect(await seqs({ changeId: "c-2", afterSeq: 3 })).toEqual([]);
      expect(await seqs({ limit: 0 })).toEqual([]);
    });

    it("refuses entries that do not continue its head, and then keeps neither them nor their documents", async () => {
      const before = await store().head();
      const late = { digest: digestOf("late"), kind: "note", body: "late" };
      const bodies = [draft({ kind: "cycle.completed", cycle: 1, summary: "" })];
      const forked = chain({ seq: before.seq, hash: digestOf("another history") }, bodies);
      for (const entries of [chain(GENESIS, bodies), chain({ ...before, seq: before.seq + 1 }, bodies), forked]) {
        await expect(store().append(entries, [late])).rejects.toMatchObject({ code: "ledger.stale" });
      }
      expect(await store().head()).toEqual(before);
      expect(await store().document(late.digest)).toBeNull();
    });

    it("lets one of two writers continue it, and tells the other", async () => {
      const head = await store().head();
      const append = (summary: string) =>
        store().append(chain(head, [draft({ kind: "cycle.completed", cycle: 1, summary })]), []);
      const outcomes = await Promise.allSettled([append("first"), append("second")]);
      expect(outcomes.map((o) => o.status)).toEqual(["fulfilled", "rejected"]);
      expect((await store().head()).seq).toBe(head.seq + 1);
    });

    it("refuses a document under another document's address", async () => {
      const wrong = { digest: digestOf("this"), kind: "note", body: "that" };
      await expect(store().append([], [wrong])).rejects.toMatchObject({ code: "document.digest_mismatch" });
    });

    it("has no document that was never stored", async () => {
      expect(await store().document(digestOf("never stored"))).toBeNull();
    });
  });
}

function specifyQuarantine(store: () => StateStore): void {
  it("keeps what did not fit, oldest first, and counts it by source", async () => {
    const before = await store().quarantinedCount();
    const rows = [row("leads.csv", "line 9"), row("calls.csv", "line 1"), row("leads.csv", "line 3")];
    await store().quarantine(rows);
    await store().quarantine([]);
    expect(await store().quarantined({ source: "leads.csv", limit: 10 })).toMatchObject([rows[0], rows[2]]);
    expect(await store().quarantined({ source: "leads.csv", limit: 1 })).toMatchObject([rows[0]]);
    expect(await store().quarantinedCount("leads.csv")).toBe(2);
    expect(await store().quarantinedCount()).toBe(before + 3);
    expect((await store().quarantined({ limit: before + 3 })).slice(before)).toMatchObject(rows);
  });

  it("finds what waits by how it is to be read again", async () => {
    const rows = ["deal 1", "deal 2", "deal 1", "deal 3"].map((reading, i) => ({ ...row("by", `item ${i}`), reading }));
    await store().quarantine([...rows, row("by", "item 4")]);
    const found = await store().quarantined({ waiting: true, readings: ["deal 1", "deal 3", "deal 9"], limit: 10 });
    expect(found.map(({ position }) => position)).toEqual(["item 0", "item 2", "item 3"]);
    await store().releaseQuarantined([found[0]?.seq ?? 0], at);
    expect(await store().quarantined({ waiting: true, readings: ["deal 1"], limit: 10 })).toEqual([found[1]]);
    expect(await store().quarantined({ waiting: true, readings: [], limit: 10 })).toEqual([]);
  });

  it("lists each row under its number, from one on, and marks what was let in", async () => {
    await store().quarantine([row("released.csv", "line 1"), row("released.csv", "line 2")]);
    const [first, second] = await store().quarantined({ source: "released.csv", limit: 10 });
    expect([first?.releasedAt, second?.seq]).toEqual([null, (first?.seq ?? 0) + 1]);
    const waiting = await store().quarantinedCount();
    await store().releaseQuarantined([first?.seq ?? 0, 999_999], at);
    await store().releaseQuarantined([first?.seq ?? 0], instant(at + 5));
    expect(await store().quarantined({ source: "released.csv", limit: 10 })).toEqual([
      { ...first, releasedAt: at },
      second,
    ]);
    expect(await store().quarantined({ source: "released.csv", waiting: true, limit: 10 })).toEqual([second]);
    expect(await store().quarantined({ source: "released.csv", afterSeq: first?.seq ?? 0, limit: 10 })).toEqual([
      second,
    ]);
    expect(await store().quarantinedCount()).toBe(waiting - 1);
  });

  it("keeps the last value of a setting", async () => {
    expect(await store().setting("salt")).toBeNull();
    await store().putSetting("salt", "a");
    await store().putSetting("salt", "b'\n😀");
    expect(await store().setting("salt")).toBe("b'\n😀");
  });
}

function specifySources(store: () => StateStore): void {
  const source: Source = {
    id: "website",
    kind: "segment",
    vendor: null,
    mapping: null,
    keyDigest: "a".repeat(64),
    secret: null,
    carriesOutcomes: true,
    createdAt: at,
    disabledAt: null,
  };
  const mailer: Source = {
    ...source,
    id: "mailer",
    kind: "webhook",
    vendor: "close",
    mapping: '{"name":"close"}',
    keyDigest: "b".repeat(64),
    secret: "s3cr'et",
    carriesOutcomes: false,
  };

  it("keeps who may send, by id, each with the last that was said of it", async () => {
    await store().putSource(source);
    await store().putSource(mailer);
    expect(await store().sources()).toEqual([mailer, source]);
    const disabled = { ...mailer, keyDigest: "c".repeat(64), disabledAt: at };
    await store().putSource(disabled);
    expect(await store().sources()).toEqual([disabled, source]);
    const settled = { ...disabled, settings: '{"currency":"EUR"}' };
    await store().putSource(settled);
    expect(await store().sources()).toEqual([settled, source]);
    await store().putSource(disabled);
    expect(await store().sources()).toEqual([disabled, source]);
  });

  it("keeps what a source's key and secret were, while they still hold", async () => {
    const changed = { ...mailer, id: "changed", keyDigest: "d".repeat(64), keyEnd: "wxyz" };
    const former = { digest: "e".repeat(64), until: instant(at + 1) };
    const both: Source = { ...changed, formerKey: former, formerSecret: { secret: "0ld'", until: instant(at + 2) } };
    const named: Source = { ...changed, formerKey: { ...former, end: "abcd" } };
    for (const one of [both, named, changed, both]) {
      await store().putSource(one);
      expect((await store().sources()).find(({ id }) => id === "changed")).toEqual(one);
    }
  });

  it("remembers what body a key came with, for its source and for as long as it is told to", async () => {
    const use = { source: "mailgun", key: "token", digest: "d1", now: instant(at + 1), until: instant(at + 100) };
    expect(await store().useKey(use)).toBe("first");
    expect(await store().useKey(use)).toBe("same");
    expect(await store().useKey({ ...use, digest: "d2" })).toBe("other");
    expect(await store().useKey({ ...use, source: "another", digest: "d2" })).toBe("first");
    expect(await store().useKey({ ...use, digest: "d2", now: instant(at + 99) })).toBe("other");
    expect(await store().useKey({ ...use, digest: "d2", now: instant(at + 100), until: instant(at + 200) })).toBe(
      "first",
    );
  });

  it("lets no two sources share a key", async () => {
    await expect(store().putSource({ ...mailer, keyDigest: source.keyDigest })).rejects.toMatchObject({
      code: "source.key_taken",
    });
    expect((await store().sources()).map(({ keyDigest }) => keyDigest[0])).toEqual(["d", "c", "a"]);
  });
}

function specifyReopened(reopen: () => Promise<StateStore>, store: () => StateStore): void {
  it("still has all of it, and goes on where it was", async () => {
    const made = exampleDecision("engine", "d-reopened");
    const visit = exampleSignal("crm-reopened", "m-1");
    await store().acknowledge([decisionItem(made), signalItem(visit)]);
    const before = {
      ledger: await store().ledger({}),
      head: await store().head(),
      quarantined: await store().quarantined({ limit: 1_000 }),
      salt: await store().setting("salt"),
      sources: await store().sources(),
      backlog: await store().backlog(),
      segment: await store().openSegment(1),
    };
    await reopen();
    expect({
      ledger: await store().ledger({}),
      head: await store().head(),
      quarantined: await store().quarantined({ limit: 1_000 }),
      salt: await store().setting("salt"),
      sources: await store().sources(),
      backlog: await store().backlog(),
      segment: await store().openSegment(100),
    }).toEqual(before);
    expect(await store().acknowledge([signalItem(visit), signalItem({ ...visit, type: "reply" })])).toEqual([
      "duplicate",
      "conflict",
    ]);
    expect(await store().servedDecision(decisionId("d-reopened"))).toEqual(made);
    await store().closeSegment(before.segment?.number ?? 0);
    expect(await store().openSegment(100)).toEqual({
      number: (before.segment?.number ?? 0) + 1,
      size: 1,
      items: [signalItem(visit)],
    });
  });
}
