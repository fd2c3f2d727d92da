import { expect, it } from "vitest";
import * as simulator from "./index.ts";

it("exports exactly this; a change here is a change of the public interface", () => {
  expect(Object.keys(simulator).toSorted()).toMatchInlineSnapshot(`
    [
      "SAMPLE_STORY",
      "replay",
      "replayPolicy",
      "sampleCompany",
      "simulateCompany",
    ]
  `);
});
