import { truthOf } from "./cell-words.ts";
import { timeReader } from "./time-format.ts";

/** What the first rows show of one column. */
export interface ColumnProfile {
  readonly name: string;
  /** The name in lower-case words. */
  readonly words: readonly string[];
  /** Distinct cells that are not empty, most frequent first. */
  readonly values: readonly string[];
  readonly filled: number;
  readonly isNumber: boolean;
  /** Nothing but true and false occurs. */
  readonly isTruth: boolean;
  /** Time formats that read every cell that is not empty, likeliest first. */
  readonly timeFormats: readonly string[];
  /** Mean of the numbers (truths count as 1); null for text. */
  readonly mean: number | null;
}

/** Formats tried, likeliest first. */
const DATES = ["YYYY/MM/DD", "M/D/YYYY", "D/M/YYYY", "D.M.YYYY", "D-M-YYYY", "M/D/YY", "YYYYMMDD"];
const TIME_FORMATS = ["iso", ...DATES, ...DATES.flatMap((date) => [`${date} H:mm`, `${date} H:mm:ss`])];
/** Whole numbers between 2001 and 2065 as seconds or milliseconds since 1970. */
const EPOCHS = [
  { format: "epoch_s", from: 1e9, to: 3e9 },
  { format: "epoch_ms", from: 1e12, to: 3e12 },
] as const;

export function columnProfiles(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly ColumnProfile[] {
  return header.map((name, i) =>
    profileOf(
      name.trim(),
      rows.map((row) => (row[i] ?? "").trim()),
    ),
  );
}

function profileOf(name: string, cells: readonly string[]): ColumnProfile {
  const filled = cells.filter((cell) => cell !== "");
  const counts = new Map<string, number>();
  for (const cell of filled) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const numbers = filled.map(Number);
  const isNumber = filled.length > 0 && numbers.every((value) => Number.isFinite(value));
  const truths = filled.map(truthOf);
  const isTruth = filled.length > 0 && !truths.includes(null);
  const measured = isTruth ? truths.map(Number) : isNumber ? numbers : null;
  return {
    name,
    words: wordsOf(name),
    values: [...counts].sort((a, b) => b[1] - a[1]).map(([cell]) => cell),
    filled: filled.length,
    isNumber,
    isTruth,
    timeFormats: filled.length === 0 ? [] : timeFormatsOf(filled, isNumber ? numbers : null),
    mean: measured === null || cells.length === 0 ? null : measured.reduce((a, b) => a + b, 0) / cells.length,
  };
}

/** `sentAt`, `Sent At` and `sent_at` are two words each. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== "");
}

function timeFormatsOf(cells: readonly string[], numbers: readonly number[] | null): readonly string[] {
  if (numbers !== null) {
    const epochs = EPOCHS.filter(({ from, to }) => numbers.every((value) => value >= from && value < to)).map(
      ({ format }) => format,
    );
    if (epochs.length > 0) return epochs;
  }
  return TIME_FORMATS.filter((format) => {
    const reader = timeReader(format);
    return reader.kind === "ok" && cells.every((cell) => reader.value(cell).kind === "ok");
  });
}
