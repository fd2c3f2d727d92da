import { describe, expect, it } from "vitest";
import { chancesIn } from "./chances-in.ts";

const segments = { all: { email: 0.5, call: 0.5 }, "all/EU": { email: 0.9, call: 0.1 } };

describe("the chances in a segment", () => {
  it("are its own, or its nearest ancestor's", () => {
    expect(chancesIn(segments, "all/EU")).toEqual({ email: 0.9, call: 0.1 });
    expect(chancesIn(segments, "all/EU/CFO")).toEqual({ email: 0.9, call: 0.1 });
    expect(chancesIn(segments, "all/US/CFO")).toEqual({ email: 0.5, call: 0.5 });
  });
  it("are unknown where nobody has any", () => {
    expect(chancesIn({}, "all/EU")).toBeNull();
  });
});
