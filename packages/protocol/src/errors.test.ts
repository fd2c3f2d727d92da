import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decideRequestSchema } from "./decisions.ts";
import { faultsOf, statusOf } from "./errors.ts";

describe("statusOf", () => {
  it.each([
    ["the code itself", "decision.not_found", 404],
    ["its area", "decision.something_new", 400],
    ["a longer code under a listed one", "ledger.stale.twice", 409],
    ["a fault of ours where nothing is listed", "surprise.unknown", 500],
    ["whole words only", "units.empty", 500],
  ])("takes %s", (_, code, status) => {
    expect(statusOf(code)).toBe(status);
  });
});

describe("faultsOf", () => {
  it("points into the body with a JSON pointer, all faults at once", () => {
    const schema = z.object({ "a/b": z.object({ list: z.array(z.number()) }), name: z.string() });
    const parsed = schema.safeParse({ "a/b": { list: [1, "x"] } });
    expect(parsed.success ? [] : faultsOf(parsed.error).map((fault) => fault.path)).toEqual(["/a~1b/list/1", "/name"]);
  });

  it("reports of a union only the branch that comes closest, and unknown keys where they stand", () => {
    const requests = [
      { point: "content", unit_id: "" },
      { point: "content", unit_id: "u", unitId: "u" },
    ];
    const parsed = decideRequestSchema.safeParse({ requests });
    const faults = parsed.success ? [] : faultsOf(parsed.error);
    expect(faults.map((fault) => fault.path)).toEqual(["/requests/0/unit_id", "/requests/1/unitId"]);
    expect(faults.at(-1)?.message).toContain('unknown key "unitId"');
  });
});
