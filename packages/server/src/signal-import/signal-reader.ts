import { parseAmount, parseDecisionId, type Instant, type ReceivedSignal } from "@ratchet/engine";
import type { SignalsMappingDocument, SignalsMappingSignal } from "@ratchet/protocol";
import type { Blame } from "../import/row-reader.ts";
import type { CellFault } from "../import/time-format.ts";
import type { TableRow } from "../table/table-row.ts";
import { accountOf, digestOf, machineOf, personOf, signalReading } from "../vendors/draft-signal.ts";
import { flagAt } from "../vendors/json.ts";
import { optionalField, type Columns } from "./field-cell.ts";
import { propertyReader, stageReader } from "./property-cells.ts";
import { timeCell } from "./time-cell.ts";
import { conditionReader, typeReader } from "./type-cell.ts";

/** What a row tells: as many signals as apply, perhaps none, or everything that is wrong with it. */
export type RowSignals =
  | { readonly kind: "signals"; readonly signals: readonly ReceivedSignal[] }
  | { readonly kind: "rejected"; readonly faults: readonly CellFault[] };

type SignalReader = (row: TableRow, blame: Blame) => ReceivedSignal | null;

/** Longest id of a person or account that the stores keep. */
const ID_CHARS_MAX = 200;

/** @throws LogFileError where a time format of the map makes no sense. */
export function rowSignalsReader(document: SignalsMappingDocument, columns: Columns): (row: TableRow) => RowSignals {
  const readers = document.signals.map((signal) => signalReader(signal, document, columns));
  return (row) => {
    if (row.fault !== null) return { kind: "rejected", faults: [row.fault] };
    const faults: CellFault[] = [];
    const blame: Blame = (code, message) => void faults.push({ code, message });
    const signals = readers.flatMap((read) => read(row, blame) ?? []);
    return faults.length > 0 ? { kind: "rejected", faults } : { kind: "signals", signals };
  };
}

function signalReader(signal: SignalsMappingSignal, document: SignalsMappingDocument, columns: Columns): SignalReader {
  const applies = conditionReader(signal, columns);
  const readType = typeReader(signal, columns);
  const readTime = momentReader(signal, document, columns);
  const readWho = whoReader(signal, document, columns);
  const readValue = valueReader(signal, columns);
  const readCurrency = optionalField(signal.currency, columns);
  const readProperties = propertyReader(signal, columns);
  const readStage = stageReader(signal, columns);
  const readMachine = machineReader(signal, columns);
  const readText = optionalField(signal.text, columns);
  const readId = idReader(signal, document, columns);
  return (row, blame) => {
    if (!applies(row)) return null;
    const type = readType(row, blame);
    if (type === null) return null;
    const occurredAt = readTime(row, blame);
    if (occurredAt === "absent") return null;
    const who = readWho(row, blame);
    const amount = readValue(row, blame);
    const properties = readProperties(row, blame);
    if (occurredAt === "faulty" || who === null) return null;
    const stage = readStage(row, who.name, occurredAt);
    const messageId = readId(row, { type, to: stage["to"] ?? "", occurredAt, who: who.name, amount }, blame);
    const reading = signalReading({
      messageId,
      type,
      occurredAt,
      person: who.person,
      account: who.account,
      decisionId: who.decisionId,
      amount,
      currency: readCurrency(row),
      properties: { ...properties, ...stage },
      machine: readMachine(row),
      text: readText(row),
    });
    return reading.kind === "signal" ? reading.signal : null;
  };
}

function momentReader(
  signal: SignalsMappingSignal,
  document: SignalsMappingDocument,
  columns: Columns,
): (row: TableRow, blame: Blame) => Instant | "absent" | "faulty" {
  const at = signal.at ?? document.at;
  if (at === undefined) throw new Error("the map was checked: a signal has a time");
  const { column, optional, read } = timeCell(at);
  const cellOf = columns(column);
  return (row, blame) => {
    const cell = cellOf(row);
    if (cell === "" && optional) return "absent";
    const parsed = read(cell);
    if (parsed.kind === "ok") return parsed.value;
    if (cell === "") blame("time.empty", `${column}: there is no time`);
    else blame(parsed.error.code, `${column}: ${parsed.error.message}`);
    return "faulty";
  };
}

interface Who extends Pick<ReceivedSignal, "person" | "account" | "decisionId"> {
  /** All that names them, to tell one from another. */
  readonly name: string;
}

function whoReader(
  signal: SignalsMappingSignal,
  document: SignalsMappingDocument,
  columns: Columns,
): (row: TableRow, blame: Blame) => Who | null {
  const person = signal.person ?? document.person ?? {};
  const account = signal.account ?? document.account ?? {};
  const userId = optionalField(person.user_id, columns);
  const email = optionalField(person.email, columns);
  const phone = optionalField(person.phone, columns);
  const anonymousId = optionalField(person.anonymous_id, columns);
  const accountId = optionalField(account.account_id, columns);
  const domain = optionalField(account.domain, columns);
  const name = optionalField(account.name, columns);
  const decision = optionalField(signal.decision, columns);
  return (row, blame) => {
    const told = [userId, email, phone, anonymousId, accountId, domain, name, decision].map((read) => read(row));
    const decisionId = decision(row);
    if (told.every((cell) => cell === null)) {
      blame("unit.empty", "the row names neither a person, nor an account, nor a decision");
      return null;
    }
    if (told.some((cell) => cell !== null && cell.length > ID_CHARS_MAX)) {
      blame("unit.id_too_long", `a person's or account's id has more than ${ID_CHARS_MAX} characters`);
      return null;
    }
    const parsed = decisionId === null ? null : parseDecisionId(decisionId);
    if (parsed?.kind === "err") {
      blame(parsed.error.code, parsed.error.message);
      return null;
    }
    return {
      person: personOf({ userId: userId(row), email: email(row), phone: phone(row), anonymousId: anonymousId(row) }),
      account: accountOf({ accountId: accountId(row), domain: domain(row), name: name(row) }),
      decisionId,
      name: JSON.stringify(told),
    };
  };
}

function valueReader(
  { value }: SignalsMappingSignal,
  columns: Columns,
): (row: TableRow, blame: Blame) => number | null {
  if (value === undefined) return () => null;
  if (typeof value === "object") return () => value.constant;
  const cellOf = columns(value);
  return (row, blame) => {
    const cell = cellOf(row);
    if (cell === "") return null;
    const amount = Number(cell);
    if (parseAmount(amount).kind === "ok") return amount;
    blame("value.unreadable", `${value}: "${cell}" is no amount; write it as 1234.56`);
    return null;
  };
}

function machineReader(
  { machine }: SignalsMappingSignal,
  columns: Columns,
): (row: TableRow) => ReceivedSignal["machine"] {
  if (machine === undefined) return () => null;
  const says = optionalField(machine.vendor_says_machine, columns);
  const userAgent = optionalField(machine.user_agent, columns);
  const ip = optionalField(machine.ip, columns);
  const url = optionalField(machine.url, columns);
  return (row) =>
    machineOf({ vendorSaysMachine: flagAt(says(row)), userAgent: userAgent(row), ip: ip(row), url: url(row) });
}

/** What tells two signals of a map apart where it names no id. */
interface Told {
  readonly type: string;
  readonly to: string;
  readonly occurredAt: Instant;
  readonly who: string;
  readonly amount: number | null;
}

/** The message id: the same for the same row in every import of the map, whatever else the map says by then. */
function idReader(
  signal: SignalsMappingSignal,
  document: SignalsMappingDocument,
  columns: Columns,
): (row: TableRow, told: Told, blame: Blame) => string {
  const names = signal.id ?? document.id;
  if (names === undefined)
    return (_, { type, to, occurredAt, who, amount }) => digestOf(type, to, occurredAt, who, amount);
  const at = timeCell(signal.at ?? document.at ?? "").column;
  const readers = names.map((name) => columns(name));
  return (row, { type, to }, blame) => {
    const cells = readers.map((read) => read(row));
    if (cells.every((cell) => cell === ""))
      blame("id.empty", `${names.join(", ")}: nothing there names this row; mend it, or name other columns under id`);
    return digestOf(type, to, at, cells);
  };
}
