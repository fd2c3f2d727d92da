import type { FactsReading } from "@ratchet/engine";
import { clockPieces, LAST_INSTANT } from "@ratchet/engine/drivers";

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
