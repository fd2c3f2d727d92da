import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentId } from "../ids.ts";
import { chances, exampleLever } from "../loop-examples.contract.ts";
import { choiceLeverNamed, probabilitiesFor, withEdits } from "./playbook.ts";
import { ALL, isWithin, lineageOf, segmentOf } from "./segment.ts";

const levels = [{ field: "region" }, { field: "employees", breaks: [50, 500] }];

describe("a unit's segment", () => {
  it.each([
    [{ region: "EMEA", employees: 49 }, "all/region=EMEA/employees=<50"],
    [{ region: "EMEA", employees: 50 }, "all/region=EMEA/employees=50–<500"],
    [{ region: "EMEA", employees: 500 }, "all/region=EMEA/employees=≥500"],
    [{ region: "EMEA" }, "all/region=EMEA/employees=(none)"],
    [{ region: null, employees: 5 }, "all/region=(none)/employees=<50"],
    [{ region: "", employees: "unknown" }, "all/region=(none)/employees=unknown"],
    [{ region: true, employees: 5 }, "all/region=true/employees=<50"],
  ])("of %j is %s", (context, segment) => {
    expect(segmentOf(levels, context)).toBe(segment);
  });

  it("is `all` where the lever has no levels", () => {
    expect(segmentOf([], { region: "EMEA" })).toBe(ALL);
  });

  it("keeps its depth whatever a value holds: slashes, control characters, halves of emoji (law)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 120 }), (region) => {
        const segment = segmentOf(levels, { region, employees: 5 });
        expect(segment.split("/")).toHaveLength(3);
        expect(Buffer.from(segment, "utf8").toString("utf8")).toBe(segment);
      }),
    );
    // Old code threw on the first and cut the second in half.
    expect(segmentOf([{ field: "note" }], { note: "two\nlines" })).toBe("all/note=two�lines");
    expect(segmentOf([{ field: "note" }], { note: "😀".repeat(41) })).toBe(`all/note=${"😀".repeat(40)}`);
    expect(segmentOf([{ field: "note" }], { note: "\ud800" })).toBe("all/note=�");
  });
});

describe("inheritance", () => {
  const emea = segmentId("all/region=EMEA");
  const lever = exampleLever({ segments: { all: chances(1, 0, 0), [emea]: chances(0, 1, 0) } });

  it("gives a segment its own value, else its nearest ancestor's", () => {
    expect(probabilitiesFor(lever, emea)).toEqual(chances(0, 1, 0));
    expect(probabilitiesFor(lever, segmentId("all/region=EMEA/employees=<50"))).toEqual(chances(0, 1, 0));
    expect(probabilitiesFor(lever, segmentId("all/region=APAC"))).toEqual(chances(1, 0, 0));
  });

  it("goes by whole parts of the path, not by prefix", () => {
    expect(lineageOf(segmentId("all/region=EMEA/size=1"))).toEqual([
      "all/region=EMEA/size=1",
      "all/region=EMEA",
      "all",
    ]);
    expect(isWithin(segmentId("all/region=EMEA2"), emea)).toBe(false);
    expect(isWithin(emea, emea)).toBe(true);
  });

  it("of an edit changes its segment and those below without a value of their own, and nothing else", () => {
    const edit = { lever: "content", segment: ALL, from: chances(1, 0, 0), to: chances(0, 0, 1) };
    const playbook = { version: 1, levers: [lever], changeId: null, parent: null };
    const edited = choiceLeverNamed(withEdits(playbook, [edit]), "content");
    expect(probabilitiesFor(edited, segmentId("all/region=APAC"))).toEqual(chances(0, 0, 1));
    expect(probabilitiesFor(edited, emea)).toEqual(chances(0, 1, 0));
    expect(playbook.levers).toEqual([lever]);
  });
});
