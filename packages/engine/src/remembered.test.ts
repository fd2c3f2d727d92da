import { expect, it } from "vitest";
import { Remembered } from "./remembered.ts";

it("keeps the latest keys, those that are asked for longest, and never more than two generations", () => {
  const remembered = new Remembered<number>(3);
  for (const [value, key] of ["a", "b", "c", "d"].entries()) remembered.set(key, value);
  expect(["a", "b", "c", "d"].map((key) => remembered.get(key))).toEqual([0, 1, 2, 3]);
  for (const key of ["e", "f"]) {
    remembered.set(key, 9);
    remembered.get("a");
  }
  const kept = ["a", "b", "c", "d", "e", "f"].filter((key) => remembered.get(key) !== undefined);
  expect(kept).toContain("a");
  expect(kept.length).toBeLessThanOrEqual(6);
  remembered.clear();
  expect(remembered.get("a")).toBeUndefined();
});

it("forgets what nobody asks for", () => {
  const remembered = new Remembered<string>(2);
  for (const key of ["a", "b", "c", "d", "e"]) remembered.set(key, key);
  expect(["a", "b", "c", "d", "e"].map((key) => remembered.get(key))).toEqual([undefined, undefined, "c", "d", "e"]);
});

it("takes another answer in place of one", () => {
  const remembered = new Remembered<string>(1);
  remembered.set("a", "one");
  remembered.set("a", "two");
  expect(remembered.get("a")).toBe("two");
});
