import { z } from "zod";

/** A duration such as `14d`, `72h`, `30m`, `90s`. */
export const durationSchema = z
  .string()
  .regex(/^(?:0|[1-9]\d*)(?:ms|s|m|h|d)$/u, "must be a duration such as 14d, 72h, 30m or 90s")
  .describe("A whole number and a unit: ms, s, m, h or d. For example 14d.");

const SCALES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration that `durationSchema` accepted; throws on anything else. */
export function durationMs(duration: string): number {
  const parts = /^(\d+)(ms|s|m|h|d)$/u.exec(duration);
  const scale = SCALES[parts?.[2] ?? ""];
  if (parts === null || scale === undefined) throw new RangeError(`not a duration: ${duration}`);
  return Number(parts[1]) * scale;
}
