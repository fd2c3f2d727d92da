import { describe, expect, it } from "vitest";
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
    expect(signalRequestSchema.safeParse({ ...signal, occurred_at: "2026-03-01T09:00:00" }).success).toBe(false);
    expect(signalRequestSchema.safeParse({ ...signal, occurred_at: "2026-03-01T09:00:00+02:00" }).success).toBe(true);
  });
});
