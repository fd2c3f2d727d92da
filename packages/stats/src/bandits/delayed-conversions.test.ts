import { expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { mersenneRng, type Rng } from "../numerics/random.ts";
import { delayedRate, type DelayedUnits } from "./delayed-conversions.ts";

const shareByAge = (age: number): number => 1 - Math.exp(-age / 5);

/** Units exposed evenly over 30 days, of which 20 % convert, after an exponential delay of 5 days on average. */
function exposed(rng: Rng, n: number): DelayedUnits {
  const ages = Array.from({ length: n }, () => 30 * rng.next());
  return { ages, converted: ages.map((age) => (rng.next() < 0.2 * shareByAge(age) ? 1 : 0)) };
}

it("both rules are unbiased where counting every unit is not, and the inflated one covers and is sharper", () => {
  const rng = mersenneRng(83);
  const RUNS = 400;
  let [plain, matured, inflated, missed, sharper] = [0, 0, 0, 0, 0];
  for (let run = 0; run < RUNS; run++) {
    const units = exposed(rng, 600);
    const [a, b] = [
      accepted(delayedRate(units, { kind: "matured-only", windowDays: 25 })),
      accepted(delayedRate(units, { kind: "inflated", shareByAge })),
    ];
    plain += Array.from(units.converted).reduce((t, x) => t + x, 0) / 600 / RUNS;
    matured += a.rate / RUNS;
    inflated += b.rate / RUNS;
    if (Math.abs(b.rate - 0.2) > 1.96 * b.standardError) missed++;
    if (b.standardError < a.standardError) sharper++;
  }
  // Standard error of the mean over 400 runs: at most 0.04/20 for about 100 mature units a run; F(25 days) is 0.993.
  expect(Math.abs(matured - 0.2 * 0.996)).toBeLessThan(4 * 0.002);
  expect(Math.abs(inflated - 0.2)).toBeLessThan(4 * 0.001);
  expect(plain).toBeLessThan(0.18);
  expect(missed / RUNS).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / RUNS));
  expect(sharper).toBe(RUNS);
});

it("is the plain rate when everything is mature", () => {
  const units = { ages: [9, 9, 9, 9], converted: [1, 0, 0, 1] };
  for (const rule of [
    { kind: "matured-only", windowDays: 7 },
    { kind: "inflated", shareByAge: () => 1 },
  ] as const)
    expect(delayedRate(units, rule)).toMatchObject({ effectiveUnits: 4, conversions: 2, rate: 0.5 });
});

it("counts an early conversion only when its unit is mature, or it would favour fast actions", () => {
  const units = { ages: [1, 9], converted: [1, 0] };
  expect(delayedRate(units, { kind: "matured-only", windowDays: 7 })).toMatchObject({
    effectiveUnits: 1,
    conversions: 0,
  });
});

it("refuses units that cannot be, and waits for the first that counts", () => {
  const rule = { kind: "matured-only", windowDays: 7 } as const;
  expect(delayedRate({ ages: [1], converted: [0] }, rule)).toMatchObject({ reason: "too-few" });
  expect(delayedRate({ ages: [], converted: [] }, rule)).toMatchObject({ reason: "too-few" });
  expect(delayedRate({ ages: [9], converted: [] }, rule)).toMatchObject({ reason: "invalid-input" });
  expect(delayedRate({ ages: [-1], converted: [0] }, rule)).toMatchObject({ reason: "invalid-input" });
  expect(delayedRate({ ages: [9], converted: [2] }, rule)).toMatchObject({ reason: "invalid-input" });
  expect(delayedRate({ ages: [9], converted: [1] }, { kind: "inflated", shareByAge: () => 2 })).toMatchObject({
    reason: "invalid-input",
  });
});
