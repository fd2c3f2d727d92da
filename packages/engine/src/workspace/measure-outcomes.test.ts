import { expect, it } from "vitest";
import { accountRef } from "../ids.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { mergedRows } from "../signals/sighting.ts";
import { instant } from "../time.ts";
import { readingOf } from "./measure-outcomes.ts";

it("reads facts as they stand where nothing is to be corrected, and merged units as one", async () => {
  const state = memoryStateStore();
  expect(await readingOf(state)).toEqual({});
  expect(await readingOf(state, instant(9))).toEqual({ knownAt: 9 });
  await state.learn(mergedRows(accountRef("a_1"), accountRef("a_2"), instant(10)));
  expect(await readingOf(state, instant(9))).toEqual({
    merges: [{ units: ["a_1", "a_2"], knownAt: 10 }],
    knownAt: 9,
  });
});
