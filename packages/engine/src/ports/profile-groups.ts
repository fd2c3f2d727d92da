import { instant, type Instant } from "../time.ts";
import { compareCodePoints } from "./code-point-order.ts";

/** The beginning of the UTC day or hour that a time lies in. */
export function beginning(at: Instant, lengthMs: number): Instant {
  return instant(Math.floor(at / lengthMs) * lengthMs);
}

/** Items by key, in order of the keys: numbers as numbers, texts by code points. */
export function groups<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => readonly (string | number)[],
): readonly (readonly [readonly (string | number)[], readonly Item[]])[] {
  const found = new Map<string, { readonly key: readonly (string | number)[]; readonly items: Item[] }>();
  for (const item of items) {
    const key = keyOf(item);
    const name = key.join("\0");
    const known = found.get(name);
    if (known === undefined) found.set(name, { key, items: [item] });
    else known.items.push(item);
  }
  return [...found.values()]
    .toSorted((a, b) => compareKeys(a.key, b.key))
    .map(({ key, items: own }) => [key, own] as const);
}

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    const order = typeof x === "number" && typeof y === "number" ? x - y : compareCodePoints(String(x), String(y));
    if (order !== 0) return order;
  }
  return 0;
}
