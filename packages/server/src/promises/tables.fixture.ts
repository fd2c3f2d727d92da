import {
  instant,
  measureOutcomes,
  metricId,
  personRecord,
  readingOf,
  recordState,
  type MetricDefinition,
  type PeopleRow,
  type QuarantineEntry,
} from "@ratchet/engine";
import { DAY, DEAL_IDS, IMPORT_SOURCE, NAMES, RECORDS_SOURCE } from "./draw-history.fixture.ts";
import { END } from "./deliver-history.fixture.ts";
import type { World } from "./world.fixture.ts";

/** Everything that a history ends in, as lines of text in an order that the facts themselves give. */
export type Tables = Readonly<Record<string, readonly string[]>>;

const metricOf = (signal: string, kind: MetricDefinition["kind"], days: number): MetricDefinition => ({
  id: metricId(signal),
  kind,
  signal,
  windowMs: days * DAY,
  direction: "increase",
  minimumEffect: 0.01,
});
const METRICS = [
  metricOf("meeting_booked", "conversion", 3),
  metricOf("opportunity_won", "value", 10),
  metricOf("replied", "conversion", 1),
];

/**
 * All tables of a world.
 *
 * Left out is what says how something arrived and not what happened: when it was heard (`receivedAt`, the times of a merge and of the rows in
 * quarantine), the numbers that rows get in order of arrival (`seq`, positions in a request), and of a message that says no time the time
 * that it gets, which is when it is first heard. A row in quarantine that was sent twice is there twice: it has no key. What rows of a CRM
 * tell of changes is a table of its own.
 */
export async function tablesOf(world: World): Promise<Tables> {
  const { facts, state } = world.context.stores;
  const signals = (await facts.signals({ limit: 100_000 })).filter(({ messageId }) => !isContested(messageId));
  const decisions = await facts.decisions({ limit: 100_000 });
  const reading = await readingOf(state);
  const rows = await peopleRows(world);
  const consents = await state.consents({ afterSeq: 0, limit: 100_000 });
  const quarantined = await state.quarantined({ limit: 100_000 });
  const told = signals
    .filter(({ source }) => source !== RECORDS_SOURCE)
    .map((signal) =>
      signal.messageId.startsWith("undated-")
        ? { ...signal, receivedAt: null, occurredAt: null }
        : { ...signal, receivedAt: null },
    );
  return {
    signals: lines(told),
    decisions: lines(decisions),
    records: await recordsOf(world),
    changes: await changesOf(world),
    cells: await cellsOf(world),
    attribution: lines(
      await Promise.all(
        decisions.map(async (decision) => [
          decision.source,
          decision.id,
          (await facts.signalsOf(decision, reading))
            .filter(({ source, messageId }) => !messageId.startsWith("undated-") && source !== RECORDS_SOURCE)
            .map(({ source, messageId }) => [source, messageId]),
        ]),
      ),
    ),
    people: lines(rows.map((row) => (MERGE_RELATIONS.includes(row.relation) ? { ...row, firstAt: null } : row))),
    consents: lines(consents.map((record) => ({ ...record, seq: null }))),
    persons: await personsOf(world),
    quarantine: [
      ...new Set(lines(quarantined.filter(isNoConflict).map(({ source, code, raw }) => ({ source, code, raw })))),
    ],
  };
}

const MERGE_RELATIONS: readonly PeopleRow["relation"][] = ["same_as", "merged_with"];
const isContested = (messageId: string): boolean => messageId.startsWith("contested-");
const isNoConflict = ({ code }: QuarantineEntry): boolean => code !== "inbox.conflict";
const lines = (values: readonly unknown[]): readonly string[] => values.map((value) => canonical(value)).toSorted();

/** Text in which no order of properties shows. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/**
 * What rows of a CRM told: what happened to which object, and what it became. When and what it was before are left out: they are told with
 * what is known by then, and a row that comes late may lie before it.
 */
async function changesOf({ context }: World): Promise<readonly string[]> {
  const told = await context.stores.facts.signals({ source: RECORDS_SOURCE, limit: 100_000 });
  return lines(
    told.map(({ type, detail }) => [type, detail?.properties["opportunity_id"], detail?.properties["to"] ?? null]),
  );
}

/** What each object of a CRM is by all its rows. */
async function recordsOf({ context }: World): Promise<readonly string[]> {
  const keys = DEAL_IDS.map((object) => ({ kind: "opportunity", source: RECORDS_SOURCE, object }) as const);
  const versions = await context.stores.state.recordVersions(keys);
  return DEAL_IDS.map((object) => {
    const own = versions.filter((version) => version.object === object);
    return canonical(own.length === 0 ? null : { ...recordState(own), versions: own.length });
  });
}

async function cellsOf({ context }: World): Promise<readonly string[]> {
  const watermark = instant(END);
  const asked = ["engine", IMPORT_SOURCE].flatMap((source) => METRICS.map((metric) => ({ source, metric })));
  const measured = asked.map(async ({ source, metric }) => {
    const { cells, censored } = await measureOutcomes(context.stores, { source, point: "content", metric, watermark });
    return canonical({ source, metric: metric.id, cells, censored });
  });
  return Promise.all(measured);
}

/** Every row that any name of the history leads to. */
async function peopleRows({ context }: World): Promise<readonly PeopleRow[]> {
  const { surrogates, stores } = context;
  const persons = [
    ...NAMES.users,
    ...NAMES.emails,
    ...NAMES.browsers,
    ...NAMES.phones,
    ...NAMES.users.map((_, i) => `contact-${i}`),
  ];
  const refs = [
    ...persons.flatMap((name) => surrogates.formerly(name).map(({ ref }) => ref)),
    ...NAMES.accounts.map((accountId) => surrogates.account({ accountId }) ?? ""),
    ...NAMES.domains.map((domain) => surrogates.account({ domain }) ?? ""),
  ];
  return stores.state.peopleRows([...new Set<string>(refs)].toSorted());
}

/** What each name answers: who it is, and whether they may be contacted. */
async function personsOf({ context }: World): Promise<readonly string[]> {
  const names = [...NAMES.users, ...NAMES.emails, ...NAMES.browsers, ...NAMES.phones];
  const answers = names.map(async (name) => {
    const { refs, rows } = await context.people.find(name);
    const allowed = await Promise.all(
      ["email", "phone"].map((channel) => context.people.allowed(name, { channel, now: instant(END) })),
    );
    return canonical({ name, ...personRecord(refs, rows), allowed });
  });
  return Promise.all(answers);
}
