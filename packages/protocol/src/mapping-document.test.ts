import { describe, expect, it } from "vitest";
import { issuesOf } from "./issues.ts";
import { mappingDocumentSchema } from "./mapping-document.ts";

const map = {
  api_version: "ratchet.map/v1",
  name: "spring-emails",
  unit: { column: "lead" },
  time: { column: "sent_at" },
  action: { column: "template", values: { A: "short", B: "long" } },
  baseline: "short",
  assignment: "randomised",
  propensity: { constant: { short: 0.5, long: 0.5 } },
  context: ["region", { column: "Employees", as: "employees", type: "number" }],
  segments: [{ field: "region" }, { field: "employees", breaks: [50, 500] }],
  outcomes: [
    { id: "reply", kind: "conversion", column: "replied", at: "replied_at", window: "14d", minimum_effect: 0.01 },
  ],
  objective: "reply",
};

function messages(change: Readonly<Record<string, unknown>>): readonly string[] {
  const written: unknown = JSON.parse(JSON.stringify({ ...map, ...change }));
  const parsed = mappingDocumentSchema.safeParse(written);
  return parsed.success ? [] : issuesOf(parsed.error).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("a mapping", () => {
  it("says which columns are unit, time, action, context and outcomes", () => {
    expect(messages({})).toEqual([]);
  });

  it("lists cells as the text that a CSV holds", () => {
    const outcomes = [
      { id: "won", kind: "conversion", column: "stage", positive: [1, true, "Won"], minimum_effect: 0.01 },
    ];
    expect(mappingDocumentSchema.parse({ ...map, objective: "won", outcomes }).outcomes[0]?.positive).toEqual([
      "1",
      "true",
      "Won",
    ]);
  });

  it.each([
    [{ typo: 1 }, "typo"],
    [{ assignment: "observational" }, "observational log has no propensities"],
    [{ propensity: undefined }, "needs a propensity"],
    [{ propensity: { constant: { short: 0.5, long: 0.4 } } }, "add up to 0.9"],
    [{ action: { column: "template" }, propensity: "uniform" }, "uniform needs the actions"],
    [{ action: { column: "template", only: ["long", "other"] } }, 'baseline "short" is not among'],
    [{ segments: [{ field: "Employees" }] }, '"Employees" is not a context field'],
    [{ segments: [{ field: "employees", breaks: [500, 50] }] }, "breaks must rise"],
    [{ segments: [{ field: "region", breaks: [1] }] }, "breaks cut numbers"],
    [{ context: ["region", "region"], segments: [] }, '"region" is named twice'],
    [{ objective: "won" }, 'objective "won" is not among'],
    [{ guardrails: ["complaint"] }, 'guardrail "complaint" is not among'],
    [{ time: { row_order: { start: "2026-01-01T00:00:00Z", every: "1s" } } }, "a window needs real times"],
    [
      { outcomes: [{ id: "reply", kind: "conversion", column: "replied", window: "2 weeks", minimum_effect: 0.01 }] },
      "duration",
    ],
  ])("refuses %j, and says what is wrong", (change, message) => {
    expect(messages(change).join("\n")).toContain(message);
  });
});
