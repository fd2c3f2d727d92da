import { describe, expect, it } from "vitest";
import type { Execution } from "../decisions/execution.ts";
import { decisionId } from "../ids.ts";
import type { Signal } from "../signals/signal.ts";
import { instant, later, type Instant } from "../time.ts";
import { decisionItem, exampleDecision, exampleSignal, signalItem, START_MS } from "./example-facts.contract.ts";
import { executionItem, exampleExecution } from "./executions.contract.ts";
import type { InboxItem, StateStore } from "./state-store.ts";

/** The inbox of a state store: acknowledged means durable, once, and handed on in numbered segments. */
export function specifyInbox(store: () => StateStore): void {
  const visits = (source: string, ids: readonly string[]) => ids.map((id) => signalItem(exampleSignal(source, id)));
  const drain = async (): Promise<void> => {
    for (let open = await store().openSegment(1_000); open !== null; open = await store().openSegment(1_000)) {
      await store().closeSegment(open.number);
    }
  };

  describe("acknowledging", () => {
    it("accepts an item once, whenever it comes again", async () => {
      const [a, b] = [signalItem(exampleSignal("crm", "a")), signalItem(exampleSignal("crm", "b"))];
      expect(await store().acknowledge([a, a, b])).toEqual(["accepted", "duplicate", "accepted"]);
      expect(await store().acknowledge([b, a])).toEqual(["duplicate", "duplicate"]);
      await drain();
      expect(await store().acknowledge([a])).toEqual(["duplicate"]);
      expect(await store().backlog()).toBe(0);
      expect(await store().acknowledge([])).toEqual([]);
    });

    it("takes a retry that was heard later for the same item", async () => {
      const first = exampleSignal("crm", "retried");
      const retry = { ...first, receivedAt: later(first.receivedAt, 60_000) };
      expect(await store().acknowledge([signalItem(first), signalItem(retry)])).toEqual(["accepted", "duplicate"]);
    });

    it("takes a retry for the same item where its sender never said when it happened", async () => {
      const undated = (heardAt: Instant): InboxItem => ({
        kind: "signal",
        source: "crm",
        messageId: "undated",
        signal: exampleSignal("crm", "undated", { occurredAt: heardAt, receivedAt: heardAt }),
        undated: true,
      });
      const [first, retry] = [undated(instant(START_MS)), undated(instant(START_MS + 60_000))];
      await drain();
      expect(await store().acknowledge([first, retry])).toEqual(["accepted", "duplicate"]);
      expect((await store().openSegment(10))?.items).toEqual([first]);
      await drain();
    });

    it("keeps what contradicts as its sender wrote it, and asks of nothing else how it was written", async () => {
      await drain();
      let asked = 0;
      const as = <Item extends InboxItem>(item: Item, raw: string): Item => ({
        ...item,
        sent: () => {
          asked += 1;
          return { raw, position: `line of ${raw}` };
        },
      });
      const source = "as-sent";
      const signal = exampleSignal(source, "m-1");
      const decision = exampleDecision(source, "d-1");
      const execution = executionItem(exampleExecution(source, "e-1"));
      const first = [as(signalItem(signal), "a"), as(decisionItem(decision), "b"), as(execution, "c")];
      expect(await store().acknowledge(first)).toEqual(["accepted", "accepted", "accepted"]);
      expect(await store().acknowledge(first)).toEqual(["duplicate", "duplicate", "duplicate"]);
      expect(asked).toBe(0);
      expect((await store().openSegment(10))?.items).toEqual([signalItem(signal), decisionItem(decision), execution]);
      const others = [
        as(signalItem({ ...signal, type: "reply" }), "{ a: 1e400 }"),
        as(decisionItem({ ...decision, cycle: 7 }), "b;;"),
        as(executionItem(exampleExecution(source, "e-1", { report: { kind: "worked" } })), "c"),
      ];
      expect(await store().acknowledge(others)).toEqual(["conflict", "conflict", "conflict"]);
      const rows = await store().quarantined({ source, limit: 10 });
      expect(rows.map(({ raw, position }) => [raw, position])).toEqual([
        ["{ a: 1e400 }", "line of { a: 1e400 }"],
        ["b;;", "line of b;;"],
        ["c", "line of c"],
      ]);
      await drain();
    });

    it("lets the first body under a key stand and quarantines another", async () => {
      await drain();
      const first = exampleSignal("crm", "contradicted");
      const other = { ...first, type: "reply" };
      expect(await store().acknowledge([signalItem(first)])).toEqual(["accepted"]);
      expect(await store().acknowledge([signalItem(first), signalItem(other)])).toEqual(["duplicate", "conflict"]);
      const kept = (await store().quarantined({ source: "crm", limit: 100 })).at(-1);
      expect(kept).toMatchObject({ code: "inbox.conflict", position: "1", at: other.receivedAt });
      // Read again from the quarantine it still contradicts, and is not kept a second time.
      const rows = await store().quarantinedCount();
      const again = (signal: Signal): InboxItem => ({
        kind: "signal",
        source: signal.source,
        messageId: signal.messageId,
        signal,
        isKept: true,
      });
      expect(await store().acknowledge([again(other)])).toEqual(["conflict"]);
      expect(await store().acknowledge([again(first)])).toEqual(["duplicate"]);
      expect(await store().quarantinedCount()).toBe(rows);
      expect(JSON.parse(kept?.raw ?? "")).toEqual(signalItem(other));
      expect((await store().openSegment(10))?.items).toEqual([signalItem(first)]);
      await drain();
    });

    it("sees a contradiction within one call", async () => {
      const first = exampleSignal("crm", "within");
      expect(await store().acknowledge([signalItem(first), signalItem({ ...first, type: "reply" })])).toEqual([
        "accepted",
        "conflict",
      ]);
    });

    it("lets the first decision about a unit stand where it is asked about again, and quarantines nothing", async () => {
      const first = exampleDecision("engine", "dec_again");
      const again = { ...first, decidedAt: instant(START_MS + 5) };
      expect(await store().acknowledge([decisionItem(first), decisionItem(again)])).toEqual(["accepted", "conflict"]);
      expect(await store().servedDecision(first.id)).toEqual(first);
      expect(await store().quarantinedCount("engine")).toBe(0);
    });

    it("takes a report of how a decision was carried out once, apart from a signal of the same id", async () => {
      await drain();
      const told = exampleExecution("crm", "carried-out");
      const retry = { ...told, receivedAt: later(told.receivedAt, 60_000) };
      const other: Execution = { ...told, report: { kind: "worked" } };
      const items = [told, retry, other].map(executionItem);
      const signal = signalItem(exampleSignal("crm", "carried-out"));
      expect(await store().acknowledge([...items, signal])).toEqual(["accepted", "duplicate", "conflict", "accepted"]);
      expect((await store().quarantined({ source: "crm", limit: 100 })).at(-1)).toMatchObject({ at: told.receivedAt });
      expect((await store().openSegment(10))?.items).toEqual([executionItem(told), signal]);
      await drain();
    });

    it("takes an undated report that comes again for the same", async () => {
      await drain();
      const undated = (heardAt: Instant): InboxItem => ({
        ...executionItem(exampleExecution("crm", "undated", { occurredAt: heardAt, receivedAt: heardAt })),
        undated: true,
      });
      const [first, again] = [undated(instant(START_MS)), undated(instant(START_MS + 60_000))];
      expect(await store().acknowledge([first, again])).toEqual(["accepted", "duplicate"]);
      await drain();
    });

    it("keeps the keys of different sources apart", async () => {
      expect(await store().acknowledge([...visits("crm-1", ["x"]), ...visits("crm-2", ["x"])])).toEqual([
        "accepted",
        "accepted",
      ]);
    });

    it("answers each of many concurrent calls for its own items", async () => {
      await drain();
      const calls = Array.from({ length: 40 }, (_, i) =>
        store().acknowledge(visits("concurrent", [`m-${i >> 1}`, `n-${i}`])),
      );
      const receipts = await Promise.all(calls);
      expect(receipts.map(([, own]) => own)).toEqual(receipts.map(() => "accepted"));
      expect(receipts.filter(([shared]) => shared === "accepted")).toHaveLength(20);
      expect(await store().backlog()).toBe(60);
      await drain();
    });
  });

  describe("segments", () => {
    it("are numbered without gaps, bounded, in the order of acknowledgement, until the inbox is empty", async () => {
      await drain();
      expect(await store().openSegment(2)).toBeNull();
      const items = visits("ordered", ["5", "4", "3", "2", "1"]);
      await store().acknowledge(items);
      const seen: InboxItem[][] = [];
      const numbers: number[] = [];
      for (let open = await store().openSegment(2); open !== null; open = await store().openSegment(2)) {
        seen.push([...open.items]);
        numbers.push(open.number);
        await store().closeSegment(open.number);
      }
      expect(seen).toEqual([items.slice(0, 2), items.slice(2, 4), items.slice(4)]);
      expect(numbers.map((n) => n - (numbers[0] ?? 0))).toEqual([0, 1, 2]);
    });

    it("stay open with the same items until closed, whatever arrives and whatever size is asked for", async () => {
      await drain();
      const [a, b, c] = visits("still-open", ["a", "b", "c"]);
      if (a === undefined || b === undefined || c === undefined) throw new Error("three items were made");
      await store().acknowledge([a, b]);
      const open = await store().openSegment(10);
      await store().acknowledge([c]);
      expect(await store().openSegment(1)).toEqual(open);
      expect(open?.items).toEqual([a, b]);
      expect(await store().backlog()).toBe(3);
      await store().closeSegment(open?.number ?? 0);
      expect(await store().backlog()).toBe(1);
      expect((await store().openSegment(10))?.items).toEqual([c]);
      await drain();
    });

    it("may be closed twice", async () => {
      await store().acknowledge(visits("closed-twice", ["a", "b"]));
      const open = await store().openSegment(1);
      await store().closeSegment(open?.number ?? 0);
      const next = await store().openSegment(1);
      await store().closeSegment(open?.number ?? 0);
      expect(await store().openSegment(1)).toEqual(next);
      await drain();
    });

    it("cannot be closed before they were opened, nor hold less than one item", async () => {
      await expect(store().closeSegment(1_000_000)).rejects.toMatchObject({ code: "inbox.unknown_segment" });
      await expect(store().openSegment(0)).rejects.toThrow(RangeError);
    });
  });

  it("serves the engine's own decisions from their acknowledgement on, and no others", async () => {
    const made = exampleDecision("engine", "d-served");
    await store().acknowledge([decisionItem(made), decisionItem(exampleDecision("import", "d-imported"))]);
    expect(await store().servedDecision(decisionId("d-served"))).toEqual(made);
    await drain();
    expect(await store().servedDecision(decisionId("d-served"))).toEqual(made);
    expect(await store().servedDecision(decisionId("d-imported"))).toBeNull();
    expect(await store().servedDecision(decisionId("d-unknown"))).toBeNull();
  });

  it("lets one decision of ours stand under an id, also where its lever went into shadow meanwhile", async () => {
    const made = exampleDecision("engine", "d-stands");
    await store().acknowledge([decisionItem(made)]);
    const before = await store().quarantinedCount();
    const again = exampleDecision("engine:shadow", "d-stands");
    expect(await store().acknowledge([decisionItem(again), decisionItem({ ...again, cycle: 9 })])).toEqual([
      "conflict",
      "conflict",
    ]);
    expect(await store().servedDecision(decisionId("d-stands"))).toEqual(made);
    expect(await store().quarantinedCount()).toBe(before);
    await drain();
  });
}
