import { isLimited, type Decision } from "../decisions/decision.ts";
import type { UnitId } from "../ids.ts";
import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { Signal } from "../signals/signal.ts";
import { compareCodePoints } from "./code-point-order.ts";
import { compareCells, outcomeCell, type CellKey } from "./outcome-cells.ts";

/** Signals of one type: those that name a decision, and those that leave it to attribution. */
interface SignalsOfType {
  readonly naming: readonly Signal[];
  readonly free: readonly Signal[];
}

/** Nothing may be attributed to a decision twice, so each is one row of its scope: its cell's number is taken once, at load. */
interface Row {
  readonly decision: Decision;
  readonly index: number;
  readonly limited: boolean;
  readonly cell: number;
}

interface CellSums {
  n: number;
  nonZero: number;
  sumMicros: bigint;
  sumSquaresMicros: bigint;
}

/** The decisions of one source at one point, indexed for measuring. */
export class DecisionScope {
  readonly #rows: Row[] = [];
  readonly #byId = new Map<string, Row>();
  readonly #byUnit = new Map<UnitId, Row[]>();
  readonly #unsorted = new Set<UnitId>();
  readonly #cells: CellKey[] = [];
  readonly #cellNumbers = new Map<string, number>();

  add(decision: Decision): void {
    const row = { decision, index: this.#rows.length, limited: isLimited(decision), cell: this.#cellOf(decision) };
    this.#rows.push(row);
    this.#byId.set(decision.id, row);
    const ofUnit = this.#byUnit.get(decision.unitId);
    if (ofUnit === undefined) this.#byUnit.set(decision.unitId, [row]);
    else {
      ofUnit.push(row);
      this.#unsorted.add(decision.unitId);
    }
  }

  /** The latest decision of a unit at or before a time; of several at one time the one with the greatest id. */
  decisionOfUnitAt(unit: UnitId, at: number): Decision | null {
    return this.#rowOfUnitAt(unit, at)?.decision ?? null;
  }

  measure({ metric, watermark, untrusted = [] }: MeasureQuery, signals: SignalsOfType): Measurement {
    const outcomes = metric.kind === "conversion" ? new Conversions(this.#rows.length) : new Values();
    const attribute = (row: Row | null | undefined, signal: Signal): void => {
      if (row === null || row === undefined || signal.occurredAt > watermark || untrusted.includes(signal.source))
        return;
      const delay = signal.occurredAt - row.decision.decidedAt;
      if (delay >= 0 && delay <= metric.windowMs) outcomes.add(row.index, signal.value ?? 0);
    };
    for (const signal of signals.naming) attribute(this.#byId.get(signal.decisionId ?? ""), signal);
    for (const signal of signals.free) attribute(this.#rowOfUnitAt(signal.unitId, signal.occurredAt), signal);

    const sums: CellSums[] = this.#cells.map(() => ({ n: 0, nonZero: 0, sumMicros: 0n, sumSquaresMicros: 0n }));
    let censored = 0;
    for (const { decision, index, cell, limited } of this.#rows) {
      if (limited || decision.decidedAt > watermark) continue;
      if (decision.decidedAt + metric.windowMs > watermark) {
        censored += 1;
        continue;
      }
      const into = sums[cell];
      if (into !== undefined) outcomes.addTo(into, index);
    }
    const cells = this.#cells.flatMap((key, i) => {
      const into = sums[i];
      return into === undefined || into.n === 0 ? [] : [outcomeCell(metric.kind, key, into)];
    });
    return { cells: cells.sort(compareCells), censored };
  }

  #rowOfUnitAt(unit: UnitId, at: number): Row | null {
    const rows = this.#byUnit.get(unit);
    if (rows === undefined) return null;
    if (this.#unsorted.delete(unit)) {
      rows.sort(
        (a, b) => a.decision.decidedAt - b.decision.decidedAt || compareCodePoints(a.decision.id, b.decision.id),
      );
    }
    let before = 0;
    let after = rows.length;
    while (before < after) {
      const middle = (before + after) >> 1;
      const row = rows[middle];
      if (row !== undefined && row.decision.decidedAt <= at) before = middle + 1;
      else after = middle;
    }
    return rows[before - 1] ?? null;
  }

  #cellOf(d: Decision): number {
    const { cycle, fold, segment, cohort, playbookVersion, changeId, rolloutShare, action, propensity } = d;
    // Ids hold no control characters, so the separator cannot occur in one.
    const name = [
      cycle,
      fold,
      segment,
      cohort,
      playbookVersion,
      changeId ?? "",
      rolloutShare,
      action,
      propensity ?? "",
    ].join("\u0000");
    const known = this.#cellNumbers.get(name);
    if (known !== undefined) return known;
    this.#cellNumbers.set(name, this.#cells.length);
    this.#cells.push({ cycle, fold, segment, cohort, playbookVersion, changeId, rolloutShare, action, propensity });
    return this.#cells.length - 1;
  }
}

/** Which rows converted. */
class Conversions {
  readonly #converted: Uint8Array;

  constructor(rows: number) {
    this.#converted = new Uint8Array(rows);
  }

  add(row: number): void {
    this.#converted[row] = 1;
  }

  addTo(sums: CellSums, row: number): void {
    sums.n += 1;
    sums.nonZero += this.#converted[row] ?? 0;
  }
}

/** The value of each row that has one, exactly: two amounts near the limit of a safe integer already add up to more. */
class Values {
  readonly #micros = new Map<number, bigint>();

  add(row: number, micros: number): void {
    if (micros !== 0) this.#micros.set(row, (this.#micros.get(row) ?? 0n) + BigInt(micros));
  }

  addTo(sums: CellSums, row: number): void {
    sums.n += 1;
    const y = this.#micros.get(row) ?? 0n;
    if (y === 0n) return;
    sums.nonZero += 1;
    sums.sumMicros += y;
    sums.sumSquaresMicros += y * y;
  }
}
