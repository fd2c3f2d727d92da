import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { ENGINE } from "../ids.ts";
import { NOON } from "../loop-examples.contract.ts";
import { later } from "../time.ts";
import { chain, GENESIS, verifyLedger, type LedgerDraft, type LedgerEntry } from "./ledger.ts";

const drafts: readonly LedgerDraft[] = Array.from({ length: 8 }, (_, i) => ({
  at: later(NOON, i),
  actor: ENGINE,
  body: { kind: "cycle.completed", cycle: i + 1, summary: `cycle ${i + 1}` },
}));
const whole = chain(GENESIS, drafts);

const broken = (entries: readonly LedgerEntry[]): boolean => verifyLedger(entries).kind === "broken";
const position = fc.nat({ max: whole.length - 1 });

describe("the ledger", () => {
  it("is whole as written, in one piece or in several", () => {
    const last = whole.at(-1);
    expect(verifyLedger(whole)).toEqual({ kind: "whole", head: { seq: 8, hash: last?.hash } });
    const first = chain(GENESIS, drafts.slice(0, 3));
    expect([...first, ...chain(first.at(-1) ?? GENESIS, drafts.slice(3))]).toEqual(whole);
    expect(verifyLedger([])).toEqual({ kind: "whole", head: GENESIS });
  });

  it("shows an edited entry, wherever and whatever was edited (law)", () => {
    const edits: readonly ((entry: LedgerEntry) => LedgerEntry)[] = [
      (entry) => ({ ...entry, at: later(entry.at, 1) }),
      (entry) => ({ ...entry, body: { kind: "cycle.completed", cycle: 99, summary: "" } }),
      (entry) => ({ ...entry, seq: entry.seq + 1 }),
      (entry) => ({ ...entry, hash: digestOf("another") }),
      (entry) => ({ ...entry, previous: digestOf("another") }),
    ];
    fc.assert(
      fc.property(position, fc.constantFrom(...edits), (at, edit) => {
        expect(broken(whole.map((entry, i) => (i === at ? edit(entry) : entry)))).toBe(true);
      }),
    );
  });

  it("shows an edit whose own hash was made to fit, by the entry after it", () => {
    const forged = chain(GENESIS, [
      { at: NOON, actor: ENGINE, body: { kind: "cycle.completed", cycle: 7, summary: "" } },
    ]);
    expect(verifyLedger([...forged, ...whole.slice(1)])).toMatchObject({ kind: "broken", seq: 2 });
  });

  it("shows an entry that was dropped, repeated, inserted or swapped with another (law)", () => {
    fc.assert(
      fc.property(position, position, (i, j) => {
        fc.pre(i < j);
        expect(broken(whole.filter((_, k) => k !== i))).toBe(true);
        expect(broken(whole.toSpliced(j, 0, ...whole.slice(i, i + 1)))).toBe(true);
        const other = (k: number): number => (k === i ? j : k === j ? i : k);
        expect(broken(whole.flatMap((_, k) => whole.slice(other(k), other(k) + 1)))).toBe(true);
      }),
    );
  });

  it("cut off at its end still reads as whole: only a head that was kept elsewhere tells", () => {
    expect(verifyLedger(whole.slice(0, 5))).toMatchObject({ kind: "whole", head: { seq: 5 } });
  });
});
