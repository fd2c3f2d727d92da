import { describe, expect, it } from "vitest";
import { labelSignalOf } from "./label.ts";

describe("a metric's signal", () => {
  it.each([
    ["label:outcome=interested", { field: "outcome", label: "interested" }],
    ["label:next_step=cannot_tell", { field: "next_step", label: "cannot_tell" }],
    ["reply", null],
    ["label:outcome", null],
    ["label:outcome=", null],
    ["label:Outcome=x", null],
    ["label:a=b=c", null],
    ["label:a=b' OR 1", null],
  ])("%s is about %j", (type, wanted) => {
    expect(labelSignalOf(type)).toEqual(wanted);
  });
});
