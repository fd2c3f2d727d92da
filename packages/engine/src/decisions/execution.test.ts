import { describe, expect, it } from "vitest";
import { actorId } from "../ids.ts";
import { executionState, type ExecutionReport } from "./execution.ts";

describe("how far a decision got", () => {
  const delivered: ExecutionReport = { kind: "delivered" };
  const worked: ExecutionReport = { kind: "worked" };
  const overridden: ExecutionReport = { kind: "overridden", by: actorId("ann"), reason: "bad_fit", didInstead: null };
  const state = (...reports: readonly ExecutionReport[]) => executionState(reports.map((report) => ({ report })));
  it("tells assigned, delivered and worked apart, whatever the order of the news", () => {
    expect([state(), state(delivered), state(delivered, worked), state(worked, delivered)]).toEqual([
      "assigned",
      "delivered",
      "worked",
      "worked",
    ]);
  });
  it("believes a person who did otherwise, and delivery against what had been held back before", () => {
    expect(state(worked, overridden)).toBe("overridden");
    expect(state({ kind: "suppressed", reason: null }, delivered)).toBe("delivered");
    expect(state({ kind: "skipped", reason: null })).toBe("skipped");
  });
});
