import { heardAt, isLimited, type Decision } from "../decisions/decision.ts";
import type { UnitId } from "../ids.ts";
import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { Signal } from "../signals/signal.ts";
import { clockPieces, correctedOccurrence } from "../signals/source-clock.ts";
import { mergedUnits } from "../signals/unit-merge.ts";
import type { Instant } from "../time.ts";
import { compareCodePoints } from "./code-point-order.ts";
import { compareCells, outcomeCell, type CellKey } from "./outcome-cells.ts";

/** Signals of one type: those that name a decision, and those that leave it to attribution. */
interface SignalsOfType {
  readonly naming: readonly Signal[];
  readonly free: readonly Signal[];
  /** Which of them a person did, as far as the metric asks for it. */
  readonly isHuman: (signal: Signal) => boolean;
}

/** Nothing may be attributed to a decision twice, so each is one row of its scope: its cell's number is taken once, at load. */
interface Row {
  readonly decision: Decision;
  readonly index: number;
  readonly cell: number;
}

interface CellSums {
  n: number;
  nonZero: number;
  sumMicros: bigint;
  sumSquaresMicros: bigint;
}

/** When a signal happened by our clock, where the query looks at it. */
function hearing(query: MeasureQuery, isHuman: SignalsOfType["isHuman"]): (signal: Signal) => Instant | null {
  const { watermark, untrusted = [], knownAt = Infinity } = query;
  const pieces = clockPieces(query);
  return (signal) => {
    if (signal.receivedAt > knownAt || untrusted.includes(signal.source)) return null;
    if (!isHuman(signal)) return null;
    const at = pieces.size === 0 ? signal.occurredAt : correctedOccurrence(signal, pieces);
    return at > watermark ? null : at;
  };
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
    const row = { decision, index: this.#rows.length, cell: this.#cellOf(decision) };
    this.#rows.push(row);
    this.#byId.set(decision.id, row);
    const ofUnit = this.#byUnit.get(decision.unitId);
    if (ofUnit === undefined) this.#byUnit.set(decision.unitId, [row]);
    else {
      ofUnit.push(row);
      this.#unsorted.add(decision.unitId);
    }
  }

  /** The latest decision of units that are one at or before a time, of those known by then; of several at one time the one with the greatest id. */
  decisionOfUnitsAt(units: readonly UnitId[], at: number, knownAt: number): Decision | null {
    return this.#rowOfUnitsAt(units, at, knownAt)?.decision ?? null;
  }

  measure(query: MeasureQuery, signals: SignalsOfType): Measurement {
    const { metric, watermark, knownAt = Infinity, excluded = [] } = query;
    const outcomes = metric.kind === "conversion" ? new Conversions(this.#rows.length) : new Values();
    const occurrenceOf = hearing(query, signals.isHuman);
    const attribute = (signal: Signal, rowAt: (at: Instant) => Row | null | undefined): void => {
      const at = occurrenceOf(signal);
      const row = at === null ? null : rowAt(at);
      if (at === null || row === null || row === undefined) return;
      const delay = at - row.decision.decidedAt;
      if (delay >= 0 && delay <= metric.windowMs) outcomes.add(row.index, signal.value ?? 0);
    };
    for (const signal of signals.naming) attribute(signal, () => this.#byId.get(signal.decisionId ?? ""));
    const merged = mergedUnits(query);
    for (const signal of signals.free) {
      const units = merged.get(signal.unitId);
      attribute(signal, (at) =>
        units === undefined ? this.#rowOfUnitAt(signal.unitId, at, knownAt) : this.#rowOfUnitsAt(units, at, knownAt),
      );
    }

    const sums: CellSums[] = this.#cells.map(() => ({ n: 0, nonZero: 0, sumMicros: 0n, sumSquaresMicros: 0n }));
    let censored = 0;
    for (const { decision, index, cell } of this.#rows) {
      if (decision.decidedAt > watermark || heardAt(decision) > knownAt) continue;
      const closesAt = decision.decidedAt + metric.windowMs;
      if (excluded.some(({ from, to }) => decision.decidedAt <= to && closesAt >= from)) continue;
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

  #rowOfUnitsAt(units: readonly UnitId[], at: number, knownAt: number): Row | null {
    return units.reduce<Row | null>((latest, unit) => {
      const row = this.#rowOfUnitAt(unit, at, knownAt);
      return row === null || (latest !== null && inOrder(row, latest) < 0) ? latest : row;
    }, null);
  }

  #rowOfUnitAt(unit: UnitId, at: number, knownAt: number): Row | null {
    const rows = this.#byUnit.get(unit);
    if (rows === undefined) return null;
    if (this.#unsorted.delete(unit)) {
      rows.sort(inOrder);
    }
    let before = 0;
    let after = rows.length;
    while (before < after) {
      const middle = (before + after) >> 1;
      const row = rows[middle];
      if (row !== undefined && row.decision.decidedAt <= at) before = middle + 1;
      else after = middle;
    }
    while (before > 0) {
      before -= 1;
      const row = rows[before];
      if (row !== undefined && heardAt(row.decision) <= knownAt) return row;
    }
    return null;
  }

  #cellOf(d: Decision): number {
    const { cycle, fold, segment, cohort, playbookVersion, changeId, rolloutShare, action, propensity } = d;
    const limited = isLimited(d);
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
      limited,
    ].join("\u0000");
    const known = this.#cellNumbers.get(name);
    if (known !== undefined) return known;
    this.#cellNumbers.set(name, this.#cells.length);
    const rule = { cohort, playbookVersion, changeId, rolloutShare };
    this.#cells.push({ cycle, fold, segment, ...rule, action, propensity, limited });
    return this.#cells.length - 1;
  }
}

/** By when they were made, then by id. */
function inOrder({ decision: a }: Row, { decision: b }: Row): number {
  return a.decidedAt - b.decidedAt || compareCodePoints(a.id, b.id);
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
