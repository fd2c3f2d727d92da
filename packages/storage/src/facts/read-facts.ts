import {
  accountRef,
  actionId,
  changeId,
  decisionId,
  instant,
  microsOf,
  personRef,
  segmentId,
  unitId,
  type Cohort,
  type Decision,
  type DecisionId,
  type DecisionQuery,
  type FactsReading,
  type Signal,
  type SignalDetail,
  type SignalPlace,
  type SignalQuery,
} from "@ratchet/engine";
import { heardAt, probability, propensity } from "@ratchet/engine/drivers";
import type { ChdbProcess, ResultRow } from "./chdb-process.ts";
import type { ChdbStatement } from "./chdb-statement.ts";
import { WORKSPACE } from "./fact-rows.ts";
import { DECISION_KNOWN_MS, isOfUnit, occurredMs, readingParameters } from "./reading-sql.ts";
import { ColumnReader } from "./result-columns.ts";

const DECISION = `id, source, point, unit_id, segment, context, action, propensity, cohort, playbook_version, change_id, rollout_share,
  cycle, fold, reasons, toUnixTimestamp64Milli(decided_at),
  toUnixTimestamp64Milli(received_at), record`;
/** Read under `readingParameters`. */
const signalColumns = (
  reading: FactsReading,
): string => `source, message_id, type, unit_id, decision_id, value, ${occurredMs(reading)} AS occurred_ms,
  toUnixTimestamp64Milli(occurred_at) AS raw_ms, toUnixTimestamp64Milli(received_at),
  toUnixTimestamp64Milli(sent_at), person, account, currency, human_probability, properties`;

/** A decision by its id; of several sources that share it, the one that sorts first. */
export async function readDecision(chdb: ChdbProcess, id: DecisionId): Promise<Decision | null> {
  const rows = await chdb.read({
    sql: `SELECT ${DECISION} FROM ratchet.decisions WHERE workspace = {workspace:String} AND id = {id:String} ORDER BY source LIMIT 1`,
    parameters: { workspace: WORKSPACE, id },
  });
  return rows[0] === undefined ? null : decisionOf(rows[0]);
}

export async function readDecisions(chdb: ChdbProcess, query: DecisionQuery): Promise<readonly Decision[]> {
  return (await chdb.read(listing(query))).map(decisionOf);
}

function listing({
  source,
  unitId: unit,
  playbookVersion,
  cycle,
  knownAt,
  since,
  until,
  limit,
}: DecisionQuery): ChdbStatement {
  const wanted = [
    { condition: "workspace = {workspace:String}", name: "workspace", value: WORKSPACE },
    { condition: "source = {source:String}", name: "source", value: source },
    { condition: "unit_id = {unit:String}", name: "unit", value: unit },
    { condition: "playbook_version = {version:Int64}", name: "version", value: playbookVersion },
    { condition: "cycle = {cycle:Int64}", name: "cycle", value: cycle },
    { condition: `${DECISION_KNOWN_MS} <= {known_at:Int64}`, name: "known_at", value: knownAt },
    { condition: "toUnixTimestamp64Milli(decided_at) > {since:Int64}", name: "since", value: since },
    { condition: "toUnixTimestamp64Milli(decided_at) <= {until:Int64}", name: "until", value: until },
  ].flatMap(({ value, ...rest }) => (value === undefined ? [] : { ...rest, value }));
  return {
    sql: `SELECT ${DECISION} FROM ratchet.decisions WHERE ${wanted.map(({ condition }) => condition).join(" AND ")}
          ORDER BY decided_at DESC, id DESC LIMIT {limit:UInt64}`,
    parameters: { ...Object.fromEntries(wanted.map(({ name, value }) => [name, value])), limit },
  };
}

/**
 * The signals that name the decision, and those that name none and fall between it and its unit's next one: all of them when no other
 * decision follows, none when another one was made at the same time and has a greater id.
 */
export async function readSignalsOf(
  chdb: ChdbProcess,
  decision: Decision,
  reading: FactsReading,
): Promise<readonly Signal[]> {
  if (reading.knownAt !== undefined && heardAt(decision) > reading.knownAt) return [];
  const own = isOfUnit(decision.unitId, reading);
  const rows = await chdb.read({
    sql: `
      WITH
        (SELECT (countIf(toUnixTimestamp64Milli(decided_at) = {decided:Int64} AND id > {id:String}),
                 minIf(toUnixTimestamp64Milli(decided_at), toUnixTimestamp64Milli(decided_at) > {decided:Int64}),
                 countIf(toUnixTimestamp64Milli(decided_at) > {decided:Int64}))
         FROM ratchet.decisions
         WHERE workspace = {workspace:String} AND source = {source:String} AND point = {point:String} AND ${own.condition}
           AND ${DECISION_KNOWN_MS} <= {known_at:Int64}
        ) AS others
      SELECT ${signalColumns(reading)} FROM ratchet.signals
      WHERE workspace = {workspace:String} AND occurred_ms >= {decided:Int64}
        AND toUnixTimestamp64Milli(received_at) <= {known_at:Int64}
        AND (decision_id = {id:String}
          OR (decision_id = '' AND ${own.condition} AND others.1 = 0
            AND (others.3 = 0 OR occurred_ms < others.2)))
      ORDER BY occurred_ms, raw_ms, source, message_id`,
    parameters: {
      workspace: WORKSPACE,
      source: decision.source,
      point: decision.point,
      ...own.parameters,
      id: decision.id,
      decided: decision.decidedAt,
      ...readingParameters(reading),
    },
  });
  return rows.map(signalOf);
}

export async function readSignals(chdb: ChdbProcess, query: SignalQuery): Promise<readonly Signal[]> {
  const { source, type, unitId: unit, since, until, behind, limit } = query;
  const wanted: readonly Wanted[] = [
    { condition: "workspace = {workspace:String}", parameters: { workspace: WORKSPACE } },
    { condition: "toUnixTimestamp64Milli(received_at) <= {known_at:Int64}", parameters: readingParameters(query) },
    ...(source === undefined ? [] : [{ condition: "source = {source:String}", parameters: { source } }]),
    ...(type === undefined ? [] : [{ condition: "type = {type:String}", parameters: { type } }]),
    ...(unit === undefined ? [] : [isOfUnit(unit, query)]),
    ...(since === undefined ? [] : [{ condition: "occurred_ms > {since:Int64}", parameters: { since } }]),
    ...(until === undefined ? [] : [{ condition: "occurred_ms <= {until:Int64}", parameters: { until } }]),
    ...(behind === undefined ? [] : [isBehind(behind)]),
  ];
  const rows = await chdb.read({
    sql: `SELECT ${signalColumns(query)} FROM ratchet.signals WHERE ${wanted.map(({ condition }) => condition).join(" AND ")}
          ORDER BY occurred_ms DESC, raw_ms DESC, source DESC, message_id DESC LIMIT {limit:UInt64}`,
    parameters: { ...Object.assign({}, ...wanted.map(({ parameters }) => parameters)), limit },
  });
  return rows.map(signalOf);
}

/** A condition on rows, and what it needs bound. */
interface Wanted {
  readonly condition: string;
  readonly parameters: ChdbStatement["parameters"];
}

/** Whether a row comes later in the list of signals than this place. */
function isBehind({ occurredAt, occurredAtRaw = occurredAt, source, messageId }: SignalPlace): Wanted {
  return {
    condition: `(occurred_ms, raw_ms, toString(source), message_id) <
      ({place_ms:Int64}, {place_raw:Int64}, {place_source:String}, {place_id:String})`,
    parameters: { place_ms: occurredAt, place_raw: occurredAtRaw, place_source: source, place_id: messageId },
  };
}

function decisionOf(row: ResultRow): Decision {
  const column = new ColumnReader(row);
  return {
    id: decisionId(column.text()),
    source: column.text(),
    point: column.text(),
    unitId: unitId(column.text()),
    segment: segmentId(column.text()),
    context: contextOf(column.text()),
    action: actionId(column.text()),
    propensity: orNull(column.numberOrNull(), propensity),
    cohort: cohortOf(column.text()),
    playbookVersion: column.number(),
    changeId: orNull(column.textOrNull(), changeId),
    rolloutShare: column.number(),
    cycle: column.number(),
    fold: column.number(),
    reasons: column.texts(),
    decidedAt: instant(column.number()),
    ...receivedAtOf(column.numberOrNull()),
    ...recordOf(column.textOrNull()),
  };
}

/** Our own bytes again. */
function recordOf(stored: string | null): Pick<Decision, "record"> {
  if (stored === null) return {};
  const record: NonNullable<Decision["record"]> = JSON.parse(stored);
  return { record };
}

function signalOf(row: ResultRow): Signal {
  const column = new ColumnReader(row);
  return {
    source: column.text(),
    messageId: column.text(),
    type: column.text(),
    unitId: unitId(column.text()),
    decisionId: orNull(column.textOrNull(), decisionId),
    value: orNull(column.numberOrNull(), microsOf),
    ...occurrenceOf(column.number(), column.number()),
    receivedAt: instant(column.number()),
    ...sentAtOf(column.numberOrNull()),
    ...detailOf(column),
  };
}

function receivedAtOf(ms: number | null): Pick<Decision, "receivedAt"> {
  return ms === null ? {} : { receivedAt: instant(ms) };
}

function occurrenceOf(ms: number, rawMs: number): Pick<Signal, "occurredAt" | "occurredAtRaw"> {
  return { occurredAt: instant(ms), ...(ms === rawMs ? {} : { occurredAtRaw: instant(rawMs) }) };
}

function sentAtOf(ms: number | null): Pick<Signal, "sentAt"> {
  return ms === null ? {} : { sentAt: instant(ms) };
}

/** A signal without detail has no properties, not even empty ones. */
function detailOf(column: ColumnReader): { readonly detail?: SignalDetail } {
  const detail = {
    person: orNull(column.textOrNull(), personRef),
    account: orNull(column.textOrNull(), accountRef),
    currency: column.textOrNull(),
    humanProbability: orNull(column.numberOrNull(), probability),
  };
  const properties = column.textOrNull();
  return properties === null ? {} : { detail: { ...detail, properties: contextOf(properties) } };
}

/** Our own bytes: the encoder wrote them from a context. */
function contextOf(stored: string): Decision["context"] {
  const context: Decision["context"] = JSON.parse(stored);
  return context;
}

/** @throws TypeError where the stored word is no cohort. */
export function cohortOf(stored: string): Cohort {
  if (stored === "holdout" || stored === "business-as-usual" || stored === "control" || stored === "candidate")
    return stored;
  throw new TypeError(`not a cohort: ${stored}`);
}

function orNull<Stored, Value>(stored: Stored | null, read: (stored: Stored) => Value): Value | null {
  return stored === null ? null : read(stored);
}
