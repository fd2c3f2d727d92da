import { metricId, parseAmount, type Instant, type LoggedOutcome, type Micros } from "@ratchet/engine";
import type { MappingOutcome } from "@ratchet/protocol";
import { truthOf } from "./cell-words.ts";
import type { ColumnIndex } from "./columns.ts";
import type { Blame } from "./row-reader.ts";
import type { TimeReader } from "./time-format.ts";

/** Reads one outcome of a row. null: it did not happen (or the cell is faulty, which was noted). */
export interface OutcomeReader {
  (fields: readonly string[], decidedAt: Instant | null, blame: Blame): LoggedOutcome | "pending" | null;
  readonly id: string;
}

/** What happened, before it is known when. */
interface Happened {
  readonly value: Micros | null;
}

export function outcomeReader(outcome: MappingOutcome, columns: ColumnIndex, readTime: TimeReader): OutcomeReader {
  const index = columns(outcome.column);
  const pending = new Set(outcome.pending ?? []);
  const what = outcome.kind === "conversion" ? conversionReader(outcome) : valueReader(outcome);
  const when = timeOfOutcome(outcome, columns, readTime);
  const metric = metricId(outcome.id);
  const read = (
    fields: readonly string[],
    decidedAt: Instant | null,
    blame: Blame,
  ): LoggedOutcome | "pending" | null => {
    const cell = (fields[index] ?? "").trim();
    if (pending.has(cell)) return "pending";
    const happened = what(cell, blame);
    if (happened === null || decidedAt === null) return null;
    const at = when(fields, decidedAt, blame);
    return at === null ? null : { metric, signal: outcome.id, value: happened.value, at };
  };
  return Object.assign(read, { id: outcome.id });
}

type WhatReader = (cell: string, blame: Blame) => Happened | null;

function conversionReader({ column, positive }: MappingOutcome): WhatReader {
  const happened: Happened = { value: null };
  if (positive !== undefined) {
    const words = new Set(positive);
    return (cell) => (words.has(cell) ? happened : null);
  }
  return (cell, blame) => {
    const truth = truthOf(cell);
    if (truth === null)
      blame("outcome.unreadable", `${column}: "${cell}" is neither true nor false; list what counts under positive`);
    return truth === true ? happened : null;
  };
}

function valueReader({ column }: MappingOutcome): WhatReader {
  return (cell, blame) => {
    if (cell === "") return null;
    const amount = Number(cell);
    const parsed = parseAmount(amount);
    if (parsed.kind === "err") {
      blame("outcome.unreadable", `${column}: "${cell}" is not an amount; write it as 1234.56`);
      return null;
    }
    return parsed.value === 0 ? null : { value: parsed.value };
  };
}

/** When it happened: in a column of its own, or known with the row. */
function timeOfOutcome(
  { at }: MappingOutcome,
  columns: ColumnIndex,
  readTime: TimeReader,
): (fields: readonly string[], decidedAt: Instant, blame: Blame) => Instant | null {
  if (at === undefined) return (_, decidedAt) => decidedAt;
  const index = columns(at);
  return (fields, decidedAt, blame) => {
    const cell = (fields[index] ?? "").trim();
    const parsed = readTime(cell);
    if (parsed.kind === "err") {
      blame(
        "outcome.time",
        cell === "" ? `${at}: the outcome happened, but there is no time` : `${at}: ${parsed.error.message}`,
      );
      return null;
    }
    if (parsed.value >= decidedAt) return parsed.value;
    blame("outcome.before_decision", `${at}: the outcome (${cell}) came before the decision`);
    return null;
  };
}
