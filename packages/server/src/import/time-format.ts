import { parseEpochMs, parseInstant, type Instant } from "@ratchet/engine";
import { err, ok, type Result } from "@ratchet/stats";

/** Why a cell could not be read. */
export interface CellFault {
  /** Stable, `area.reason`. */
  readonly code: string;
  readonly message: string;
}

/** Reads one cell as a time. */
export type TimeReader = (cell: string) => Result<Instant, CellFault>;

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";
type Parts = Readonly<Record<Part, number>>;

const TOKENS: Readonly<Record<string, { readonly part: Part; readonly digits: string }>> = {
  YYYY: { part: "year", digits: "\\d{4}" },
  YY: { part: "year", digits: "\\d{2}" },
  MM: { part: "month", digits: "\\d{2}" },
  M: { part: "month", digits: "\\d{1,2}" },
  DD: { part: "day", digits: "\\d{2}" },
  D: { part: "day", digits: "\\d{1,2}" },
  HH: { part: "hour", digits: "\\d{2}" },
  H: { part: "hour", digits: "\\d{1,2}" },
  mm: { part: "minute", digits: "\\d{2}" },
  ss: { part: "second", digits: "\\d{2}" },
};
const TOKEN = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss/gu;
/** Two-digit years below it are of this century, as POSIX strptime has it. */
const CENTURY_TURN = 69;

/**
 * The reader of a map's time format: `iso`, `epoch_s`, `epoch_ms`, or a pattern such as `M/D/YYYY HH:mm`. Times without a zone are UTC.
 *
 * @returns An error where the pattern names no year, month and day.
 */
export function timeReader(format: string): Result<TimeReader, string> {
  if (format === "iso") return ok(parseInstant);
  if (format === "epoch_ms") return ok((cell) => epoch(cell, 1));
  if (format === "epoch_s") return ok((cell) => epoch(cell, 1000));
  const tokens = format.match(TOKEN) ?? [];
  const parts = tokens.map((token) => TOKENS[token]?.part);
  if (!(["year", "month", "day"] as const).every((part) => parts.filter((found) => found === part).length === 1)) {
    return err(
      `the time format "${format}" must be iso, epoch_s, epoch_ms, or name year, month and day once each, such as M/D/YYYY`,
    );
  }
  return ok(patternReader(format, tokens));
}

function epoch(cell: string, scale: number): Result<Instant, CellFault> {
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  return parseEpochMs(Math.round(value * scale));
}

function patternReader(format: string, tokens: readonly string[]): TimeReader {
  const literals = format.split(TOKEN).map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\/]/gu, "\\$&"));
  const pattern = new RegExp(`^${literals.map((literal, i) => `${literal}${group(tokens[i])}`).join("")}$`, "u");
  const refusal = (cell: string) =>
    err({ code: "time.wrong_format", message: `expected a time like ${format}, got "${cell}"` });
  return (cell) => {
    const match = pattern.exec(cell.trim());
    if (match === null) return refusal(cell);
    const read = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
    for (const [i, token] of tokens.entries()) {
      const part = TOKENS[token]?.part;
      const value = Number(match[i + 1]);
      if (part !== undefined) read[part] = token === "YY" ? value + (value < CENTURY_TURN ? 2000 : 1900) : value;
    }
    const ms = utcOf(read);
    return ms === null ? refusal(cell) : parseEpochMs(ms);
  };
}

function group(token: string | undefined): string {
  return token === undefined ? "" : `(${TOKENS[token]?.digits ?? ""})`;
}

/** null for a day that no calendar has, such as 31 February: `Date` would silently read it as March. */
function utcOf({ year, month, day, hour, minute, second }: Parts): number | null {
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  const exact =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return exact ? ms : null;
}
