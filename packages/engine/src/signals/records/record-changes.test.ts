import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant } from "../../time.ts";
import { untoldChanges, type RecordChange } from "./record-changes.ts";
import { foldOldest, recordState, type RecordVersion } from "./record-version.ts";

const day = (n: number) => instant(Date.UTC(2026, 2, n));
const version = (n: number, fields: RecordVersion["fields"]): RecordVersion => ({
  kind: "opportunity",
  source: "crm",
  object: "o-1",
  updatedAt: day(n),
  digest: `d${n}`,
  fields,
  roles: null,
  reported: [],
});

/** What is told when versions come one after the other. */
function toldBy(arriving: readonly RecordVersion[]): readonly RecordChange[] {
  let known: readonly RecordVersion[] = [];
  const told: RecordChange[] = [];
  for (const one of arriving) {
    const { changes, marked } = untoldChanges([...known, one]);
    told.push(...changes);
    known = [...known, one].map((before) => marked.find(({ updatedAt }) => updatedAt === before.updatedAt) ?? before);
  }
  return told;
}
const words = (changes: readonly RecordChange[]) =>
  changes.map(({ type, properties, updatedAt }) =>
    [type, properties["to"] ?? "", new Date(updatedAt).getUTCDate()].join(" ").replace("  ", " "),
  );

describe("the versions of an opportunity", () => {
  it("tell its creation, its stages, its amounts and its end, once each", () => {
    const arriving = [
      version(1, { stage: "demo", status: "open", amount: 10, currency: "EUR", owner_id: "ann" }),
      version(2, { stage: "demo", status: "open", amount: 12, currency: "EUR", owner_id: "ann" }),
      version(3, { stage: "signed", status: "won", amount: 12, currency: "EUR", owner_id: "bob" }),
    ];
    const told = toldBy(arriving);
    expect(words(told)).toEqual([
      "opportunity_created 1",
      "stage_changed demo 1",
      "opportunity_amount_changed 2",
      "stage_changed signed 3",
      "owner_changed 3",
      "opportunity_won 3",
    ]);
    expect(told.find(({ type }) => type === "opportunity_won")).toMatchObject({ amount: 12, currency: "EUR" });
    expect(told.find(({ properties }) => properties["to"] === "signed")?.properties).toMatchObject({ from: "demo" });
  });
  it("that come late fit in between: what they split is told, what they lengthen is not told again", () => {
    const demo = version(1, { stage: "demo" });
    const signed = version(5, { stage: "signed" });
    expect(words(toldBy([demo, signed, version(3, { stage: "proposal" })])).slice(2)).toEqual([
      "stage_changed signed 5",
      "stage_changed proposal 3",
    ]);
    expect(words(toldBy([demo, signed, version(4, { stage: "signed" })])).slice(3)).toEqual([]);
    expect(words(toldBy([demo, version(5, { stage: "demo" }), version(3, { stage: "proposal" })])).slice(2)).toEqual([
      "stage_changed proposal 3",
      "stage_changed demo 5",
    ]);
  });
  it("tell a deal that was won, opened again and won as two wins, and a day that a close is expected on as none", () => {
    const told = toldBy([
      version(1, { status: "open", closed_at: "2026-09-01" }),
      version(2, { status: "won", closed_at: "2026-03-01T12:00:00Z" }),
      version(3, { status: "open" }),
      version(4, { status: "won" }),
    ]);
    expect(words(told)).toEqual([
      "opportunity_created 1",
      "opportunity_won 2",
      "opportunity_reopened 3",
      "opportunity_won 4",
    ]);
    expect(told[1]?.occurredAt).toBe(Date.UTC(2026, 2, 1, 12));
  });
});

const anyVersions = fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { maxLength: 8 }).chain((days) =>
  fc.tuple(
    ...days.map((n) =>
      fc
        .record(
          {
            stage: fc.constantFrom("a", "b", null),
            status: fc.constantFrom("open", "won", "lost"),
            amount: fc.constantFrom(1, 2),
            owner_id: fc.constantFrom("x", "y"),
          },
          { requiredKeys: [] },
        )
        .map((fields) => version(n, fields)),
    ),
  ),
);

describe("any order of arrival", () => {
  /** Everything but times and amounts that were known later: in order, what each object went through. */
  const runs = (changes: readonly RecordChange[]) =>
    changes.map(
      ({ type, properties }) => `${type} ${String(properties["to"] ?? "")}${String(properties["owner"] ?? "")}`,
    );
  it("tells the same things as often, and ends in the same state", () => {
    fc.assert(
      fc.property(
        anyVersions.chain((versions) =>
          fc.tuple(fc.constant(versions), fc.shuffledSubarray([...versions], { minLength: versions.length })),
        ),
        ([versions, shuffled]) => {
          const ordered = versions.toSorted((a, b) => a.updatedAt - b.updatedAt);
          expect(runs(toldBy(shuffled)).toSorted()).toEqual(runs(toldBy(ordered)).toSorted());
          fc.pre(versions.length > 0);
          expect(recordState(shuffled)).toEqual(recordState(ordered));
        },
      ),
    );
  });
  it("tells nothing that is told already", () => {
    fc.assert(
      fc.property(anyVersions, (versions) => {
        const { marked } = untoldChanges(versions);
        const known = versions.map(
          (before) => marked.find(({ updatedAt }) => updatedAt === before.updatedAt) ?? before,
        );
        expect(untoldChanges(known).changes).toEqual([]);
      }),
    );
  });
  it("keeps the state and what was told where the oldest versions are folded into one", () => {
    fc.assert(
      fc.property(anyVersions, fc.integer({ min: 1, max: 8 }), (versions, max) => {
        const { marked } = untoldChanges(versions);
        const known = versions
          .map((before) => marked.find(({ updatedAt }) => updatedAt === before.updatedAt) ?? before)
          .toSorted((a, b) => a.updatedAt - b.updatedAt);
        const { kept, dropped } = foldOldest(known, max);
        expect(kept.length + dropped.length).toBe(versions.length);
        expect(untoldChanges(kept).changes).toEqual([]);
        fc.pre(kept.length > 0);
        expect(recordState(kept).fields).toEqual(recordState(known).fields);
      }),
    );
  });
});
