import { describe, expect, it } from "vitest";
import { z } from "zod";
import { issuesOf } from "./issues.ts";
import { signalBatchRequestSchema, signalRequestSchema } from "./signals.ts";

describe("a batch of signals", () => {
  it("lets a bad signal through the envelope, so that it cannot fail the others", () => {
    const signals = [{ message_id: "m1", type: "visit", unit_id: "u1" }, { type: 7 }, null];
    const batch = signalBatchRequestSchema.parse({ signals });
    expect(batch.signals.map((signal) => signalRequestSchema.safeParse(signal).success)).toEqual([true, false, false]);
  });

  it("refuses a type that is no lower-case word, and a time without a zone", () => {
    const signal = { message_id: "m1", type: "visit", unit_id: "u1" };
    expect(signalRequestSchema.safeParse({ ...signal, type: "Meeting Held" }).success).toBe(false);
    const unzoned = signalRequestSchema.safeParse({ ...signal, occurred_at: "2026-03-01T09:00:00" });
    expect(issuesOf(unzoned.error ?? new z.ZodError([]))).toEqual([
      { path: ["occurred_at"], message: expect.stringContaining("such as 2026-03-01T09:30:00Z") },
    ]);
    expect(signalRequestSchema.safeParse({ ...signal, occurred_at: "2026-03-01T09:00:00+02:00" }).success).toBe(true);
  });

  it.each([
    ["2026-03-01t09:30:00.5z", "2026-03-01T09:30:00.5Z"],
    ["2026-03-01 09:30:00Z", "2026-03-01T09:30:00Z"],
    ["2026-03-01T09:30:00.000+0000", "2026-03-01T09:30:00.000+00:00"],
    ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"],
    ["2026-02-30T09:30:00Z", null],
    ["2026-03-01", null],
    ["2026-0301", null],
    ["2026-03-01T09:30:00+01", null],
  ])("takes every time of RFC 3339, and a zone without a colon (issue 4): %s", (occurred_at, expected) => {
    const read = signalRequestSchema.safeParse({ message_id: "m1", type: "visit", unit_id: "u1", occurred_at });
    expect(read.data?.occurred_at ?? null).toBe(expected);
  });
});
