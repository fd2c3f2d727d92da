import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitId } from "../ids.ts";
import { decide } from "./decide.ts";
import { AT, fiveFrame } from "./five-levers.contract.ts";
import { rank, type RankOutcome } from "./rank.ts";

const frame = fiveFrame();
const ranked = (contexts: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>): RankOutcome =>
  rank(
    frame,
    {
      point: "priority",
      units: Object.entries(contexts).map(([unit, context]) => ({ unitId: unitId(unit), context })),
    },
    AT,
  );

describe("ranking", () => {
  it("puts the likeliest first, each with its score, band and place", () => {
    const outcome = ranked({
      small: { employees: 10 },
      hot: { employees: 300, visited_pricing: true },
      warm: { employees: 300 },
    });
    if (outcome.kind === "refused") throw new Error(outcome.message);
    expect(
      outcome.ranked.map(({ position, decision }) => [
        position,
        decision.unitId,
        decision.action,
        decision.record?.score?.score,
      ]),
    ).toEqual([
      [1, "hot", "A", 1.5],
      [2, "warm", "B", 0],
      [3, "small", "C", -1.45],
    ]);
  });

  it("is the same order whatever order the units come in, and each unit is in it once (law)", () => {
    const unit = fc.tuple(fc.constantFrom("a", "b", "c", "d", "e", "f"), fc.integer({ min: 0, max: 5 }));
    const sizeOf = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (told) => {
        const units = told.map(([name, size]) => {
          // One size a unit: a unit that is told twice is told the same.
          const known = sizeOf.get(name) ?? size;
          sizeOf.set(name, known);
          return { unitId: unitId(name), context: { employees: 100 * known } };
        });
        const order = (list: typeof units) => {
          const outcome = rank(frame, { point: "priority", units: list }, AT);
          return outcome.kind === "refused" ? [] : outcome.ranked.map(({ decision }) => decision.unitId);
        };
        expect(order(units.toReversed())).toEqual(order(units));
        expect(new Set(order(units)).size).toBe(new Set(told.map(([name]) => name)).size);
      }),
    );
  });

  it("puts the greater score first among equally likely units, and the smaller id among equal scores (law)", () => {
    // Few sizes, so that scores are equal, and some beyond the ends of the calibration, so that only probabilities are.
    const size = fc.constantFrom(0, 10, 300, 2_000, 3_000, 1e6, 2e6);
    fc.assert(
      fc.property(fc.array(size, { minLength: 2, maxLength: 12 }), (sizes) => {
        const units = sizes.map((employees, i) => ({ unitId: unitId(`u${i}`), context: { employees } }));
        const outcome = rank(frame, { point: "priority", units }, AT);
        if (outcome.kind === "refused") throw new Error(outcome.message);
        const places = outcome.ranked.map(({ decision: { unitId: unit, record } }) => ({
          unit,
          chance: record?.score?.calibrated ?? Number.NaN,
          score: record?.score?.score ?? Number.NaN,
        }));
        expect(places).toEqual(
          places.toSorted((a, b) => b.chance - a.chance || b.score - a.score || (a.unit < b.unit ? -1 : 1)),
        );
      }),
    );
  });

  it("asks nobody to work what a rule took out, or what is only observed: they come last", () => {
    const units = ["a", "b", "c"].map((name, i) => ({ unitId: unitId(name), context: { employees: 400 - 100 * i } }));
    const eligible = ({
      unitId: unit,
      candidates,
    }: {
      readonly unitId: string;
      readonly candidates: readonly never[] | readonly string[];
    }) => (unit === "a" ? [] : candidates);
    const outcome = rank(
      fiveFrame({
        eligible: (question) => {
          const remaining = question.candidates.filter((action) => eligible(question).includes(action));
          const removed = question.candidates.filter((action) => !remaining.includes(action));
          return {
            funnel: {
              stages: [
                {
                  rule: "owned",
                  before: 3,
                  after: remaining.length,
                  removed: removed.map((action) => ({ action, why: "owned" })),
                },
              ],
            },
            remaining,
          };
        },
      }),
      { point: "priority", units },
      AT,
    );
    if (outcome.kind === "refused") throw new Error(outcome.message);
    expect(outcome.ranked.map(({ decision }) => [decision.unitId, decision.action])).toEqual([
      ["b", "B"],
      ["c", "C"],
      ["a", "do_nothing"],
    ]);
  });

  it("makes the decisions that asking one by one makes, to the byte (law)", () => {
    const context = fc.record(
      {
        employees: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        visited_pricing: fc.oneof(fc.boolean(), fc.constant("yes")),
        industry: fc.constantFrom("software", "retail", ""),
        region: fc.constantFrom("EMEA", "APAC"),
      },
      { requiredKeys: [] },
    );
    const mode = fc.constantFrom("live" as const, "test" as const);
    fc.assert(
      fc.property(
        fc.array(context, { maxLength: 9 }),
        fc.option(fc.constant("again"), { nil: undefined }),
        mode,
        (told, key, asked) => {
          const how = { mode: asked, ...(key === undefined ? {} : { idempotencyKey: key }) };
          const units = told.map((about, i) => ({ unitId: unitId(`unit-${i}`), context: about }));
          const outcome = rank(frame, { point: "priority", units, ...how }, AT);
          if (outcome.kind === "refused") throw new Error(outcome.message);
          const alone = outcome.ranked.map(({ decision: { unitId: unit, context: about } }) =>
            // A frame of its own: nothing that was remembered for the ranking is there.
            decide(fiveFrame(), { point: "priority", unitId: unit, context: about, ...how }, AT),
          );
          expect(outcome.ranked.map(({ decision }) => JSON.stringify({ kind: "decided", decision }))).toEqual(
            alone.map((one) => JSON.stringify(one)),
          );
          expect(outcome.ranked).toHaveLength(told.length);
        },
      ),
    );
  });

  it("is refused where no score is made", () => {
    expect(rank(frame, { point: "content", units: [] }, AT)).toMatchObject({ kind: "refused", reason: "not-a-score" });
    expect(rank(frame, { point: "elsewhere", units: [{ unitId: unitId("a"), context: {} }] }, AT)).toMatchObject({
      kind: "refused",
      reason: "unknown-point",
    });
  });
});
