import { expect, it } from "vitest";
import { ascendingOrder } from "./ascending-order.ts";
import { mersenneRng, normalDraw } from "./random.ts";

it.each([10, 4095, 4096, 20_000])(
  "orders %i keys as a comparing sort does, ties by position, whatever their sign and size",
  (n) => {
    const draw = normalDraw(mersenneRng(n), { mean: 0, standardDeviation: 1 });
    const keys = Array.from({ length: n }, (_, i) =>
      i % 3 === 0 ? Math.round(draw()) : draw() * 10 ** ((i % 40) - 20),
    );
    keys.push(Infinity, -Infinity, 0, -0, 5e-324, -5e-324);
    const expected = keys
      .map((_, i) => i)
      .sort((a, b) => (keys[a] === keys[b] ? a - b : (keys[a] ?? 0) < (keys[b] ?? 0) ? -1 : 1));
    expect([...ascendingOrder(keys)]).toEqual(expected);
  },
);

it("orders keys that differ only in their last bits, too many to be put right one by one", () => {
  const draw = normalDraw(mersenneRng(7), { mean: 0, standardDeviation: 2 ** -26 });
  const keys = Array.from({ length: 20_000 }, (_, i) => (i % 5 === 0 ? 1.5 : 1.5 + draw()));
  const expected = keys.map((_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  expect([...ascendingOrder(keys)]).toEqual(expected);
});
