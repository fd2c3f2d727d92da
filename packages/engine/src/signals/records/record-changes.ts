import type { Context } from "../../context.ts";
import { parseInstant, type Instant } from "../../time.ts";
import type { RecordKind, RecordVersion } from "./record-version.ts";

/** Something that versions of an object say has happened to it, and that no signal has told yet. */
export interface RecordChange {
  /** A type of the taxonomy, or one of ours beside it. */
  readonly type: string;
  readonly occurredAt: Instant;
  /** The version that it is told of, for the message id. */
  readonly updatedAt: Instant;
  readonly properties: Context;
  /** In units of the currency; null where it carries none. */
  readonly amount: number | null;
  readonly currency: string | null;
}

interface Run {
  readonly value: Value;
  readonly versions: readonly RecordVersion[];
  readonly before: Value | null;
}

type Value = NonNullable<Context[string]>;

/** How the runs of one field are told: the type of a run by its value and the one before it; null: silently. */
interface TrackedField {
  readonly field: string;
  readonly kinds: readonly RecordKind[];
  /** A field that says when the run began, where the source knows. */
  readonly since?: string;
  readonly typeOf: (value: Value, before: Value | null) => string | null;
}

const ALL: readonly RecordKind[] = ["account", "contact", "lead", "opportunity"];
const PEOPLE: readonly RecordKind[] = ["contact", "lead"];
const CLOSED: ReadonlyMap<Value, string> = new Map([
  ["won", "opportunity_won"],
  ["lost", "opportunity_lost"],
]);

const TRACKED: readonly TrackedField[] = [
  { field: "stage", kinds: ALL, since: "stage_entered_at", typeOf: () => "stage_changed" },
  { field: "owner_id", kinds: ALL, typeOf: (_, before) => (before === null ? null : "owner_changed") },
  {
    field: "amount",
    kinds: ["opportunity"],
    typeOf: (_, before) => (before === null ? null : "opportunity_amount_changed"),
  },
  {
    field: "status",
    kinds: ["opportunity"],
    since: "closed_at",
    typeOf: (value, before) => CLOSED.get(value) ?? (before === null ? null : "opportunity_reopened"),
  },
  {
    field: "email_opted_out",
    kinds: PEOPLE,
    typeOf: (value, before) => (value === true ? "unsubscribed" : before === null ? null : "resubscribed"),
  },
  { field: "converted_contact_id", kinds: ["lead"], typeOf: () => "lead_converted" },
];

/** What the versions of one object tell, and the versions with that marked as told. */
export interface ToldChanges {
  readonly changes: readonly RecordChange[];
  /** Those of the versions whose `reported` changed. */
  readonly marked: readonly RecordVersion[];
}

/**
 * Everything that the versions of one object say has happened and that was not told before.
 *
 * Each run of equal values, in order of `updatedAt`, is told by one signal, whichever of its versions came first: a late version that
 * lengthens a run tells nothing new, one that splits a run or stands by itself tells what it is, and what it makes of the part after it.
 * So any order of arrival ends in the same runs told once each. Only the time of a run may be later than true, where its first version came
 * after a later one and the source says no time of its own.
 *
 * @param versions - every version of one object, in any order.
 */
export function untoldChanges(versions: readonly RecordVersion[]): ToldChanges {
  const inOrder = versions.toSorted((a, b) => a.updatedAt - b.updatedAt);
  const marks = new Map<Instant, string[]>();
  const mark = ({ updatedAt }: RecordVersion, what: string): void => {
    marks.set(updatedAt, [...(marks.get(updatedAt) ?? []), what]);
  };
  const changes: RecordChange[] = [];
  const [first] = inOrder;
  if (first !== undefined && !inOrder.some(({ reported }) => reported.includes("created"))) {
    mark(first, "created");
    changes.push(changeAt(first, inOrder, { type: `${first.kind}_created`, since: "created_at", properties: {} }));
  }
  for (const { field, kinds, since, typeOf } of TRACKED) {
    for (const run of runsOf(inOrder, field)) {
      const [start] = run.versions;
      if (start === undefined || !kinds.includes(start.kind)) continue;
      const type = typeOf(run.value, run.before);
      if (type === null || run.versions.some(({ reported }) => reported.includes(field))) continue;
      mark(start, field);
      changes.push(changeAt(start, inOrder, { type, since, properties: propertiesOf(field, run) }));
    }
  }
  const marked = inOrder.flatMap((version): readonly RecordVersion[] => {
    const more = marks.get(version.updatedAt);
    return more === undefined ? [] : [{ ...version, reported: [...version.reported, ...more].toSorted() }];
  });
  return { changes: changes.toSorted((a, b) => a.occurredAt - b.occurredAt), marked };
}

/** Runs of equal values: a version that does not tell the field lengthens none and ends none, one that emptied it ends the run. */
function runsOf(inOrder: readonly RecordVersion[], field: string): readonly Run[] {
  const runs: { value: Value; versions: RecordVersion[]; before: Value | null }[] = [];
  let isOpen = false;
  for (const version of inOrder) {
    const value = version.fields[field];
    if (value === undefined) continue;
    const last = runs.at(-1);
    if (value !== null && isOpen && last !== undefined && last.value === value) last.versions.push(version);
    else if (value !== null) runs.push({ value, versions: [version], before: last?.value ?? null });
    isOpen = value !== null;
  }
  return runs;
}

function propertiesOf(field: string, { value, before }: Run): Context {
  if (field === "stage") return { to: value, ...(before === null ? {} : { from: before }) };
  if (field === "converted_contact_id") return { contact_id: value };
  if (field === "email_opted_out") return { channel: "email" };
  if (field === "owner_id") return { owner: value, ...(before === null ? {} : { former_owner: before }) };
  return {};
}

interface Told {
  readonly type: string;
  readonly since: string | undefined;
  readonly properties: Context;
}

function changeAt(
  version: RecordVersion,
  inOrder: readonly RecordVersion[],
  { type, since, properties }: Told,
): RecordChange {
  const { kind, updatedAt, fields } = version;
  // As the object was then: what this version does not tell is what the last one before it told.
  const then = Object.assign(
    {},
    ...inOrder.filter((one) => one.updatedAt <= updatedAt).map((one) => one.fields),
  ) satisfies Context;
  const amount = kind === "opportunity" && typeof then["amount"] === "number" ? then["amount"] : null;
  const currency = amount !== null && typeof then["currency"] === "string" ? then["currency"] : null;
  return {
    type,
    occurredAt: momentOf(since === undefined ? null : (fields[since] ?? null), updatedAt),
    updatedAt,
    properties: { ...properties, ...(typeof then["pipeline"] === "string" ? { pipeline: then["pipeline"] } : {}) },
    amount,
    currency,
  };
}

/** A date that a close is only expected on, and a clock that is ahead, lie after the update: then the update is the time. */
function momentOf(said: Context[string] | null, updatedAt: Instant): Instant {
  const parsed = typeof said === "string" ? parseInstant(said) : null;
  return parsed?.kind === "ok" && parsed.value < updatedAt ? parsed.value : updatedAt;
}
