import type { Instant } from "@ratchet/engine";
import type { SignalsMappingDocument } from "@ratchet/protocol";
import { err, type Result } from "@ratchet/stats";
import { LogFileError } from "../import/log-file-error.ts";
import { timeReader, type CellFault, type TimeReader } from "../import/time-format.ts";

type At = NonNullable<SignalsMappingDocument["at"]>;

/** Where a time stands, how it is written, and whether it may be empty. */
export interface TimeCell {
  readonly column: string;
  readonly optional: boolean;
  readonly read: TimeReader;
}

/** @throws LogFileError where a format makes no sense. */
export function timeCell(at: At): TimeCell {
  const { column, format = "iso", optional = false } = typeof at === "string" ? { column: at } : at;
  const readers = [format].flat().map((one) => {
    const reader = timeReader(one);
    if (reader.kind === "err") throw new LogFileError("import.time_format", [`${column}: ${reader.error}`]);
    return reader.value;
  });
  return { column, optional, read: (cell) => firstThatFits(cell, readers) };
}

/** What the first reader says where none fits: the likeliest format is named first. */
function firstThatFits(cell: string, readers: readonly TimeReader[]): Result<Instant, CellFault> {
  let first: Result<Instant, CellFault> | null = null;
  for (const read of readers) {
    const answer = read(cell);
    if (answer.kind === "ok") return answer;
    first ??= answer;
  }
  return first ?? err({ code: "time.wrong_format", message: `no format reads "${cell}"` });
}
