import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NumberedItems } from "@ratchet/engine";
import type { ChdbProcess } from "./chdb-process.ts";
import {
  DECISIONS,
  encodeDecisions,
  encodeExecutions,
  encodeLabels,
  encodeSignals,
  EXECUTIONS,
  LABELS,
  SIGNALS,
  WORKSPACE,
  type FactTable,
} from "./fact-rows.ts";
import { ColumnReader } from "./result-columns.ts";
import { rowsOf, type SegmentRows } from "../segment-rows.ts";

/** A segment came with other content than was loaded under its number: the state and the facts do not belong together. */
export class SegmentConflictError extends Error {
  readonly code = "facts.segment_conflict";
  constructor(number: number) {
    super(
      `segment ${number} was loaded before with other content, so nothing was loaded now; ` +
        "the state and the facts in this data directory do not belong together: restore both from one backup, or start an empty directory",
    );
  }
}

/** Rows that were loaded are not there: the engine dropped them without a word. */
export class RowsMissingError extends Error {
  readonly code = "facts.rows_missing";
  constructor(number: number, table: string, counts: { readonly expected: number; readonly found: number }) {
    super(
      `segment ${number} put ${counts.expected} rows into ${table} but ${counts.found} are there; the segment stays open, load it again`,
    );
  }
}

/**
 * Loads a segment's facts, signals and labels before decisions, so that no decision is ever seen without the outcomes that came with it.
 *
 * A segment that was loaded is recognised by its number and digest for ever; one that was loaded in part is completed, because each
 * insert carries a token under which the table takes it once.
 *
 * @throws SegmentConflictError
 */
export async function loadSegment(chdb: ChdbProcess, spool: string, segment: NumberedItems): Promise<void> {
  const { number } = segment;
  const { signals, signalCount, others } = rowsOf(segment) ?? rowsMadeOf(segment);
  const decisions = others.flatMap((item) => (item.kind === "decision" ? item.decision : []));
  const labels = others.flatMap((item) => (item.kind === "label" ? item.label : []));
  const executions = others.flatMap((item) => (item.kind === "execution" ? item.execution : []));
  const encoded = {
    decisions: encodeDecisions(number, decisions),
    signals,
    labels: encodeLabels(number, labels),
    executions: encodeExecutions(number, executions),
  };
  const digest = digestOf([encoded.decisions, ...signals, encoded.labels, encoded.executions]);
  const known = await chdb.read({
    sql: "SELECT digest FROM ratchet.segments WHERE number = {number:Int64}",
    parameters: { number },
  });
  if (known[0] !== undefined) {
    if (new ColumnReader(known[0]).text() !== digest) throw new SegmentConflictError(number);
    return;
  }
  await loadRows({ chdb, spool, number }, SIGNALS, { bytes: encoded.signals, rows: signalCount });
  await loadRows({ chdb, spool, number }, LABELS, { bytes: [encoded.labels], rows: labels.length });
  await loadRows({ chdb, spool, number }, EXECUTIONS, { bytes: [encoded.executions], rows: executions.length });
  await loadRows({ chdb, spool, number }, DECISIONS, { bytes: [encoded.decisions], rows: decisions.length });
  await chdb.write({
    sql: `INSERT INTO ratchet.segments (number, digest, decisions, signals, labels, executions)
          SELECT {number:Int64}, {digest:String}, {decisions:Int64}, {signals:Int64}, {labels:Int64}, {executions:Int64}`,
    parameters: {
      number,
      digest,
      decisions: decisions.length,
      signals: signalCount,
      labels: labels.length,
      executions: executions.length,
    },
    settings: { insert_deduplication_token: `seg-${number}-segments` },
  });
}

/** Of a segment that another store than ours has opened. */
function rowsMadeOf({ items }: NumberedItems): SegmentRows {
  const signals = items.flatMap((item) => (item.kind === "signal" ? item.signal : []));
  return { signals: [encodeSignals(signals)], signalCount: signals.length, others: items };
}

function digestOf(parts: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

interface Target {
  readonly chdb: ChdbProcess;
  readonly spool: string;
  readonly number: number;
}

/** One table's part of a segment, through a file: binary data inside a statement is cut short at times. */
export async function loadRows(
  { chdb, spool, number }: Target,
  table: FactTable,
  { bytes, rows }: { readonly bytes: readonly Buffer[]; readonly rows: number },
): Promise<void> {
  if (rows === 0) return;
  const name = `seg-${number}-${table.name}.bin`;
  await writeFile(join(spool, name), bytes);
  try {
    await chdb.write({
      sql: `INSERT INTO ratchet.${table.name} SELECT ${table.isUnplaced === true ? "{workspace:String}, {number:Int64}, " : ""}*
            FROM file({file:String}, RowBinary, {structure:String})`,
      parameters: { file: name, structure: table.structure, workspace: WORKSPACE, number },
      // One thread makes the same blocks every time, and the token is for those.
      settings: { insert_deduplication_token: `seg-${number}-${table.name}`, max_threads: 1, max_insert_threads: 1 },
    });
  } finally {
    await rm(join(spool, name), { force: true });
  }
  const [row] = await chdb.read({
    sql: `SELECT count() FROM ratchet.${table.name} WHERE segment_number = {number:Int64}`,
    parameters: { number },
  });
  const found = row === undefined ? 0 : new ColumnReader(row).number();
  if (found !== rows) throw new RowsMissingError(number, table.name, { expected: rows, found });
}
