import {
  accountOfOpportunity,
  foldOldest,
  recordState,
  sightingOf,
  tieFields,
  type Instant,
  type OpportunityTie,
  type PersonReference,
  type ReceivedSignal,
  type RecordKey,
  type RecordVersion,
  type Source,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import type { ReadItem, ToldItem } from "../ingest/ingest.ts";
import type { SourceRegistry } from "../ingest/source-keys.ts";
import type { SaidTie } from "../vendors/vendor.ts";

/** Items in which whatever named an opportunity alone is about somebody, or waits. */
interface PlacedItems {
  readonly items: readonly ReadItem[];
  /** The opportunities, and the parts in them, of which these items said whose they are. */
  readonly tied: readonly string[];
}

/**
 * Whose an opportunity is, as far as anybody said, for the events of tools that name a deal and nobody else: by the rows that reverse-ETL
 * tools upsert, and by the ties that webhooks tell.
 */
export interface Opportunities {
  /**
   * Keeps the ties among the items, and puts into each that names an opportunity alone its account, else the only person who plays a part in
   * it. Where neither is known it is unread, and waits under the opportunity's name. Resolves when the ties are durable; the same again
   * change nothing.
   */
  readonly place: (source: string, items: readonly ToldItem[], now: Instant) => Promise<PlacedItems>;
  /** How what waits for an opportunity, or for a part in one, is marked in the quarantine. */
  readonly readingOf: (id: string) => string;
}

interface Parts {
  readonly state: StateStore;
  readonly surrogates: Surrogates;
  readonly sources: Pick<SourceRegistry, "all">;
}

/** Versions kept of one opportunity; the oldest are folded into one. */
const VERSIONS_MAX = 1000;

export function openOpportunities(parts: Parts): Opportunities {
  const readingOf = (id: string): string => `opportunity:${parts.surrogates.unit(id)}`;
  // A tie is written beside those that are there: one call after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const learn = (heard: Heard, items: readonly ToldItem[]): Promise<Learned> => {
    const run = turn.then(() => learnTies(parts, heard, items));
    turn = run.catch(() => undefined);
    return run;
  };
  return {
    readingOf,
    place: async (source, told, now) => {
      const items = told.flatMap((item) => (item.kind === "tie" ? [] : [item]));
      const { tied, waiting } =
        items.length === told.length ? NOTHING_TIED : await learn({ source, now, readingOf }, told);
      const named = new Set(items.flatMap((item) => opportunityAlone(item) ?? []));
      if (named.size === 0) return { items: [...items, ...waiting], tied };
      const owners = await ownersOf(parts, source, [...named]);
      const about = items.map((item) => {
        const id = opportunityAlone(item);
        return id === null ? item : placed(item, owners.get(id) ?? null, readingOf(id));
      });
      return { items: [...about, ...waiting], tied };
    },
  };
}

/** Of which source, and when. */
interface Heard extends Pick<Opportunities, "readingOf"> {
  readonly source: string;
  readonly now: Instant;
}

interface Learned {
  readonly tied: readonly string[];
  /** Ties that nobody can place yet. */
  readonly waiting: readonly ReadItem[];
}

const NOTHING_TIED: Learned = { tied: [], waiting: [] };

/** The opportunity that an item names, where it names nothing else that it could be about. */
function opportunityAlone(item: ReadItem): string | null {
  if (item.kind !== "signal") return null;
  const { person, account, unitId, decisionId, properties } = item.signal;
  if (person !== null || account !== null || unitId !== undefined || decisionId !== null) return null;
  const id = properties["opportunity_id"];
  const name = typeof id === "string" || typeof id === "number" ? String(id).trim() : "";
  return name === "" ? null : name;
}

type Owner = Pick<ReceivedSignal, "account" | "person">;

function placed(item: ReadItem, owner: Owner | null, reading: string): ReadItem {
  if (item.kind !== "signal") return item;
  if (owner !== null) return { ...item, signal: { ...item.signal, ...owner } };
  const { raw, calledAs } = item;
  return {
    kind: "unread",
    code: "signal.opportunity_unknown",
    message:
      "nobody has said yet whose this opportunity is; it is read again as soon as its account or contact is told",
    raw: typeof raw === "string" ? raw : raw(),
    reading,
    ...(calledAs === undefined ? {} : { calledAs }),
  };
}

/** By the source's own word first; by that of the others where those who say anything agree. */
async function ownersOf(
  { state, sources, surrogates }: Parts,
  source: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Owner>> {
  const others = sources.all().filter((one) => one.id !== source && carriesWord(one));
  const names = [source, ...others.map(({ id }) => id)];
  const known = await state.recordVersions(ids.flatMap((id) => names.map((name) => keyOf(name, id))));
  const owners = new Map<string, Owner>();
  for (const id of ids) {
    const said: Owner[] = [];
    for (const name of names) {
      const versions = known.filter((one) => one.source === name && one.object === id);
      const owner = versions.length === 0 ? null : await ownerIn({ state, surrogates }, versions);
      if (owner !== null) said.push(owner);
      if (name === source && owner !== null) break;
    }
    const [first, ...more] = said;
    if (first !== undefined && more.every((one) => JSON.stringify(one) === JSON.stringify(first)))
      owners.set(id, first);
  }
  return owners;
}

/** Whoever may not carry outcomes has no say in whose the outcomes of others are. */
const carriesWord = ({ carriesOutcomes }: Source): boolean => carriesOutcomes;

async function ownerIn(
  { state }: Pick<Parts, "state" | "surrogates">,
  versions: readonly RecordVersion[],
): Promise<Owner | null> {
  const accountId = accountOfOpportunity(versions);
  if (accountId !== null) return { account: { accountId }, person: null };
  const [person, ...others] = [...new Set(recordState(versions).roles.map((role) => role.person))];
  if (person === undefined || others.length > 0) return null;
  const rows = await state.peopleRows([person]);
  const named = rows.find(({ relation }) => relation === "user_id");
  return named === undefined ? null : { account: null, person: { userId: named.value } satisfies PersonReference };
}

const keyOf = (source: string, object: string): RecordKey => ({ kind: "opportunity", source, object });

async function learnTies(
  parts: Parts,
  { source, now, readingOf }: Heard,
  items: readonly ToldItem[],
): Promise<Learned> {
  const waiting: ReadItem[] = [];
  const tied = new Set<string>();
  // One after the other: two may be of one opportunity at one time.
  for (const item of items) {
    if (item.kind !== "tie") continue;
    const { tie: said, raw } = item;
    const part = said.to.kind === "part" ? said.to.id : null;
    const opportunity = said.opportunityId ?? (await opportunityOfPart(parts, source, part));
    if (opportunity === null) {
      const message =
        "of this contact role nobody has said yet whose opportunity it is of; it is read again when it is";
      const reading = part === null ? {} : { reading: readingOf(part) };
      waiting.push({ kind: "unread", code: "signal.opportunity_unknown", message, raw, ...reading });
      continue;
    }
    const at = typeof said.occurredAt === "number" && said.occurredAt <= now ? said.occurredAt : now;
    await learnPerson(parts, source, said, at);
    await putFields(parts, keyOf(source, opportunity), at, tieFields(tieOf(said, parts.surrogates)));
    tied.add(opportunity);
    if (part === null) continue;
    // What a later event says of this part names the part alone.
    await putFields(parts, keyOf(source, part), at, { opportunity_id: opportunity });
    tied.add(part);
  }
  return { tied: [...tied], waiting };
}

async function opportunityOfPart({ state }: Parts, source: string, part: string | null): Promise<string | null> {
  const versions = part === null ? [] : await state.recordVersions([keyOf(source, part)]);
  const id = versions.length === 0 ? null : recordState(versions).fields["opportunity_id"];
  return typeof id === "string" ? id : null;
}

function tieOf({ to, isRemoved }: SaidTie, surrogates: Surrogates): OpportunityTie {
  if (to.kind === "account") return { kind: "account", account: to.accountId, isPrimary: to.isPrimary, isRemoved };
  const person = to.contactId === null ? null : surrogates.person({ userId: to.contactId });
  return { kind: "role", part: to.id ?? person ?? "", person, role: to.role, isRemoved };
}

/** Adds a version at a time, or to the version of that time. It tells no signal: the event's own signals do. */
async function putFields(
  { state, surrogates }: Parts,
  key: RecordKey,
  updatedAt: Instant,
  told: RecordVersion["fields"],
): Promise<void> {
  const versions = await state.recordVersions([key]);
  const same = versions.find((version) => version.updatedAt === updatedAt);
  const fields = { ...same?.fields, ...told };
  const digest = surrogates.digest(JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  if (same?.digest === digest) return;
  const version: RecordVersion = same ?? { ...key, updatedAt, digest, fields, roles: null, reported: ["created"] };
  const all = [...versions.filter((one) => one !== same), { ...version, fields, digest }];
  const { kept, dropped } = foldOldest(
    all.toSorted((a, b) => a.updatedAt - b.updatedAt),
    VERSIONS_MAX,
  );
  await state.putRecordVersions(
    kept.filter((one) => !versions.includes(one)),
    dropped,
  );
}

/** A contact that a tie names is known under the sender's id: their signals go by it. */
async function learnPerson({ state, surrogates }: Parts, source: string, { to }: SaidTie, at: Instant): Promise<void> {
  if (to.kind !== "part" || to.contactId === null) return;
  const person = { userId: to.contactId };
  const message = { source, messageId: "", type: "record", unitId: null, channel: null, at, heardAt: at };
  await state.learn(sightingOf({ ...message, person, account: null }, surrogates)?.rows ?? []);
}
