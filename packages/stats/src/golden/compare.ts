import { isRefused } from "./adapter.ts";
import { Disputed, isObject, toNumber, type Json, type JsonObject } from "./json.ts";

/** Pass when |got − want| ≤ abs + rel·|want|. */
export interface Tolerance {
  readonly rel: number;
  readonly abs: number;
  /** Other tolerances for single fields, by path ("a.b" for nested ones). */
  readonly fields: ReadonlyMap<string, { readonly rel: number; readonly abs: number }>;
}

/** Outcome of one case: every disagreement, and the worst relative error of the numbers that agree. */
export interface Comparison {
  readonly faults: readonly string[];
  readonly worstRelativeError: number;
  /** Fields where the reference is wrong and ours was not compared. */
  readonly disputed: number;
}

export function parseTolerance(raw: JsonObject): Tolerance {
  const fields = new Map<string, { rel: number; abs: number }>();
  if (isObject(raw["fields"])) {
    for (const [path, value] of Object.entries(raw["fields"])) if (isObject(value)) fields.set(path, relAndAbs(value));
  }
  return { ...relAndAbs(raw), fields };
}

function relAndAbs(raw: JsonObject): { rel: number; abs: number } {
  return { rel: toNumber(raw["rel"]) ?? 0, abs: toNumber(raw["abs"]) ?? 0 };
}

/**
 * Compares an adapter's answer with a case.
 *
 * null means that the reference gives nothing there: not compared. Where the reference reports an error, we must refuse, or do
 * better: an interval of positive width. A key that we do not produce is a fault, so that a misspelt one cannot pass.
 */
export function compareCase(got: unknown, expected: JsonObject, tolerance: Tolerance): Comparison {
  if (typeof expected["error"] === "string") return { faults: refusalFaults(got), worstRelativeError: 0, disputed: 0 };
  if (isRefused(got))
    return { faults: [`refused (${got.reason}): ${got.message}`], worstRelativeError: 0, disputed: 0 };
  const seen: Seen = { faults: [], worst: 0, numbers: 0, disputed: 0 };
  compareObject(got, expected, { path: "", tolerance, seen });
  if (seen.numbers + seen.disputed === 0 && seen.faults.length === 0) seen.faults.push("nothing was compared");
  return { faults: seen.faults, worstRelativeError: seen.worst, disputed: seen.disputed };
}

/** Below this doubles have no relative precision left (scipy's and ours differ in the last of 8 digits), so it is where `rel` ends. */
const SMALLEST_NORMAL = 2 ** -1022;

interface Seen {
  readonly faults: string[];
  worst: number;
  numbers: number;
  disputed: number;
}
interface Place {
  readonly path: string;
  readonly tolerance: Tolerance;
  readonly seen: Seen;
}

function refusalFaults(got: unknown): readonly string[] {
  if (isRefused(got)) return [];
  const interval = typeof got === "object" && got !== null && "ci" in got ? got.ci : undefined;
  const [lower, upper] = Array.isArray(interval) ? interval.map(toNumber) : [];
  return lower !== undefined && upper !== undefined && upper > lower
    ? []
    : ["the reference refuses; we neither refuse nor give an interval of positive width"];
}

function compareObject(got: unknown, want: JsonObject, place: Place): void {
  for (const [key, value] of Object.entries(want)) {
    if (value === null) continue;
    const path = place.path === "" ? key : `${place.path}.${key}`;
    const ours =
      typeof got === "object" && got !== null ? Object.entries(got).find(([name]) => name === key)?.[1] : undefined;
    if (ours === undefined) place.seen.faults.push(`${path}: not produced`);
    else compareValue(ours, value, { ...place, path });
  }
}

function compareValue(got: unknown, want: Json, place: Place): void {
  const { path, seen } = place;
  if (want === null) return;
  if (got instanceof Disputed) {
    if (got.isWrong(want)) seen.disputed++;
    else compareValue(got.value, want, place);
    return;
  }
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length)
      seen.faults.push(`${path}: want ${want.length} values, got ${JSON.stringify(got)}`);
    else {
      // That both lists are empty is a result too: no alarm was raised.
      if (want.length === 0) seen.numbers++;
      want.forEach((value: Json, i) => compareValue(got[i], value, place));
    }
    return;
  }
  if (isObject(want)) return compareObject(got, want, place);
  const number = toNumber(want);
  if (number !== undefined) return compareNumber(got, number, place);
  seen.numbers++;
  if (got !== want) seen.faults.push(`${path}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
}

function compareNumber(got: unknown, want: number, { path, tolerance, seen }: Place): void {
  seen.numbers++;
  const { rel, abs } = tolerance.fields.get(path) ?? tolerance;
  const error = typeof got === "number" ? Math.abs(got - want) : NaN;
  if (Object.is(got, want) || got === want) return;
  if (!(error <= abs + rel * Math.max(Math.abs(want), SMALLEST_NORMAL)) || !Number.isFinite(want)) {
    seen.faults.push(
      `${path}: want ${want}, got ${String(got)}${want === 0 ? "" : ` (relative error ${(error / Math.abs(want)).toExponential(1)})`}`,
    );
    return;
  }
  if (want !== 0 && Math.abs(want) > abs) seen.worst = Math.max(seen.worst, error / Math.abs(want));
}
