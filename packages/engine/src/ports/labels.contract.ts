import { probability } from "@ratchet/stats";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decisionId, unitId } from "../ids.ts";
import { CANNOT_TELL, labelId, labelSource, labelsInForce, type Label } from "../signals/notes/label.ts";
import { instant } from "../time.ts";
import type { Subject } from "./attribution.contract.ts";
import { decisionItem, exampleDecision, exampleMetric, START_MS } from "./example-facts.contract.ts";
import type { InboxItem } from "./state-store.ts";

const at = (ms: number): Label["labelledAt"] => instant(START_MS + ms);

function reading(source: string, told: Partial<Label> = {}): Label {
  return {
    source,
    messageId: "m-1",
    unitId: unitId(`unit of ${source}`),
    decisionId: null,
    field: "outcome",
    label: "interested",
    confidence: told.labeller === "person" ? null : probability(0.9),
    span: { start: 3, end: 17 },
    labeller: "model",
    version: "v-1",
    nth: 0,
    labelledAt: at(1_000),
    occurredAt: at(5),
    ...told,
  };
}

function labelItem(label: Label): InboxItem {
  return { kind: "label", source: labelSource(label.labeller), messageId: labelId(label), label };
}

/** Labels of a facts store: kept, listed, and measured by the one that counts. */
export function specifyLabels(subject: Subject): void {
  const conversions = async (source: string, signal: string, told: object = {}): Promise<number | undefined> => {
    const metric = { ...exampleMetric("conversion", 100), signal };
    const query = { source, point: "email", metric, watermark: at(10_000), ...told };
    return (await subject.store.measure(query)).cells[0]?.nonZero;
  };

  describe("labels", () => {
    it("come back as they were told, the newest first", async () => {
      const source = "labels-listed";
      const plain = reading(source, { confidence: null, span: null, decisionId: decisionId("d-1") });
      const later = reading(source, { labeller: "person", version: "person:ada", nth: 2, labelledAt: at(2_000) });
      await subject.load([labelItem(plain), labelItem(later)]);
      expect(await subject.store.labels({ source, limit: 10 })).toEqual([later, plain]);
      expect(await subject.store.labels({ source, labeller: "model", limit: 10 })).toEqual([plain]);
      expect(await subject.store.labels({ source, messageId: "m-2", limit: 10 })).toEqual([]);
      expect(await subject.store.labels({ source, field: "intent", limit: 10 })).toEqual([]);
      expect(await subject.store.labels({ source, limit: 1 })).toEqual([later]);
    });

    it("are measured as signals of their text: once a text, at its time, attributed like any other", async () => {
      const source = "labels-measured";
      const made = exampleDecision(source, `${source}-1`, { unitId: unitId(`unit of ${source}`) });
      const named = exampleDecision(source, `${source}-2`, { unitId: unitId("elsewhere") });
      await subject.load([
        decisionItem(made),
        decisionItem(named),
        labelItem(reading(source)),
        labelItem(reading(source, { version: "v-2", labelledAt: at(2_000) })),
        labelItem(reading(source, { messageId: "m-2", decisionId: named.id })),
        labelItem(reading(source, { messageId: "m-3", occurredAt: at(500) })),
      ]);
      expect(await conversions(source, "label:outcome=interested")).toBe(2);
      expect(await conversions(source, "label:outcome=no_answer")).toBe(0);
      expect(await conversions(source, "label:intent=interested")).toBe(0);
      expect(await conversions(source, "label:outcome=interested", { untrusted: [source] })).toBe(0);
    });

    it("count by the latest reading: a person's before a provider's before the model's", async () => {
      const source = "labels-precedence";
      await subject.load([
        decisionItem(exampleDecision(source, `${source}-1`, { unitId: unitId(`unit of ${source}`) })),
        labelItem(reading(source, { label: "no_answer", labelledAt: at(1) })),
      ]);
      const is = async (): Promise<readonly string[]> => {
        const all = ["no_answer", "interested", "not_interested", CANNOT_TELL];
        const counts = await Promise.all(all.map((label) => conversions(source, `label:outcome=${label}`)));
        return all.filter((_, i) => counts[i] === 1);
      };
      expect(await is()).toEqual(["no_answer"]);
      await subject.load([
        labelItem(reading(source, { labeller: "provider", label: "interested", labelledAt: at(2) })),
      ]);
      expect(await is()).toEqual(["interested"]);
      await subject.load([labelItem(reading(source, { version: "v-2", label: "no_answer", labelledAt: at(3) }))]);
      expect(await is()).toEqual(["interested"]);
      const silent = { labeller: "provider", version: "p-2", label: CANNOT_TELL, labelledAt: at(4) } as const;
      await subject.load([labelItem(reading(source, silent))]);
      expect(await is()).toEqual(["no_answer"]);
      const person = { labeller: "person", version: "person:ada" } as const;
      await subject.load([labelItem(reading(source, { ...person, label: "not_interested", labelledAt: at(5) }))]);
      expect(await is()).toEqual(["not_interested"]);
      await subject.load([labelItem(reading(source, { ...person, nth: 1, label: CANNOT_TELL, labelledAt: at(6) }))]);
      expect(await is()).toEqual([CANNOT_TELL]);
    });

    it("are measured as they were known at a time", async () => {
      const source = "labels-known";
      const made = exampleDecision(source, `${source}-1`, { unitId: unitId(`unit of ${source}`), receivedAt: at(0) });
      const person = { labeller: "person", version: "person:ada", label: "no_answer", labelledAt: at(2_000) } as const;
      await subject.load([decisionItem(made), labelItem(reading(source)), labelItem(reading(source, person))]);
      const known = (ms: number) => conversions(source, "label:outcome=interested", { knownAt: at(ms) });
      expect([await known(999), await known(1_000), await known(1_999), await known(2_000)]).toEqual([0, 1, 1, 0]);
      expect(await conversions(source, "label:outcome=no_answer", { knownAt: at(2_000) })).toBe(1);
    });

    it("are measured by their definition, whatever was read by whom and in whatever order it was loaded", async () => {
      const one = fc.record({
        messageId: fc.constantFrom("m-1", "m-2", "m-3"),
        labeller: fc.constantFrom("model", "provider", "person"),
        version: fc.constantFrom("a", "b"),
        nth: fc.nat(1),
        label: fc.constantFrom("interested", "no_answer", CANNOT_TELL),
        labelledAt: fc.integer({ min: 0, max: 3 }).map(at),
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(one, { maxLength: 12 }), async (told) => {
          run += 1;
          const source = `labels-law-${run}`;
          const units = ["m-1", "m-2", "m-3"].map((id) => unitId(`${id} of ${source}`));
          const decisions = units.map((unit, i) =>
            decisionItem(exampleDecision(source, `${source}-${i}`, { unitId: unit })),
          );
          const labels = told.map((part) =>
            reading(source, { ...part, unitId: unitId(`${part.messageId} of ${source}`) }),
          );
          // The first reading under an id stands; the inbox lets no second one through.
          const first = [...new Map(labels.toReversed().map((label) => [labelId(label), label])).values()];
          await subject.load([...decisions, ...first.map(labelItem)]);
          for (const label of ["interested", "no_answer", CANNOT_TELL]) {
            const wanted = labelsInForce(first).filter((found) => found.label === label).length;
            expect(await conversions(source, `label:outcome=${label}`)).toBe(wanted);
          }
        }),
        { numRuns: 15, endOnFailure: true },
      );
    }, 120_000);
  });
}
