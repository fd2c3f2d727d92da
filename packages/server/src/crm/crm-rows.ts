import {
  foldOldest,
  recordState,
  sightingOf,
  untoldChanges,
  type Instant,
  type RecordChange,
  type RecordKey,
  type RecordKind,
  type RecordVersion,
  type Source,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import type { UpsertResponse } from "@ratchet/protocol";
import { namelessText } from "../http/nameless-text.ts";
import type { Ingest, ReadItem } from "../ingest/ingest.ts";
import { receivedSignal } from "../vendors/draft-signal.ts";
import type { AccountMatching } from "./account-matching.ts";
import { readRow, type ReadRow, type RowFault } from "./read-row.ts";

/** Rows of one request. */
interface RowsRequest {
  readonly source: Pick<Source, "id" | "carriesOutcomes">;
  readonly kind: RecordKind;
  readonly rows: readonly unknown[];
  /** The text of a row as it was sent. */
  readonly rawOf: (index: number) => string;
  /** Names the request in the quarantine. */
  readonly requestId: string;
  readonly now: Instant;
}

/** Where rows of CRMs end: as versions of objects, and as the signals that tell what changed between them. */
export interface CrmRows {
  /** Resolves when everything is durable. The same rows again add nothing. */
  readonly take: (request: RowsRequest) => Promise<UpsertResponse>;
  /** A row out of quarantine: why it still does not fit, or null where it is in now. */
  readonly takeAgain: (request: Omit<RowsRequest, "requestId" | "rawOf">) => Promise<RowFault | null>;
}

/** Versions kept of one object; the oldest are folded into one. */
const VERSIONS_MAX = 1000;

interface Parts {
  readonly state: StateStore;
  readonly ingest: Pick<Ingest, "take">;
  readonly surrogates: Surrogates;
  readonly matching: AccountMatching;
}

export function openCrmRows(parts: Parts): CrmRows {
  // What a row tells depends on the rows before it: one request after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = turn.then(work);
    turn = run.catch(() => undefined);
    return run;
  };
  return {
    take: (request) =>
      inTurn(async () => {
        const taken = await takeRows(parts, request);
        await quarantineRows(parts.state, request, taken.rejected);
        return taken;
      }),
    takeAgain: (request) =>
      inTurn(async () => {
        const { rejected } = await takeRows(parts, { ...request, requestId: "replay" });
        return rejected[0] ?? null;
      }),
  };
}

/** What the rows of one request come to, before anything is written. */
interface Sorted {
  /** Those that fit, with those that are known already. */
  readonly rows: readonly ReadRow[];
  readonly duplicates: number;
  readonly rejected: UpsertResponse["rejected"];
  /** Every version of each object that the request names, with those that it adds. */
  readonly objects: ReadonlyMap<string, readonly RecordVersion[]>;
}

async function takeRows(parts: Parts, request: Omit<RowsRequest, "rawOf">): Promise<UpsertResponse> {
  const { state, ingest, surrogates, matching } = parts;
  const { kind, source, rows, now } = request;
  const read = rows.map((row) => readRow(row, { kind, source: source.id, now, surrogates }));
  const keys = read.flatMap((one) => (one.kind === "ok" ? [one.value.version] : []));
  const known = await state.recordVersions(keys);
  const sorted = sortRows(read, known);
  const latest = new Map(sorted.rows.map((row) => [nameOf(row.version), row]));
  const told = [...latest].map(([name, row]) => {
    const versions = sorted.objects.get(name) ?? [];
    const { changes, marked } = untoldChanges(versions);
    const marks = new Map(marked.map((version) => [version.updatedAt, version]));
    return { row, versions, changes, all: versions.map((version) => marks.get(version.updatedAt) ?? version) };
  });
  const before = new Set(known);
  const items = told.flatMap(({ row, versions, changes, all }) => {
    // In one with the first of its signals: should the server stop, a row is known if and only if what it tells is.
    const records = all.filter((version) => !before.has(version));
    return changes.map((change, i) => ({
      ...itemOf(row, versions, { change, surrogates }),
      ...(i === 0 ? { records } : {}),
    }));
  });
  const tally = await ingest.take({ source, items, requestId: request.requestId, now });
  // Of rows that are known too: should the server have stopped here, they come again.
  await state.learn(sorted.rows.flatMap((row) => sightedIn(row, { source: source.id, surrogates, now })));
  const put: RecordVersion[] = [];
  const gone: RecordVersion[] = [];
  for (const { all } of told) {
    const { kept, dropped } = foldOldest(await matching.matched(all), VERSIONS_MAX);
    put.push(...kept.filter((version) => !before.has(version)));
    gone.push(...dropped);
  }
  await state.putRecordVersions(put, gone);
  return {
    sent: rows.length,
    accepted: sorted.rows.length - sorted.duplicates,
    duplicates: sorted.duplicates,
    quarantined: sorted.rejected.length,
    signals: tally.accepted,
    rejected: sorted.rejected,
  };
}

function sortRows(read: readonly ReturnType<typeof readRow>[], known: readonly RecordVersion[]): Sorted {
  const objects = new Map<string, readonly RecordVersion[]>();
  for (const version of known) objects.set(nameOf(version), [...(objects.get(nameOf(version)) ?? []), version]);
  const fitting: ReadRow[] = [];
  const rejected: UpsertResponse["rejected"][number][] = [];
  let duplicates = 0;
  for (const [index, row] of read.entries()) {
    if (row.kind === "err") {
      rejected.push({ index, code: row.error.code, message: namelessText(row.error.message) });
      continue;
    }
    const { version } = row.value;
    const before = objects.get(nameOf(version)) ?? [];
    const same = before.find(({ updatedAt }) => updatedAt === version.updatedAt);
    const fault = same === undefined ? faultOf(version, before) : CONFLICT;
    if (same?.digest === version.digest) {
      duplicates += 1;
      fitting.push(row.value);
    } else if (fault !== null) rejected.push({ index, ...fault });
    else {
      objects.set(
        nameOf(version),
        [...before, version].toSorted((a, b) => a.updatedAt - b.updatedAt),
      );
      fitting.push(row.value);
    }
  }
  return { rows: fitting, duplicates, rejected, objects };
}

const CONFLICT: RowFault = {
  code: "record.conflict",
  message: "another row was taken for this object and updated_at; the first one stands",
};

function faultOf(version: RecordVersion, before: readonly RecordVersion[]): RowFault | null {
  const [oldest] = before;
  if (before.length >= VERSIONS_MAX && oldest !== undefined && version.updatedAt < oldest.updatedAt)
    return { code: "record.too_old", message: `${VERSIONS_MAX} later rows of this object came before it` };
  return version.kind === "opportunity" && accountIdIn([...before, version]) === null
    ? {
        code: "record.about_nobody",
        message: "/account_id: an opportunity names its account, here or in an earlier row",
      }
    : null;
}

const nameOf = ({ kind, source, object }: RecordKey): string => [kind, source, object].join("\0");

/** The account of an object: the latest that was told, also where it was emptied since. */
function accountIdIn(versions: readonly RecordVersion[]): string | null {
  const named = versions.toSorted((a, b) => a.updatedAt - b.updatedAt).findLast(({ fields }) => fields["account_id"]);
  const id = named?.fields["account_id"];
  return typeof id === "string" ? id : null;
}

/** A change as a message of its source: about the account where there is one, else the person. */
function itemOf(
  { id, person, version }: ReadRow,
  versions: readonly RecordVersion[],
  { change, surrogates }: { readonly change: RecordChange; readonly surrogates: Surrogates },
): ReadItem {
  const { kind, source } = version;
  const accountId = kind === "account" ? id : accountIdIn(versions);
  const converted = change.type === "lead_converted" ? recordState(versions).fields["converted_account_id"] : null;
  const signal = receivedSignal({
    // Keyed: an id may be an address, which anybody could try.
    messageId: surrogates.digest(JSON.stringify(["record", source, kind, id, change.type, change.updatedAt])),
    type: change.type,
    occurredAt: change.occurredAt,
    person,
    account: accountId === null ? null : { accountId },
    amount: change.amount,
    currency: change.currency,
    properties: {
      channel: "crm",
      [kind === "opportunity" ? "opportunity_id" : "record_id"]: surrogates.unit(id),
      pipeline: kind,
      ...(typeof converted === "string" ? { account_id: converted } : {}),
      ...change.properties,
    },
  });
  return { kind: "signal", signal, raw: JSON.stringify(signal) };
}

/** Who a row is about, for the people table: also where the row tells no signal. */
function sightedIn(
  { person, account, version }: ReadRow,
  { source, surrogates, now }: { readonly source: string; readonly surrogates: Surrogates; readonly now: Instant },
) {
  const sighting = sightingOf(
    {
      source,
      messageId: "",
      type: "record",
      person,
      account,
      unitId: null,
      channel: null,
      at: version.updatedAt,
      heardAt: now,
    },
    surrogates,
  );
  return sighting?.rows ?? [];
}

async function quarantineRows(
  state: StateStore,
  { source, kind, rawOf, requestId, now }: RowsRequest,
  rejected: UpsertResponse["rejected"],
): Promise<void> {
  if (rejected.length === 0) return;
  await state.quarantine(
    rejected.map(({ index, code, message }) => ({
      source: source.id,
      position: `request ${requestId}, ${kind} row ${index}`,
      code,
      reason: message,
      raw: rawOf(index),
      at: now,
      reading: kind,
    })),
  );
}
