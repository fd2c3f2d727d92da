import {
  instant,
  type DeliveryAttempt,
  type DeliveryQuery,
  type DeliveryStatus,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookStore,
} from "@ratchet/engine";
import { inTransaction, type SqliteDatabase } from "./open-database.ts";
import { integer, integerOrNull, text, textOrNull } from "./row.ts";

/** Who outside is told what happens, on SQLite. */
export function sqliteWebhooks(sqlite: SqliteDatabase): WebhookStore {
  return { ...endpointsOf(sqlite), ...queueOf(sqlite), ...logOf(sqlite) };
}

type Endpoints = Pick<WebhookStore, "webhookEndpoints" | "putWebhookEndpoint" | "dropWebhookEndpoint">;

function endpointsOf(sqlite: SqliteDatabase): Endpoints {
  const all = sqlite.prepare("select body from webhook_endpoints order by id");
  const put = sqlite.prepare(
    "insert into webhook_endpoints (id, body) values (?, ?) on conflict do update set body = excluded.body",
  );
  const drop = sqlite.prepare("delete from webhook_endpoints where id = ?");
  const dropDeliveries = sqlite.prepare("delete from webhook_deliveries where endpoint = ?");
  return {
    webhookEndpoints: async () => all.all().map(endpointOf),
    putWebhookEndpoint: async (endpoint) => {
      put.run(endpoint.id, JSON.stringify(endpoint));
    },
    dropWebhookEndpoint: async (id) =>
      inTransaction(sqlite, () => {
        drop.run(id);
        dropDeliveries.run(id);
      }),
  };
}

/** Our own bytes. */
function endpointOf(row: unknown): WebhookEndpoint {
  const endpoint: WebhookEndpoint = JSON.parse(text(row, "body"));
  return endpoint;
}

type Queue = Pick<WebhookStore, "queueDeliveries" | "feedPosition" | "dueDeliveries" | "settleDeliveries">;

function queueOf(sqlite: SqliteDatabase): Queue {
  const put = sqlite.prepare(
    `insert into webhook_deliveries (id, endpoint, message, type, body, created_at, status, attempts, next_at, last)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  const read = sqlite.prepare("select position from webhook_feeds where feed = ?");
  const note = sqlite.prepare(
    `insert into webhook_feeds (feed, position) values (?, ?)
     on conflict do update set position = max(position, excluded.position)`,
  );
  const due = sqlite.prepare(
    `select * from webhook_deliveries where endpoint = ? and status = 'waiting' and next_at <= ?
     order by next_at, seq limit ?`,
  );
  const settle = sqlite.prepare(
    "update webhook_deliveries set status = ?, attempts = ?, next_at = ?, last = ? where id = ?",
  );
  return {
    queueDeliveries: async (deliveries, position) =>
      inTransaction(sqlite, () => {
        for (const one of deliveries) {
          const { id, endpointId, messageId, type, body, createdAt, status, attempts, nextAt, last } = one;
          const lastText = last === null ? null : JSON.stringify(last);
          put.run(id, endpointId, messageId, type, body, createdAt, status, attempts, nextAt, lastText);
        }
        if (position !== null) note.run(position.feed, position.position);
      }),
    feedPosition: async (feed) => {
      const row = read.get(feed);
      return row === undefined ? 0 : integer(row, "position");
    },
    dueDeliveries: async ({ endpointId, now, limit }) => due.all(endpointId, now, limit).map(deliveryOf),
    settleDeliveries: async (settled) =>
      inTransaction(sqlite, () => {
        for (const { id, status, attempts, nextAt, last } of settled)
          settle.run(status, attempts, nextAt, last === null ? null : JSON.stringify(last), id);
      }),
  };
}

type DeliveryLog = Pick<WebhookStore, "delivery" | "deliveries" | "deliveryTallies" | "pruneDeliveries">;

function logOf(sqlite: SqliteDatabase): DeliveryLog {
  const one = sqlite.prepare("select * from webhook_deliveries where id = ?");
  const list = sqlite.prepare(
    `select * from webhook_deliveries where (?1 is null or endpoint = ?1) and (?2 is null or status = ?2)
       and (?3 is null or seq < (select seq from webhook_deliveries where id = ?3)) order by seq desc limit ?4`,
  );
  const tallies = sqlite.prepare(
    `select endpoint, count(*) filter (where status = 'waiting') as waiting,
       count(*) filter (where status = 'delivered') as delivered, count(*) filter (where status = 'failed') as failed
     from webhook_deliveries group by endpoint order by endpoint`,
  );
  const prune = sqlite.prepare(
    `delete from webhook_deliveries where seq in (
       select seq from (
         select seq, created_at, row_number() over (partition by endpoint order by seq desc) as place
         from webhook_deliveries where status <> 'waiting')
       where place > ? or created_at < ?)`,
  );
  return {
    delivery: async (id) => {
      const row = one.get(id);
      return row === undefined ? null : deliveryOf(row);
    },
    deliveries: async ({ endpointId, status, beforeId, limit }: DeliveryQuery) =>
      list.all(endpointId ?? null, status ?? null, beforeId ?? null, limit).map(deliveryOf),
    deliveryTallies: async () =>
      tallies.all().map((row) => ({
        endpointId: text(row, "endpoint"),
        waiting: integer(row, "waiting"),
        delivered: integer(row, "delivered"),
        failed: integer(row, "failed"),
      })),
    pruneDeliveries: async ({ before, perEndpointMax }) => prune.run(perEndpointMax, before).changes,
  };
}

function deliveryOf(row: unknown): WebhookDelivery {
  const nextAt = integerOrNull(row, "next_at");
  const last = textOrNull(row, "last");
  return {
    id: text(row, "id"),
    endpointId: text(row, "endpoint"),
    messageId: text(row, "message"),
    type: text(row, "type"),
    body: text(row, "body"),
    createdAt: instant(integer(row, "created_at")),
    status: statusOf(text(row, "status")),
    attempts: integer(row, "attempts"),
    nextAt: nextAt === null ? null : instant(nextAt),
    last: last === null ? null : attemptOf(last),
  };
}

/** Our own bytes. */
function attemptOf(stored: string): DeliveryAttempt {
  const attempt: DeliveryAttempt = JSON.parse(stored);
  return attempt;
}

/** @throws TypeError where the stored word is no status. */
function statusOf(stored: string): DeliveryStatus {
  switch (stored) {
    case "waiting":
    case "delivered":
    case "failed":
      return stored;
    default:
      throw new TypeError(`not a status of a delivery: ${stored}`);
  }
}
