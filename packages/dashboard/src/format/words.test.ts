import { describe, expect, it } from "vitest";
import { actorName, capital, counted, listed, segmentName, sentence } from "./words.ts";

describe("words", () => {
  it("begin sentences with a capital, but never respell an id", () => {
    expect(capital("waits for approval")).toBe("Waits for approval");
    expect(capital("chg-0003 was promoted")).toBe("chg-0003 was promoted");
    expect(capital("person:owner approved")).toBe("person:owner approved");
    expect(actorName("person:owner")).toBe("owner");
    expect(capital("max_step: at most 25 points")).toBe("max_step: at most 25 points");
  });
  it("end sentences once", () => {
    expect([sentence("wait a week"), sentence("Done.")]).toEqual(["Wait a week.", "Done."]);
  });
  it("name segments by their levels, values as the data spell them", () => {
    expect(segmentName("all")).toBe("All units");
    expect(segmentName("all/company_size=50-500/region=EU")).toBe("company size: 50-500 › region: EU");
  });
  it("join and count as people do", () => {
    expect(listed(["a", "b", "c"])).toBe("a, b and c");
    expect([counted(1, "row"), counted(1200, "row")]).toEqual(["1 row", "1,200 rows"]);
  });
});
