import Papa from "papaparse";
import { LogFileError } from "./log-file-error.ts";

/** One record of a CSV as it stands in the file. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** The original text without its line break. */
  readonly raw: string;
  /** Line of the file that it begins on, from 1. */
  readonly line: number;
  /** Why it could not be split into fields; null where it could. */
  readonly fault: string | null;
}

/** Records of one read, in order. The first record of the first batch is the header. */
export type CsvBatch = readonly CsvRecord[];

/** Text that is looked at to guess the delimiter, in characters. */
const SAMPLE_LENGTH = 64 * 1024;
/** Longest record, in characters. Beyond it a quote was surely never closed. */
const RECORD_LENGTH_MAX = 256 * 1024;
const DELIMITERS = [",", ";", "\t", "|"];

/**
 * Splits bytes into records as they come, in bounded memory: quoted fields with line breaks, UTF-8 or UTF-16 with or without a byte order
 * mark, any line break.
 *
 * A quote that is never closed would swallow the rest of the file. Where quoting is broken, or a record of the wrong width spans lines,
 * its first line alone is given as faulty and reading goes on after it: one bad line costs one line.
 */
export async function* csvRecords(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string | null,
): AsyncGenerator<CsvBatch> {
  let splitter: Splitter | null = null;
  let text = "";
  for await (const piece of decoded(bytes)) {
    text += piece;
    if (splitter === null && text.length < SAMPLE_LENGTH) continue;
    splitter ??= splitterFor(text, delimiter);
    const batch = splitter(text, false);
    text = "";
    if (batch.length > 0) yield batch;
  }
  splitter ??= splitterFor(text, delimiter);
  const rest = splitter(text, true);
  if (rest.length > 0) yield rest;
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? "utf-16le" : "utf-8");
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? "";
}

/** Takes the next piece of text (`last`: the final one) and gives the records that are complete. */
type Splitter = (text: string, last: boolean) => CsvBatch;

function splitterFor(sample: string, delimiter: string | null): Splitter {
  if (sample.trim() === "")
    throw new LogFileError("import.empty_file", ["the file is empty; it needs a header line and rows"]);
  const newline = sample.includes("\n") ? "\n" : "\r";
  return csvSplitter({ newline, delimiter: delimiter ?? guessDelimiter(sample) });
}

/** The delimiter of a text that begins with a header. */
function guessDelimiter(sample: string): string {
  const guess = Papa.parse(sample.slice(0, SAMPLE_LENGTH), {
    preview: 20,
    skipEmptyLines: true,
    delimitersToGuess: DELIMITERS,
  }).meta.delimiter;
  return DELIMITERS.includes(guess) ? guess : ",";
}

interface Dialect {
  readonly delimiter: string;
  /** `\n` serves `\r\n` too: what is left at the end of a line is cut off. */
  readonly newline: "\n" | "\r";
}

/** Splits text that comes in pieces. Records that are blank are left out; the first record sets the width. */
function csvSplitter(dialect: Dialect): Splitter {
  let carry = "";
  let line = 1;
  let width: number | null = null;
  return (text, last) => {
    const records: CsvRecord[] = [];
    const take = (raw: string, fields: readonly string[], fault: string | null): void => {
      if (raw.trim() !== "") {
        width ??= fields.length;
        records.push({ fields: withoutReturn(fields), raw: withoutBreak(raw), line, fault });
      }
      line += linesIn(raw, dialect.newline);
    };
    carry += text;
    for (;;) {
      const { end, broken } = splitWhole(carry, { dialect, last, width: () => width, take });
      carry = carry.slice(end);
      if (!broken && carry.length <= RECORD_LENGTH_MAX) return records;
      const first = firstLine(carry, dialect.newline);
      take(first, [], "a quoted field is not closed, or text follows its closing quote; double the quotes inside it");
      carry = carry.slice(first.length);
    }
  };
}

interface SplitTask {
  readonly dialect: Dialect;
  readonly last: boolean;
  /** Fields of the header; null before it was read. */
  readonly width: () => number | null;
  readonly take: (raw: string, fields: readonly string[], fault: string | null) => void;
}

/** Takes whole records up to the end of the text, or up to the first whose quoting is broken. */
function splitWhole(
  text: string,
  { dialect, last, width, take }: SplitTask,
): { readonly end: number; readonly broken: boolean } {
  let end = 0;
  let broken = false;
  const step = (results: Papa.ParseStepResult<readonly string[][]>): void => {
    const fields: readonly string[] = results.data[0] ?? [];
    const raw = text.slice(end, results.meta.cursor);
    if (
      results.errors.length > 0 ||
      (fields.length !== (width() ?? fields.length) && linesIn(raw, dialect.newline) > 1)
    ) {
      broken = true;
      parser.abort();
      return;
    }
    take(raw, fields, null);
    end = results.meta.cursor;
  };
  const parser = new Papa.Parser({ ...dialect, step });
  parser.parse(text, 0, !last);
  return { end, broken };
}

function firstLine(text: string, newline: string): string {
  const at = text.indexOf(newline);
  return at === -1 ? text : text.slice(0, at + 1);
}

/** Lines that a record takes up, at least 1; a break at its end does not count. */
function linesIn(raw: string, newline: string): number {
  let lines = 1;
  for (let at = raw.indexOf(newline); at !== -1 && at < raw.length - 1; at = raw.indexOf(newline, at + 1)) lines += 1;
  return lines;
}

function withoutBreak(raw: string): string {
  if (raw.endsWith("\r\n")) return raw.slice(0, -2);
  return raw.endsWith("\n") || raw.endsWith("\r") ? raw.slice(0, -1) : raw;
}

/** Without the `\r` that a `\r\n` leaves on the last field. */
function withoutReturn(fields: readonly string[]): readonly string[] {
  const last = fields.at(-1);
  return last?.endsWith("\r") === true ? [...fields.slice(0, -1), last.slice(0, -1)] : fields;
}
