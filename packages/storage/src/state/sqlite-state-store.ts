import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Decision, StateStore, WebhookStore } from "@ratchet/engine";
import { StorageClosedError } from "../errors.ts";
import { inTransaction, openDatabase, type OpenDatabase } from "./open-database.ts";
import { sqliteAccess } from "./sqlite-access.ts";
import { sqliteClocks } from "./sqlite-clocks.ts";
import { sqliteInbox } from "./sqlite-inbox.ts";
import { sqliteLedger } from "./sqlite-ledger.ts";
import { peopleWriter } from "./people-writer.ts";
import { sqlitePeople } from "./sqlite-people.ts";
import { quarantineWriter, sqliteQuarantine } from "./sqlite-quarantine.ts";
import { sqliteTexts, textsWriter } from "./sqlite-notes.ts";
import { sqliteNoteModels, sqliteReviews } from "./sqlite-reviews.ts";
import { recordsWriter, sqliteRecords } from "./sqlite-records.ts";
import { sqliteSources } from "./sqlite-sources.ts";
import { sqliteWebhooks } from "./sqlite-webhooks.ts";
import { sqliteUsedKeys } from "./sqlite-used-keys.ts";

export interface SqliteStateOptions {
  /** The data directory; made if absent, readable by its owner alone. The database is `state.db` in it. */
  readonly directory: string;
}

/**
 * The state store on SQLite, for one process: the file stays locked until `close` (or the end of the process).
 *
 * A resolved write has been synced to the disk (`synchronous=FULL`). Statements run on the calling thread, a commit takes about 2 ms.
 *
 * @throws DataDirectoryInUseError
 */
export async function openSqliteState({ directory }: SqliteStateOptions): Promise<StateStore> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = await openDatabase(join(directory, "state.db"), directory);
  return storeOver(database);
}

function storeOver(database: OpenDatabase): StateStore {
  const { sqlite } = database;
  const quarantine = quarantineWriter(sqlite);
  const people = peopleWriter(sqlite);
  const inbox = sqliteInbox(database, {
    quarantine,
    people,
    texts: textsWriter(sqlite),
    records: recordsWriter(sqlite),
  });
  let closed = false;
  const whileOpen: StateStore = {
    ...sqliteLedger(database),
    ...inbox,
    ...sqliteQuarantine(database),
    ...sqliteSources(database),
    ...sqliteRecords(sqlite),
    ...sqliteClocks(database),
    ...sqliteUsedKeys(sqlite),
    ...sqliteWebhooks(sqlite),
    ...sqliteAccess(sqlite),
    ...sqlitePeople(database, people),
    ...sqliteTexts(sqlite),
    ...sqliteReviews(sqlite),
    ...sqliteNoteModels(sqlite),
    ...settings(database),
    quarantine: async (rows) => inTransaction(sqlite, () => quarantine(rows)),
    servedDecision: async (id) => {
      const row = await database.kysely
        .selectFrom("served_decisions")
        .select("body")
        .where("id", "=", id)
        .executeTakeFirst();
      return row === undefined ? null : decodeDecision(row.body);
    },
    close: async () => {
      closed = true;
      await inbox.flush();
      inbox.rest();
      await database.close();
    },
  };
  return guarded(whileOpen, () => closed);
}

/** After `close` every method is refused; closing again does nothing. */
function guarded(store: StateStore, isClosed: () => boolean): StateStore {
  const whileOpen: WhileOpen = async (work) => {
    if (isClosed()) throw new StorageClosedError("state");
    return work();
  };
  return {
    head: () => whileOpen(() => store.head()),
    append: (entries, documents) => whileOpen(() => store.append(entries, documents)),
    ledger: (query) => whileOpen(() => store.ledger(query)),
    document: (digest) => whileOpen(() => store.document(digest)),
    acknowledge: (items) => whileOpen(() => store.acknowledge(items)),
    openSegment: (maxItems) => whileOpen(() => store.openSegment(maxItems)),
    closeSegment: (number) => whileOpen(() => store.closeSegment(number)),
    backlog: () => whileOpen(() => store.backlog()),
    servedDecision: (id) => whileOpen(() => store.servedDecision(id)),
    quarantine: (rows) => whileOpen(() => store.quarantine(rows)),
    quarantined: (query) => whileOpen(() => store.quarantined(query)),
    quarantinedCount: (source) => whileOpen(() => store.quarantinedCount(source)),
    releaseQuarantined: (seqs, at) => whileOpen(() => store.releaseQuarantined(seqs, at)),
    sources: () => whileOpen(() => store.sources()),
    useKey: (use) => whileOpen(() => store.useKey(use)),
    recordVersions: (keys) => whileOpen(() => store.recordVersions(keys)),
    putRecordVersions: (versions, dropped) => whileOpen(() => store.putRecordVersions(versions, dropped)),
    recordKeys: (query) => whileOpen(() => store.recordKeys(query)),
    decidedUnits: () => whileOpen(() => store.decidedUnits()),
    firstDecided: (units) => whileOpen(() => store.firstDecided(units)),
    peopleRelated: (relation) => whileOpen(() => store.peopleRelated(relation)),
    putSource: (source) => whileOpen(() => store.putSource(source)),
    learn: (rows) => whileOpen(() => store.learn(rows)),
    unitMerges: () => whileOpen(() => store.unitMerges()),
    peopleRows: (refs) => whileOpen(() => store.peopleRows(refs)),
    forgetPeople: (refs) => whileOpen(() => store.forgetPeople(refs)),
    identityConflicts: () => whileOpen(() => store.identityConflicts()),
    recordConsents: (records) => whileOpen(() => store.recordConsents(records)),
    consents: (query) => whileOpen(() => store.consents(query)),
    texts: (query) => whileOpen(() => store.texts(query)),
    forgetTexts: (whom) => whileOpen(() => store.forgetTexts(whom)),
    putReviews: (drafts) => whileOpen(() => store.putReviews(drafts)),
    settleReviews: (texts) => whileOpen(() => store.settleReviews(texts)),
    reviews: (query) => whileOpen(() => store.reviews(query)),
    review: (id) => whileOpen(() => store.review(id)),
    answerReview: (id, answers) => whileOpen(() => store.answerReview(id, answers)),
    answeredReviews: (query) => whileOpen(() => store.answeredReviews(query)),
    reviewCounts: () => whileOpen(() => store.reviewCounts()),
    putNoteModel: (model, body) => whileOpen(() => store.putNoteModel(model, body)),
    noteModels: (query) => whileOpen(() => store.noteModels(query)),
    noteModelDocument: (version) => whileOpen(() => store.noteModelDocument(version)),
    rewriteTexts: (rewrite) => whileOpen(() => store.rewriteTexts(rewrite)),
    shred: () => whileOpen(() => store.shred()),
    ...webhooksWhileOpen(store, whileOpen),
    clockRows: () => whileOpen(() => store.clockRows()),
    appendClockRows: (rows) => whileOpen(() => store.appendClockRows(rows)),
    setting: (key) => whileOpen(() => store.setting(key)),
    apiKeys: () => whileOpen(() => store.apiKeys()),
    putApiKey: (key) => whileOpen(() => store.putApiKey(key)),
    putSetting: (key, value) => whileOpen(() => store.putSetting(key, value)),
    close: async () => (isClosed() ? undefined : store.close()),
  };
}

type WhileOpen = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

function webhooksWhileOpen(store: WebhookStore, whileOpen: WhileOpen): WebhookStore {
  return {
    webhookEndpoints: () => whileOpen(() => store.webhookEndpoints()),
    putWebhookEndpoint: (endpoint) => whileOpen(() => store.putWebhookEndpoint(endpoint)),
    dropWebhookEndpoint: (id) => whileOpen(() => store.dropWebhookEndpoint(id)),
    queueDeliveries: (deliveries, read) => whileOpen(() => store.queueDeliveries(deliveries, read)),
    feedPosition: (feed) => whileOpen(() => store.feedPosition(feed)),
    dueDeliveries: (query) => whileOpen(() => store.dueDeliveries(query)),
    settleDeliveries: (settled) => whileOpen(() => store.settleDeliveries(settled)),
    delivery: (id) => whileOpen(() => store.delivery(id)),
    deliveries: (query) => whileOpen(() => store.deliveries(query)),
    deliveryTallies: () => whileOpen(() => store.deliveryTallies()),
    pruneDeliveries: (retention) => whileOpen(() => store.pruneDeliveries(retention)),
  };
}

function settings({ kysely }: OpenDatabase): Pick<StateStore, "setting" | "putSetting"> {
  return {
    setting: async (key) => {
      const row = await kysely.selectFrom("settings").select("value").where("key", "=", key).executeTakeFirst();
      return row?.value ?? null;
    },
    putSetting: async (key, value) => {
      await kysely
        .insertInto("settings")
        .values({ key, value })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
        .execute();
    },
  };
}

/** Our own bytes, checked when they were acknowledged. */
function decodeDecision(body: string): Decision {
  const decision: Decision = JSON.parse(body);
  return decision;
}
