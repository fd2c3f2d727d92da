import {
  companyDomainOf,
  parseInstant,
  type AccountReference,
  type ContactRole,
  type Context,
  type Instant,
  type PersonReference,
  type RecordKey,
  type RecordKind,
  type RecordVersion,
  type Surrogates,
} from "@ratchet/engine";
import { accountRowSchema, contactRowSchema, faultsOf, leadRowSchema, opportunityRowSchema } from "@ratchet/protocol";
import { err, ok, type Result } from "@ratchet/stats";
import { flatProperties, namesSomebody } from "../ingest/flat-properties.ts";
import { accountOf, personOf } from "../vendors/draft-signal.ts";

/** A row, taken apart: what is kept of the object, and who it is about. */
export interface ReadRow {
  /** As the source names it. */
  readonly id: string;
  readonly version: RecordVersion;
  readonly person: PersonReference | null;
  readonly account: AccountReference | null;
}

/** Why a row was not taken. */
export interface RowFault {
  readonly code: string;
  readonly message: string;
}

/** Where and when a row came in. */
export interface RowArrival {
  readonly kind: RecordKind;
  readonly source: string;
  readonly now: Instant;
  readonly surrogates: Surrogates;
}

/** A row that is dated later than this from now would be the latest for as long: its clock is wrong. */
const AHEAD_MAX_MS = 24 * 3_600_000;

const SCHEMAS = {
  account: accountRowSchema,
  contact: contactRowSchema,
  lead: leadRowSchema,
  opportunity: opportunityRowSchema,
} as const;

/** What names a person, the row itself, or is kept elsewhere. */
const NOT_A_FIELD: ReadonlySet<string> = new Set(["id", "updated_at", "email", "phone", "attributes", "contacts"]);

/** Checks a row and takes it apart. Direct identifiers go to `person`, and to nothing that is kept of the object. */
export function readRow(value: unknown, arrival: RowArrival): Result<ReadRow, RowFault> {
  const parsed = SCHEMAS[arrival.kind].safeParse(value);
  if (!parsed.success) {
    const faults = faultsOf(parsed.error).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    return err({ code: "record.invalid", message: faults.join("; ") });
  }
  const row: Readonly<Record<string, unknown>> & { readonly id: string; readonly updated_at: string } = parsed.data;
  const updatedAt = parseInstant(row.updated_at);
  if (updatedAt.kind === "err") return err(updatedAt.error);
  if (updatedAt.value > arrival.now + AHEAD_MAX_MS)
    return err({
      code: "record.ahead",
      message: "/updated_at is more than a day ahead of our clock; mend the sender's",
    });
  const { surrogates, kind, source } = arrival;
  const person = personIn(row, kind);
  return ok({
    id: row.id,
    person,
    account: accountIn(row, kind),
    version: {
      ...keyOf({ kind, source, id: row.id }, surrogates),
      updatedAt: updatedAt.value,
      digest: surrogates.digest(JSON.stringify(sorted(row))),
      fields: fieldsOf(row, { kind, surrogates, person }),
      roles: rolesIn(row["contacts"], surrogates),
      reported: [],
    },
  });
}

/** The key of an object, which names a person by a surrogate alone. */
export function keyOf(
  { kind, source, id }: { readonly kind: RecordKind; readonly source: string; readonly id: string },
  surrogates: Surrogates,
): RecordKey {
  const isPerson = kind === "contact" || kind === "lead";
  return { kind, source, object: isPerson ? (surrogates.person({ userId: id }) ?? id) : id };
}

type Row = Readonly<Record<string, unknown>>;

const textIn = (row: Row, name: string): string | null => {
  const value = row[name];
  return typeof value === "string" && value.trim() !== "" ? value : null;
};

function personIn(row: Row, kind: RecordKind): PersonReference | null {
  if (kind !== "contact" && kind !== "lead") return null;
  const named = personOf({ userId: textIn(row, "id"), email: textIn(row, "email"), phone: textIn(row, "phone") });
  const name = textIn(row, "name");
  return named === null || name === null ? named : { ...named, name };
}

function accountIn(row: Row, kind: RecordKind): AccountReference | null {
  return kind === "account"
    ? accountOf({ accountId: textIn(row, "id"), domain: textIn(row, "domain") })
    : accountOf({ accountId: textIn(row, "account_id") });
}

function rolesIn(contacts: unknown, surrogates: Surrogates): readonly ContactRole[] | null {
  if (!Array.isArray(contacts)) return null;
  return contacts.flatMap((contact: Row): readonly ContactRole[] => {
    const person = surrogates.person({ userId: textIn(contact, "contact_id") ?? "" });
    const role = textIn(contact, "role");
    return person === null || role === null ? [] : [{ person, role }];
  });
}

interface FieldParts {
  readonly kind: RecordKind;
  readonly surrogates: Surrogates;
  readonly person: PersonReference | null;
}

/** What is told of the object, flat. An owner who is named by an address becomes a surrogate; other addresses are dropped. */
function fieldsOf(row: Row, { kind, surrogates, person }: FieldParts): Context {
  const told = Object.entries(row).flatMap(([name, value]): readonly (readonly [string, Context[string]])[] => {
    if (NOT_A_FIELD.has(name) || (name === "name" && kind !== "account")) return [];
    if (name === "owner_id" && typeof value === "string")
      return [[name, value.trim() === "" ? null : surrogates.unit(value)]];
    if (typeof value === "string") return namesSomebody(value) ? [] : [[name, value]];
    return value === null || typeof value === "number" || typeof value === "boolean" ? [[name, value]] : [];
  });
  const attributes = Object.entries(flatProperties(row["attributes"])).map(
    ([name, value]) => [`attributes.${name}`, value] as const,
  );
  const domain = person === null || row["domain"] ? null : companyDomainOf(surrogates.identifiers(person));
  return Object.fromEntries([...told, ...attributes, ...(domain === null ? [] : [["domain", domain] as const])]);
}

/** Names in one order, also inside: the same row has the same text however its sender orders it. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]) => [name, sorted(member)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
