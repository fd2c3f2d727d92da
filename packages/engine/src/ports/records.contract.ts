import { describe, expect, it } from "vitest";
import { personRef, unitId } from "../ids.ts";
import type { RecordVersion } from "../signals/records/record-version.ts";
import { instant } from "../time.ts";
import { decisionItem, exampleDecision, exampleSignal, START_MS } from "./example-facts.contract.ts";
import type { StateStore } from "./state-store.ts";

const at = (ms: number) => instant(START_MS + ms);
const version = (object: string, ms: number, told: Partial<RecordVersion> = {}): RecordVersion => ({
  kind: "opportunity",
  source: "crm",
  object,
  updatedAt: at(ms),
  digest: `digest of ${object} at ${ms}`,
  fields: { stage: "demo", amount: 1.5, icp: true, owner_id: null },
  roles: [{ person: personRef("p_role"), role: "champion" }],
  reported: ["created", "stage"],
  ...told,
});

/** Objects of CRMs, and what joins units, in a state store. */
export function specifyRecords(store: () => StateStore): void {
  describe("records", () => {
    it("keeps every version of an object whole, in order of time, and replaces one under its own name", async () => {
      const [one, two] = [version("o-1", 20), version("o-1", 9, { roles: null, reported: [] })];
      await store().putRecordVersions([one, two, version("o-2", 1)], []);
      await store().putRecordVersions([{ ...one, fields: {} }], []);
      expect(await store().recordVersions([one])).toEqual([two, { ...one, fields: {} }]);
      expect(await store().recordVersions([])).toEqual([]);
      expect(await store().recordVersions([{ ...one, source: "another" }])).toEqual([]);
      await store().putRecordVersions([one], [two]);
      expect(await store().recordVersions([two])).toEqual([one]);
    });

    it("writes versions with the acknowledgement of the signal that they tell, and with no other", async () => {
      const [told, again] = [version("o-told", 1), version("o-told", 2)];
      const signal = exampleSignal("crm", "tells o-told");
      const { source, messageId } = signal;
      const item = { kind: "signal", source, messageId, signal, records: [told] } as const;
      expect(await store().acknowledge([item])).toEqual(["accepted"]);
      expect(await store().recordVersions([told])).toEqual([told]);
      // The same message, whatever it says of its object.
      expect(await store().acknowledge([{ ...item, records: [again] }])).toEqual(["duplicate"]);
      expect(await store().recordVersions([told])).toEqual([told]);
      const segment = await store().openSegment(10_000);
      expect(JSON.stringify(segment)).not.toContain("o-told at");
    });

    it("lists objects of a kind once each, page by page", async () => {
      await store().putRecordVersions(
        ["b", "a"].flatMap((id) => [account(id, 1), account(id, 2)]),
        [],
      );
      const [first] = await store().recordKeys({ kind: "account", limit: 1 });
      expect(first).toEqual({ kind: "account", source: "crm", object: "a" });
      if (first === undefined) throw new Error("unreachable");
      expect(
        (await store().recordKeys({ kind: "account", after: first, limit: 9 })).map(({ object }) => object),
      ).toEqual(["b"]);
    });

    it("forgets contacts and leads with their people, and nothing else", async () => {
      const kept = version("p_erased", 1);
      await store().putRecordVersions(
        [kept, version("p_erased", 1, { kind: "contact" }), version("p_erased", 2, { kind: "lead" })],
        [],
      );
      await store().forgetPeople(["p_erased"]);
      const keys = (["contact", "lead", "opportunity"] as const).map((kind) => ({ ...kept, kind }));
      expect(await store().recordVersions(keys)).toEqual([kept]);
    });

    it("knows when each unit was first decided for, by the engine", async () => {
      const decision = { ...exampleDecision("engine", "d-first"), unitId: unitId("first"), decidedAt: at(7) };
      const later = { ...exampleDecision("engine", "d-later"), unitId: unitId("first"), decidedAt: at(9) };
      const imported = { ...exampleDecision("import:log", "d-imported"), unitId: unitId("imported") };
      const before = await store().decidedUnits();
      await store().acknowledge([decisionItem(later), decisionItem(decision), decisionItem(imported)]);
      expect(await store().decidedUnits()).toBe(before + 1);
      expect(await store().firstDecided([unitId("first"), unitId("imported"), unitId("nobody")])).toEqual(
        new Map([[unitId("first"), at(7)]]),
      );
    });

    it("lists the rows of one relation", async () => {
      const row = (ref: string, value: string) =>
        ({ ref: personRef(ref), relation: "same_as", value, firstAt: at(1) }) as const;
      await store().learn([row("p_rel2", "p_rel1"), row("p_rel1", "p_rel2")]);
      const rows = await store().peopleRelated("same_as");
      expect(rows.filter(({ ref }) => ref.startsWith("p_rel"))).toEqual([
        row("p_rel1", "p_rel2"),
        row("p_rel2", "p_rel1"),
      ]);
    });
  });
}

const account = (object: string, ms: number): RecordVersion => version(object, ms, { kind: "account" });
