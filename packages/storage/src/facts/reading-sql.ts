import type { FactsReading, UnitId } from "@ratchet/engine";
import { clockPieces, LAST_INSTANT, mergedUnits } from "@ratchet/engine/drivers";

const RAW_MS = "toUnixTimestamp64Milli(occurred_at)";

/** The pieces of the row's source's clock, by rising beginning: from, shift, not before. Empty for sources that have none. */
const PIECES = "JSONExtract({clocks:String}, 'Map(String, Array(Tuple(Int64, Int64, Int64)))')[toString(source)]";
const PIECE = `arrayLast(piece -> piece.1 <= ${RAW_MS}, ${PIECES})`;

const CORRECTED_MS = `if(occurred_at = received_at OR empty(${PIECES}) OR ${PIECES}[1].1 > ${RAW_MS}, ${RAW_MS},
  least(greatest(${RAW_MS} + ${PIECE}.2, ${PIECE}.3), toInt64(${LAST_INSTANT})))`;

/**
 * When a row of `signals` happened, epoch ms, under the clocks of a reading: the engine's `correctedOccurrence`, in SQL. Needs
 * `readingParameters`. Without clocks to correct it is the column, at no further cost.
 */
export function occurredMs(reading: FactsReading): string {
  return clockPieces(reading).size === 0 ? RAW_MS : CORRECTED_MS;
}

/** When a decision was heard of, epoch ms: the engine's own are known as they are made. */
export const DECISION_KNOWN_MS = "toUnixTimestamp64Milli(ifNull(received_at, decided_at))";

/** Binds `{clocks:String}` and `{known_at:Int64}`. */
export function readingParameters(reading: FactsReading): { readonly clocks: string; readonly known_at: number } {
  const clocks = [...clockPieces(reading)].map(([source, pieces]) => [
    source,
    pieces.map(({ fromRaw, shiftMs, notBefore }) => [fromRaw, shiftMs, notBefore]),
  ]);
  return { clocks: JSON.stringify(Object.fromEntries(clocks)), known_at: reading.knownAt ?? Number.MAX_SAFE_INTEGER };
}

/** A unit by the name that it shares with all that it is one with: any of theirs, for none but this statement sees it. */
const MERGED_UNIT =
  "transform(unit_id, JSONExtract({merged:String}, 'Array(String)'), JSONExtract({merged_into:String}, 'Array(String)'), unit_id)";

/** The unit of a row, and what it needs bound. Without merges it is the column, at no further cost. */
export function unitOfRow(reading: FactsReading): {
  readonly unit: string;
  readonly parameters: Readonly<Record<string, string>>;
} {
  const groups = [...mergedUnits(reading)];
  if (groups.length === 0) return { unit: "unit_id", parameters: {} };
  const parameters = {
    merged: JSON.stringify(groups.map(([unit]) => unit)),
    merged_into: JSON.stringify(groups.map(([, [first]]) => first)),
  };
  return { unit: MERGED_UNIT, parameters };
}

/** Whether a row is of a unit, or of one that it was merged with, and what that needs bound. */
export function isOfUnit(
  unit: UnitId,
  reading: FactsReading,
): { readonly condition: string; readonly parameters: Readonly<Record<string, string>> } {
  const units = mergedUnits(reading).get(unit);
  // A set, unlike an array, lets the index of units pass over the rest of the table.
  return units === undefined
    ? { condition: "unit_id = {unit:String}", parameters: { unit } }
    : {
        condition: "unit_id IN (SELECT arrayJoin(JSONExtract({units:String}, 'Array(String)')))",
        parameters: { units: JSON.stringify(units) },
      };
}
