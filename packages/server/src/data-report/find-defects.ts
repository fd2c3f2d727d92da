import type { DataDefect } from "@ratchet/protocol";
import { cellReaders, type Lookup } from "../table/lookups.ts";
import { readTable, type ReadTableTask } from "../table/read-table.ts";
import type { TableRow } from "../table/table-row.ts";
import { withoutAddresses } from "../vendors/draft-signal.ts";
import { categoryDefects } from "./category-defects.ts";
import { columnDefects } from "./column-defects.ts";
import { columnTally } from "./column-tally.ts";
import type { DataShape } from "./data-shape.ts";
import { leakDefects } from "./leak-defects.ts";
import { leakSampler } from "./leak-sample.ts";
import { labelReader, populationCollector } from "./population.ts";
import { referenceTally } from "./reference-defects.ts";
import { timeDefects } from "./time-defects.ts";

/** A file, and what its map says about it. */
export interface FindDefectsTask {
  readonly table: Omit<ReadTableTask, "onBytes">;
  readonly shape: DataShape;
  readonly lookups: readonly Lookup[];
  /** Cells that the map reads as empty already. */
  readonly missing: readonly string[];
  readonly signal?: AbortSignal;
}

/** Columns that are looked at. */
const COLUMNS_MAX = 500;
const SEVERITIES = ["critical", "warning", "info"];

/**
 * Reads a file once more and names what is wrong with its data, worst first: what no single row shows. Nothing about any data set is
 * known beforehand; the thresholds stand beside each finding, and a finding is a suspicion with its figures, for a person to judge.
 */
export async function findDefects(task: FindDefectsTask): Promise<readonly DataDefect[]> {
  let search: DefectSearch | null = null;
  for await (const { columns, rows } of readTable(task.table)) {
    search ??= defectSearch(task, columns.slice(0, COLUMNS_MAX));
    for (const row of rows) if (row.fault === null) search.add(row);
    task.signal?.throwIfAborted();
  }
  const found = [...(search?.done() ?? []), ...task.lookups.flatMap(lookupDefects)];
  return found
    .map(withoutPeople)
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.affected - a.affected);
}

/** A finding quotes cells, is stored and shown: addresses of people do not belong in it. */
function withoutPeople(defect: DataDefect): DataDefect {
  return {
    ...defect,
    sentence: withoutAddresses(defect.sentence),
    examples: defect.examples.map(withoutAddresses),
    fix: withoutAddresses(defect.fix),
  };
}

interface DefectSearch {
  add(row: TableRow): void;
  done(): readonly DataDefect[];
}

function defectSearch({ shape, lookups, missing }: FindDefectsTask, columns: readonly string[]): DefectSearch {
  const cellOf = cellReaders(lookups, missing);
  const own = [...new Set(columns)].filter((name) => name !== "").map((name) => [name, cellOf(name)] as const);
  const tallies = own.map(([name, read]) => columnTally(name, read));
  const references = lookups.map(referenceTally);
  const population = populationCollector(shape, cellOf);
  const taken = new Set(shape.measured);
  const sampler =
    shape.outcome === null
      ? null
      : leakSampler(
          own.filter(([name]) => !taken.has(name)),
          labelReader(shape.outcome, cellOf),
        );
  const parts = [
    ...tallies,
    ...references,
    ...(population === null ? [] : [population]),
    ...(sampler === null ? [] : [sampler]),
  ];
  return {
    add: (row) => {
      for (const part of parts) part.add(row);
    },
    done: () => {
      const counted = tallies.map((tally) => tally.done());
      const everybody = population?.done() ?? null;
      const isEventLog = everybody !== null && everybody.isEventLog;
      return [
        ...(everybody === null ? [] : timeDefects(everybody)),
        // Rows of an event log tell what happened, one after the other: each predicts the last.
        ...(sampler === null || isEventLog ? [] : leakDefects(sampler.done())),
        ...references.flatMap((reference) => reference.done()),
        ...columnDefects(counted, new Set(shape.mapped)),
        ...categoryDefects(counted),
      ];
    },
  };
}

/** A lookup's own categories, over its own rows: there a misspelling is written once. */
function lookupDefects({ id, columns, rows }: Lookup): readonly DataDefect[] {
  const tallies = columns.map((name) => columnTally(`${id}.${name}`, (row) => row.cell(name).trim()));
  for (const row of rows.values()) for (const tally of tallies) tally.add(row);
  return categoryDefects(tallies.map((tally) => tally.done()));
}
