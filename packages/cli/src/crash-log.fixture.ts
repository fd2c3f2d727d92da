import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";

/** What is true of one action in a generated log. */
export interface ActionTotals {
  readonly rows: number;
  readonly visits: number;
  readonly cents: number;
}

/** A randomised log on disk, and everything that is true of it. */
export interface GeneratedLog {
  readonly source: string;
  readonly csv: string;
  readonly map: string;
  /** All rows, and those that no map can read. */
  readonly rows: number;
  readonly unreadable: number;
  /** Outcomes that happened, of both kinds. */
  readonly signals: number;
  readonly totals: Readonly<Record<Action, ActionTotals>>;
}

const ACTIONS = ["none", "letter", "call"] as const;
type Action = (typeof ACTIONS)[number];
const REGIONS = ["north", "south"] as const;
const START_MS = Date.UTC(2026, 0, 1);

interface Row {
  readonly action: Action;
  readonly region: (typeof REGIONS)[number];
  readonly visited: boolean;
  /** 0: no purchase. */
  readonly cents: number;
  /** A few rows have a text where an amount belongs. */
  readonly spoilt: boolean;
}

const row: fc.Arbitrary<Row> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  region: fc.constantFrom(...REGIONS),
  visited: fc.nat(3).map((n) => n === 0),
  cents: fc.nat(199_999).map((n) => Math.max(0, n - 100_000)),
  spoilt: fc.nat(3_999).map((n) => n === 0),
});

/** Writes a log of randomised actions with its map: same seed, same bytes. */
export function writeLog(
  directory: string,
  { name, rows, seed }: { readonly name: string; readonly rows: number; readonly seed: number },
): GeneratedLog {
  const drawn = fc.sample(row, { numRuns: rows, seed });
  const csv = join(directory, `${name}.csv`);
  const map = join(directory, `${name}.yaml`);
  writeFileSync(csv, ["id,at,action,region,visit,spend", ...drawn.map(csvRow), ""].join("\n"));
  writeFileSync(map, mapOf(name));
  const readable = drawn.filter(({ spoilt }) => !spoilt);
  const totals = (action: Action): ActionTotals => {
    const own = readable.filter((one) => one.action === action);
    return {
      rows: own.length,
      visits: own.filter(({ visited }) => visited).length,
      cents: own.reduce((sum, { cents }) => sum + cents, 0),
    };
  };
  return {
    source: `import:${name}`,
    csv,
    map,
    rows,
    unreadable: rows - readable.length,
    signals: readable.reduce((sum, { visited, cents }) => sum + (visited ? 1 : 0) + (cents > 0 ? 1 : 0), 0),
    totals: { none: totals("none"), letter: totals("letter"), call: totals("call") },
  };
}

function csvRow({ action, region, visited, cents, spoilt }: Row, i: number): string {
  const spend = spoilt ? "unknown" : (cents / 100).toFixed(2);
  return `unit-${i},${new Date(START_MS + i * 1000).toISOString()},${action},${region},${visited ? 1 : 0},${spend}`;
}

function mapOf(name: string): string {
  return `api_version: ratchet.map/v1
name: ${name}
unit: { column: id }
time: { column: at }
action: { column: action, only: [${ACTIONS.join(", ")}] }
baseline: none
assignment: randomised
propensity: uniform
context: [region]
segments: [{ field: region }]
outcomes:
  - { id: visit, kind: conversion, column: visit, minimum_effect: 0.01 }
  - { id: spend, kind: value, column: spend, minimum_effect: 1 }
objective: visit
`;
}
