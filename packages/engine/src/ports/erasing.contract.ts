import { describe, expect, it } from "vitest";
import { personRef, unitId } from "../ids.ts";
import type { Signal } from "../signals/signal.ts";
import type { Subject } from "./attribution.contract.ts";
import { decisionItem, exampleDecision, exampleRecord, exampleSignal, signalItem } from "./example-facts.contract.ts";

/** Erasing: what was told in words goes, what was measured stays. */
export function specifyErasing(subject: Subject): void {
  const told = (id: string, person: string): Signal =>
    exampleSignal("erasing", id, {
      unitId: unitId(`unit of ${person}`),
      detail: {
        person: personRef(person),
        account: null,
        currency: "EUR",
        humanProbability: null,
        properties: { note: `words about ${person}` },
      },
    });

  describe("erasing", () => {
    it("empties a person's properties and contexts, and leaves everybody else's", async () => {
      const [gone, stays] = [told("m-gone", "p_gone"), told("m-stays", "p_stays")];
      const decided = (id: string, unit: string) =>
        exampleDecision("erasing", id, {
          unitId: unitId(unit),
          context: { note: "words" },
          record: exampleRecord(),
        });
      const [ofUnit, ofRef, other] = [decided("d-1", "u-gone"), decided("d-2", "p_gone"), decided("d-3", "u-stays")];
      await subject.load([signalItem(gone), signalItem(stays), ...[ofUnit, ofRef, other].map(decisionItem)]);
      const counts = await subject.store.counts();
      const whom = { persons: [personRef("p_gone"), personRef("p_nobody")], units: [unitId("u-gone")] };
      await subject.store.erase(whom);
      await subject.store.erase(whom);
      expect(await subject.store.counts()).toEqual(counts);
      const signals = await subject.store.signals({ source: "erasing", limit: 10 });
      expect(signals.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1))).toEqual([
        { ...gone, detail: { ...gone.detail, properties: {} } },
        stays,
      ]);
      const contexts = await subject.store.decisions({ source: "erasing", limit: 10 });
      expect(Object.fromEntries(contexts.map(({ id, context }) => [id, context]))).toEqual({
        "d-1": {},
        "d-2": {},
        "d-3": { note: "words" },
      });
      expect(contexts.filter(({ record }) => record !== undefined).map(({ id }) => id)).toEqual(["d-3"]);
    });

    it("does nothing where nobody is named", async () => {
      const before = await subject.store.signals({ limit: 100 });
      await subject.store.erase({ persons: [], units: [] });
      expect(await subject.store.signals({ limit: 100 })).toEqual(before);
    });
  });
}
