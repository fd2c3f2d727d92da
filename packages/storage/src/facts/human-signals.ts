import type { MeasureQuery } from "@ratchet/engine";
import {
  AT_ONCE_MS,
  CLICKS_MAX,
  humanProbabilityMinOf,
  humanProbabilityNeeded,
  INSTANT_MS,
  isMachineMade,
  LINKS_MIN,
} from "@ratchet/engine/drivers";

const AT_MS = "toUnixTimestamp64Milli(occurred_at)";
const MAIL = "JSONExtractString(properties, 'vendor_message_id')";

/**
 * Opens or clicks that are as likely a person's as the metric asks for, with the columns of `ratchet.signals` that measuring reads: the
 * engine's `signsOfMachine`, in SQL. What one person did with one mail of one source is brought together, then every signal is looked at
 * beside it.
 */
const ENGAGED = `(
  SELECT s.workspace AS workspace, s.source AS source, s.type AS type, s.unit_id AS unit_id, s.decision_id AS decision_id, s.value AS value,
    s.occurred_at AS occurred_at, s.received_at AS received_at
  FROM (
    SELECT *, ${AT_MS} AS at_ms, ${MAIL} AS mail FROM ratchet.signals WHERE workspace = {workspace:String} AND type = {type:String}
  ) AS s LEFT JOIN (
    SELECT source, person, ${MAIL} AS mail,
      arraySlice(arraySort(groupUniqArrayIf((${AT_MS}, JSONExtractString(properties, 'link')), type = {type:String})), 1, ${CLICKS_MAX}) AS clicks,
      countIf(type = 'delivered') AS deliveries, minIf(${AT_MS}, type = 'delivered') AS delivered
    FROM ratchet.signals
    WHERE workspace = {workspace:String} AND type IN ({type:String}, 'delivered') AND person != '' AND mail != ''
      AND toUnixTimestamp64Milli(received_at) <= {known_at:Int64}
    GROUP BY source, person, mail
  ) AS m ON m.source = s.source AND m.person = s.person AND m.mail = s.mail
  WHERE ifNull(s.human_probability, 1) >= arrayElement(
    arrayMap(bytes -> reinterpretAsFloat64(unhex(bytes)), splitByChar(',', {human_needed:String})),
    1 + (length(arrayDistinct(arrayMap(click -> click.2, arrayFilter(click -> abs(click.1 - s.at_ms) <= ${AT_ONCE_MS}, m.clicks)))) >= ${LINKS_MIN})
      + (m.deliveries > 0 AND s.at_ms >= m.delivered AND s.at_ms - m.delivered < ${INSTANT_MS}))
)`;

/** The same by what a signal says of itself alone, for types that only people make. */
const STATED = `(
  SELECT workspace, source, type, unit_id, decision_id, value, occurred_at, received_at FROM ratchet.signals
  WHERE ifNull(human_probability, 1) >= reinterpretAsFloat64(unhex(substring({human_needed:String}, 1, 16)))
)`;

/** Where a metric's signals are read from. Needs `humanParameters`. */
export function humanSignals({ metric }: Pick<MeasureQuery, "metric">): string {
  if (humanProbabilityMinOf(metric) === 0) return "ratchet.signals";
  return isMachineMade(metric.signal) ? ENGAGED : STATED;
}

/** Binds `{human_needed:String}`: doubles as their bytes, since the engine reads a number's text to the last digit but one. */
export function humanParameters({ metric }: Pick<MeasureQuery, "metric">): { readonly human_needed: string } {
  const min = humanProbabilityMinOf(metric);
  return { human_needed: [0, 1, 2].map((signs) => bytesOf(humanProbabilityNeeded(min, signs))).join(",") };
}

function bytesOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString("hex");
}
