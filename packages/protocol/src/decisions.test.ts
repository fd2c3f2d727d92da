import { describe, expect, it } from "vitest";
import { decideRequestSchema, decisionListQuerySchema } from "./decisions.ts";
import { faultsOf } from "./errors.ts";

describe("a request for decisions", () => {
  it("is one unit at one point, with what is known about it", () => {
    const one = {
      point: "content",
      unit_id: "acct_1",
      context: { region: "EMEA", employees: 120, customer: false, owner: null },
    };
    expect(decideRequestSchema.parse(one)).toEqual(one);
  });

  it("is a batch of at most 100", () => {
    const requests = Array.from({ length: 101 }, (_, i) => ({ point: "content", unit_id: `u${i}` }));
    expect(decideRequestSchema.safeParse({ requests }).success).toBe(false);
    expect(decideRequestSchema.safeParse({ requests: requests.slice(1) }).success).toBe(true);
  });

  it.each([
    ["an unknown key", { point: "content", unit_id: "u", unitId: "u" }],
    ["a blank unit", { point: "content", unit_id: "  " }],
    ["a control character in an id", { point: "content", unit_id: "a\u0000b" }],
    ["a nested context", { point: "content", unit_id: "u", context: { a: { b: 1 } } }],
  ])("refuses %s", (_, body) => {
    const parsed = decideRequestSchema.safeParse(body);
    expect(parsed.success ? [] : faultsOf(parsed.error)).not.toEqual([]);
  });

  it("reads numbers from a query string", () => {
    expect(decisionListQuerySchema.parse({ limit: "20", playbook_version: "3" })).toEqual({
      limit: 20,
      playbook_version: 3,
    });
  });
});
