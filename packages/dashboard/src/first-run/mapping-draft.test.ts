import { mappingDocumentSchema, type MappingDocument, type MappingGuess } from "@ratchet/protocol";
import { describe, expect, it } from "vitest";
import { draftOf, mappingOf, openQuestions, outcomeOf, ROW, sourceName } from "./mapping-draft.ts";

const map: MappingDocument = {
  api_version: "ratchet.map/v1",
  name: "spring",
  unit: { column: "account" },
  time: { column: "sent_at", format: "DD.MM.YYYY" },
  action: { column: "arm", values: { a: "email", b: "call" } },
  baseline: "email",
  assignment: "randomised",
  propensity: "uniform",
  context: ["region", { column: "size", as: "employees", type: "number" }],
  segments: [{ field: "region" }, { field: "employees", breaks: [50] }],
  outcomes: [
    {
      id: "won",
      kind: "conversion",
      column: "won",
      positive: ["W"],
      at: "won_at",
      window: "30d",
      minimum_effect: 0.02,
    },
  ],
  objective: "won",
};
const guess: MappingGuess = { mapping: map, yaml: "", notes: [], columns: [], preview: [] };

describe("a draft", () => {
  it("that nobody touched gives the guess back, and what it gives is valid", () => {
    const mapping = mappingOf(draftOf(guess, "x.csv"), map);
    expect(mapping).toEqual({ ...map, guardrails: [] });
    expect(mappingDocumentSchema.safeParse(mapping).success).toBe(true);
  });
  it("by row order has no windows, and without random assignment no propensity", () => {
    const draft = { ...draftOf(guess, "x.csv"), time: ROW, assignment: "observational" as const };
    const mapping = mappingOf(draft, map);
    expect(mapping?.outcomes[0]).not.toHaveProperty("window");
    expect(mapping).not.toHaveProperty("propensity");
    expect(mappingDocumentSchema.safeParse(mapping).success).toBe(true);
  });
  it("drops a segment whose field is no longer context, and never takes an outcome as context", () => {
    const mapping = mappingOf({ ...draftOf(guess, "x.csv"), context: ["size", "won"] }, map);
    expect(mapping?.segments).toEqual([{ field: "employees", breaks: [50] }]);
    expect(mapping?.context).toEqual([{ column: "size", as: "employees", type: "number" }]);
  });
  it("without a guess names its open questions and gives nothing until they are answered", () => {
    const open = draftOf({ ...guess, mapping: null }, "Q3 Emails.csv.gz");
    expect(openQuestions(open)).toHaveLength(6);
    expect(mappingOf(open, null)).toBeNull();
    const answered = {
      ...open,
      unit: ROW,
      time: ROW,
      action: "arm",
      baseline: "a",
      outcomes: [outcomeOf("Meeting Held?", ["yes", "no", ""])],
      objective: "meeting_held",
    };
    expect(openQuestions(answered)).toEqual([]);
    expect(mappingDocumentSchema.safeParse(mappingOf(answered, null)).success).toBe(true);
  });
});

describe("names", () => {
  it("become words that a mapping accepts", () => {
    expect(sourceName("Q3 Emails.csv.gz")).toBe("q3-emails");
    expect(sourceName("…")).toBe("my-csv");
    expect(outcomeOf("2nd spend €", ["12.5", "0"])).toMatchObject({ id: "nd_spend", kind: "value" });
  });
});
