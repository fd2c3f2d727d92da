import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { krippendorffAlpha, type LabelAgreement } from "./label-agreement.ts";

function accepted(answer: ReturnType<typeof krippendorffAlpha>): LabelAgreement {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

/** Rows of observers as published, `.` where one did not label; turned into lists by unit. */
function byUnit(...observers: readonly string[]): readonly (readonly number[])[] {
  const rows = observers.map((row) => row.split(" "));
  return (rows[0] ?? []).map((_, unit) =>
    rows.flatMap((row) => (row[unit] === "." || row[unit] === undefined ? [] : [Number(row[unit])])),
  );
}

describe("Krippendorff's alpha", () => {
  it("is 0.743 on the published example of four observers with gaps", () => {
    // Krippendorff (2011), section C: nominal alpha 0.743 from 40 pairable values.
    const units = byUnit(
      "1 2 3 3 2 1 4 1 2 . . .",
      "1 2 3 3 2 2 4 1 2 5 . 3",
      ". 3 3 3 2 3 4 2 2 5 1 .",
      "1 2 3 3 2 4 4 1 2 5 1 .",
    );
    expect(accepted(krippendorffAlpha(units)).alpha).toBeCloseTo(0.743, 3);
  });

  it("is 0.095 on the published example of two observers who mostly differ by chance", () => {
    // Krippendorff (2011), section A; 6 of 10 pairs agree.
    const answer = accepted(krippendorffAlpha(byUnit("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")));
    expect(answer.alpha).toBeCloseTo(0.095, 3);
    expect(answer.observed).toBeCloseTo(0.6, 12);
  });

  it("is 1 where everybody agrees, and near 0 where labels are dealt by chance", () => {
    expect(
      accepted(
        krippendorffAlpha([
          [0, 0],
          [1, 1, 1],
          [2, 2],
        ]),
      ).alpha,
    ).toBe(1);
    const rng = mersenneRng(3);
    const dealt = Array.from({ length: 4000 }, () => [Math.floor(rng.next() * 4), Math.floor(rng.next() * 4)]);
    // Alpha of chance has a standard error of sqrt(p(1 − p)/n)/D_e = sqrt(3/16/4000)/0.75 = 0.0091; four of them.
    expect(Math.abs(accepted(krippendorffAlpha(dealt)).alpha)).toBeLessThan(0.037);
  });

  it("has an interval that holds the truth as often as it says", () => {
    // Both say the truth with probability 0.8, else one of three labels by chance: they agree by more than chance in 0.64 of the units.
    const rng = mersenneRng(7);
    const label = (truth: number): number => (rng.next() < 0.8 ? truth : Math.floor(rng.next() * 3));
    const runs = 200;
    const held = Array.from({ length: runs }, () => {
      const units = Array.from({ length: 150 }, () => {
        const truth = Math.floor(rng.next() * 3);
        return [label(truth), label(truth)];
      });
      const { lower, upper } = accepted(krippendorffAlpha(units));
      return Number(lower <= 0.64 && 0.64 <= upper);
    }).reduce((sum, one) => sum + one, 0);
    // 0.95 of 200 with a standard error of 0.0154: four of them below.
    expect(held / runs).toBeGreaterThan(0.95 - 4 * 0.0154);
  });

  it("does not ask who gave which label, nor in which order units come", () => {
    const unit = fc.array(fc.nat(3), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
        const turned = units.map((labels) => labels.toReversed());
        expect(krippendorffAlpha(turned)).toEqual(krippendorffAlpha(units));
        const [one, other] = [krippendorffAlpha(units), krippendorffAlpha(units.toReversed())];
        const alphaOf = (answer: typeof one): number => (answer.kind === "estimate" ? answer.alpha : -9);
        expect(alphaOf(other)).toBeCloseTo(alphaOf(one), 12);
      }),
    );
  });

  it("refuses where nothing was labelled twice, and where chance cannot disagree", () => {
    expect(krippendorffAlpha([[0], [1], []])).toMatchObject({ reason: "too-few" });
    expect(
      krippendorffAlpha([
        [0, 0],
        [0, 0],
      ]),
    ).toMatchObject({ reason: "one-class" });
    expect(
      krippendorffAlpha([
        [0, 0.5],
        [0, 0],
      ]),
    ).toMatchObject({ reason: "invalid-input" });
  });
});
