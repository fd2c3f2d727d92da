import { describe, expect, it } from "vitest";
import { executionKey, type Execution, type ExecutionReport } from "../decisions/execution.ts";
import { actionId, actorId, decisionId, unitId } from "../ids.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { decisionItem, exampleDecision, START_MS } from "./example-facts.contract.ts";
import type { InboxItem } from "./state-store.ts";

/** An execution of a decision, heard a second after it happened. */
export function exampleExecution(source: string, messageId: string, told: Partial<Execution> = {}): Execution {
  const occurredAt = told.occurredAt ?? instant(START_MS);
  return {
    source,
    messageId,
    decisionId: decisionId(`decision of ${messageId}`),
    report: { kind: "delivered" },
    occurredAt,
    receivedAt: instant(occurredAt + 1000),
    ...told,
  };
}

/** The execution on its way to the facts. */
export function executionItem(execution: Execution): Extract<InboxItem, { readonly kind: "execution" }> {
  const { source, messageId } = execution;
  return { kind: "execution", source, messageId: executionKey(messageId), execution };
}

/** What became of decisions: kept whole, found by decision, and counted where somebody did otherwise. */
export function specifyExecutions(subject: Subject): void {
  const plus = (ms: number) => instant(START_MS + ms);
  const overridden = (
    told: Partial<Extract<ExecutionReport, { readonly kind: "overridden" }>> = {},
  ): ExecutionReport => ({
    kind: "overridden",
    by: actorId("rep:ann"),
    reason: "wrong_time",
    didInstead: null,
    ...told,
  });

  describe("executions", () => {
    it("come back whole, newest first, of certain decisions, of a kind, or since a moment", async () => {
      const source = "sales-tool";
      const ids = ["d'1", "d-2", 'd\\3 "😀"'].map(decisionId);
      const [one, two, three] = ids;
      if (one === undefined || two === undefined || three === undefined) throw new Error("three ids were made");
      const all = [
        exampleExecution(source, "e-1", { decisionId: one }),
        exampleExecution(source, "e-2", { decisionId: one, report: { kind: "worked" }, occurredAt: plus(5) }),
        exampleExecution(source, "e-3", {
          decisionId: two,
          report: overridden({ didInstead: actionId("call") }),
          occurredAt: plus(6),
        }),
        exampleExecution(source, "e-4", {
          decisionId: two,
          report: { kind: "skipped", reason: null },
          occurredAt: plus(6),
        }),
        exampleExecution(source, "e-5", {
          decisionId: three,
          report: { kind: "suppressed", reason: "suppression.objected" },
          occurredAt: plus(7),
        }),
        exampleExecution(source, "e-6", { decisionId: three, report: { kind: "offered" }, occurredAt: plus(8) }),
        exampleExecution(source, "e-7", { decisionId: three, report: { kind: "exposed" }, occurredAt: plus(9) }),
      ];
      await subject.load(all.map(executionItem));
      const found = async (query: object) =>
        (await subject.store.executions({ decisionIds: ids, limit: 10, ...query })).map(({ messageId }) => messageId);
      expect(await subject.store.executions({ decisionIds: ids, limit: 10 })).toEqual(all.toReversed());
      expect(await found({ decisionIds: [one] })).toEqual(["e-2", "e-1"]);
      expect(await found({ decisionIds: [] })).toEqual([]);
      expect(await found({ kind: "overridden" })).toEqual(["e-3"]);
      expect(await found({ since: plus(5), until: plus(7) })).toEqual(["e-5", "e-4", "e-3"]);
      expect(await found({ kind: "exposed" })).toEqual(["e-7"]);
      expect(await found({ since: plus(0), until: plus(6) })).toEqual(["e-4", "e-3", "e-2"]);
      expect(await found({ limit: 2 })).toEqual(["e-7", "e-6"]);
    });

    it("are no signals and no decisions, and one segment counts once", async () => {
      const before = await subject.store.counts();
      const items = [executionItem(exampleExecution("sales-tool", "once"))];
      const number = await subject.load(items);
      await subject.store.load({ number, items });
      expect(await subject.store.counts()).toEqual(before);
      const ids = [decisionId("decision of once")];
      expect(await subject.store.executions({ decisionIds: ids, limit: 10 })).toHaveLength(1);
    });

    it("are counted by reason where somebody did otherwise, each decision once", async () => {
      const made = (id: string, action: string) =>
        exampleDecision("overriding", id, { unitId: unitId(id), point: "overridden-point", action: actionId(action) });
      const by = (id: string, decision: string, report: ExecutionReport) =>
        exampleExecution("overriding", id, { decisionId: decisionId(decision), report, occurredAt: plus(9_000_000) });
      await subject.load([
        ...[made("o-1", "call"), made("o-2", "call"), made("o-3", "email")].map(decisionItem),
        ...[
          by("x-1", "o-1", overridden()),
          by("x-2", "o-1", overridden()),
          by("x-3", "o-2", overridden()),
          by("x-4", "o-3", overridden({ reason: "bad_fit", didInstead: actionId("none") })),
          by("x-5", "o-3", { kind: "worked" }),
          by("x-6", "o-of-nobody", overridden({ reason: "other" })),
        ].map(executionItem),
      ]);
      expect(await subject.store.overrides({ since: plus(8_999_999) })).toEqual([
        { point: "overridden-point", action: "call", reason: "wrong_time", didInstead: null, count: 2 },
        { point: "overridden-point", action: "email", reason: "bad_fit", didInstead: "none", count: 1 },
        { point: null, action: null, reason: "other", didInstead: null, count: 1 },
      ]);
      expect(await subject.store.overrides({ since: plus(9_000_000) })).toEqual([]);
      expect((await subject.store.overrides({})).length).toBeGreaterThanOrEqual(3);
    });
  });
}
