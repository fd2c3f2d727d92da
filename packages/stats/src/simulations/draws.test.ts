import { expect, it } from "vitest";
import { mersenneRng } from "../index.ts";
import { binomialDraw, exponentialDraw, repeat } from "./draws.ts";

it("binomialDraw has the mean n·p and the share (1 − p)^n of zeros", () => {
  const runs = 20_000;
  const draw = binomialDraw(mersenneRng(1), { n: 100, rate: 0.02 });
  const seen = repeat(runs, draw);
  const none = 0.98 ** 100;
  // Standard errors: √(n p (1 − p)/runs) of a mean, √(q(1 − q)/runs) of a share; four of each.
  expect(Math.abs(seen.reduce((t, x) => t + x, 0) / runs - 2)).toBeLessThan(4 * Math.sqrt((2 * 0.98) / runs));
  expect(Math.abs(seen.filter((x) => x === 0).length / runs - none)).toBeLessThan(
    4 * Math.sqrt((none * (1 - none)) / runs),
  );
});

it("exponentialDraw has its mean", () => {
  const runs = 20_000;
  const total = repeat(runs, exponentialDraw(mersenneRng(2), 3)).reduce((t, x) => t + x, 0);
  // The standard deviation is the mean.
  expect(Math.abs(total / runs - 3)).toBeLessThan((4 * 3) / Math.sqrt(runs));
});
