import { isoOf } from "@ratchet/engine";
import { describe, expect, it } from "vitest";
import { timeReader } from "./time-format.ts";

function read(format: string, cell: string): string {
  const reader = timeReader(format);
  if (reader.kind === "err") return reader.error;
  const parsed = reader.value(cell);
  return parsed.kind === "ok" ? isoOf(parsed.value) : parsed.error.code;
}

describe("a time format", () => {
  it.each([
    ["iso", "2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00.000Z"],
    ["iso", "2026-03-01 09:30", "2026-03-01T09:30:00.000Z"],
    ["epoch_s", "1772357400", "2026-03-01T09:30:00.000Z"],
    ["epoch_s", "1772357400.25", "2026-03-01T09:30:00.250Z"],
    ["epoch_ms", "1772357400000", "2026-03-01T09:30:00.000Z"],
    ["M/D/YYYY", "3/1/2026", "2026-03-01T00:00:00.000Z"],
    ["M/D/YYYY", "10/20/2016", "2016-10-20T00:00:00.000Z"],
    ["DD.MM.YYYY HH:mm", "01.03.2026 09:30", "2026-03-01T09:30:00.000Z"],
    ["YYYYMMDD", "20260301", "2026-03-01T00:00:00.000Z"],
    ["D-M-YY H:mm:ss", "1-3-26 9:30:05", "2026-03-01T09:30:05.000Z"],
  ])("%s reads %s", (format, cell, iso) => {
    expect(read(format, cell)).toBe(iso);
  });

  it.each([
    ["M/D/YYYY", "2/31/2026", "time.wrong_format"],
    ["M/D/YYYY", "13/1/2026", "time.wrong_format"],
    ["M/D/YYYY", "3-1-2026", "time.wrong_format"],
    ["D.M.YYYY", "1x3x2026", "time.wrong_format"],
    ["epoch_s", "", "time.out_of_range"],
    ["epoch_ms", "soon", "time.out_of_range"],
    ["iso", "3/1/2026", "time.not_iso"],
  ])("%s refuses %j", (format, cell, code) => {
    expect(read(format, cell)).toBe(code);
  });

  it("must name year, month and day", () => {
    expect(read("MM/YYYY", "03/2026")).toContain("must be iso, epoch_s, epoch_ms, or name year, month and day");
  });
});
