import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Adapter } from "./adapter.ts";
import { ADAPTERS } from "./adapters.ts";
import { compareCase, parseTolerance } from "./compare.ts";
import { isObject, type JsonObject } from "./json.ts";

/** Result of all cases of one operation. */
export interface OpResult {
  readonly op: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly worstRelativeError: number;
  /** Fields not compared because the reference is wrong there; the adapter says why. */
  readonly disputed: number;
  /** One line a failed case: its id and what disagreed. */
  readonly failures: readonly string[];
}

interface GoldenCase {
  readonly id: string;
  readonly op: string;
  readonly inputs: JsonObject;
  readonly expected: JsonObject;
  readonly tolerance: JsonObject;
}

/** Runs every *.json of a folder; operations in the order in which they first appear. */
export function runGolden(folder: string): readonly OpResult[] {
  const byOp = new Map<string, GoldenCase[]>();
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith(".json")) continue;
    for (const found of readCases(join(folder, name))) byOp.set(found.op, [...(byOp.get(found.op) ?? []), found]);
  }
  return [...byOp].map(([op, cases]) => runOp(op, cases));
}

function runOp(op: string, cases: readonly GoldenCase[]): OpResult {
  const adapter = ADAPTERS.get(op);
  if (adapter === undefined)
    return {
      op,
      cases: cases.length,
      passed: 0,
      failed: 0,
      skipped: cases.length,
      worstRelativeError: 0,
      disputed: 0,
      failures: [],
    };
  const failures: string[] = [];
  let worstRelativeError = 0;
  let disputedFields = 0;
  for (const one of cases) {
    const { faults, worst, disputed } = runCase(adapter, one);
    worstRelativeError = Math.max(worstRelativeError, worst);
    disputedFields += disputed;
    if (faults.length > 0)
      failures.push(
        `${one.id}: ${faults.slice(0, 4).join("; ")}${faults.length > 4 ? `; and ${faults.length - 4} more` : ""}`,
      );
  }
  return {
    op,
    cases: cases.length,
    passed: cases.length - failures.length,
    failed: failures.length,
    skipped: 0,
    worstRelativeError,
    disputed: disputedFields,
    failures,
  };
}

function runCase(
  adapter: Adapter,
  { inputs, expected, tolerance }: GoldenCase,
): { readonly faults: readonly string[]; readonly worst: number; readonly disputed: number } {
  try {
    const { faults, worstRelativeError, disputed } = compareCase(adapter(inputs), expected, parseTolerance(tolerance));
    return { faults, worst: worstRelativeError, disputed };
  } catch (cause) {
    return {
      faults: [cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)],
      worst: 0,
      disputed: 0,
    };
  }
}

function readCases(path: string): readonly GoldenCase[] {
  const file: unknown = JSON.parse(readFileSync(path, "utf8"));
  const cases: unknown = isObject(file) ? file["cases"] : undefined;
  if (!Array.isArray(cases)) throw new Error(`${path} has no list of cases`);
  return cases.map((one: unknown, i) => {
    if (!isObject(one) || typeof one["op"] !== "string" || !isObject(one["inputs"]) || !isObject(one["expected"])) {
      throw new Error(`${path}: case ${i} needs op, inputs and expected`);
    }
    const { id, op, inputs, expected, tolerance } = one;
    return {
      id: typeof id === "string" ? id : `${path}#${i}`,
      op,
      inputs,
      expected,
      tolerance: isObject(tolerance) ? tolerance : {},
    };
  });
}
