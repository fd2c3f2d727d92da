import { sharedSecret } from "./authenticate.ts";
import { digestOf, vendorId } from "./draft-signal.ts";
import { isObject, listAt, textAt, textsAt, valueAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, readEvents, unread, type Reading } from "./read-body.ts";
import { recordReadings, type SalesforceRecord } from "./salesforce-record.ts";
import { parseSoap } from "./soap-message.ts";
import type { Vendor, VendorItem } from "./vendor.ts";
import { anyTime, epochMillis, said } from "./vendor-time.ts";

const SECRET_IS =
  "a token of your own, put into the endpoint's URL as ?token=… (Salesforce signs nothing), or user:password";

/** What Salesforce must be answered, as `text/xml`; anything else makes it send the messages again, for 24 hours. */
export const SALESFORCE_ACK =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  "</soapenv:Body></soapenv:Envelope>";

/**
 * Salesforce outbound messages: SOAP, up to 100 notifications a call, each the record as it is now. They come out of order, more than once,
 * and always with the latest data; the notification's id makes repetitions one.
 */
export const salesforceOutbound: Vendor = {
  name: "salesforce-outbound",
  secretIs: SECRET_IS,
  async verify(request, secret) {
    return sharedSecret(request, secret);
  },
  read(request, settings = DEFAULT_SETTINGS) {
    const raw = bodyText(request);
    const parsed = parseSoap(raw);
    if (parsed.kind === "err") return [{ kind: "unread", ...parsed.error, raw }];
    const body = valueAt(parsed.value, "Envelope", "Body", "notifications");
    const notifications = listAt(body, "Notification");
    if (notifications.length === 0) {
      const message = "the SOAP message holds no notification of Salesforce";
      return [{ kind: "unread", code: "salesforce.no_notification", message, raw }];
    }
    const organization = textAt(body, "OrganizationId");
    const rawOf = notificationTexts(raw, notifications.length);
    return notifications.flatMap((notification, index) =>
      readNotification(notification, organization, settings).map((reading): VendorItem => ({
        ...reading,
        raw: rawOf(index),
      })),
    );
  },
};

/** The body with one of its notifications alone, as it was sent: read again, the others would come along. */
function notificationTexts(body: string, count: number): (index: number) => string {
  const starts = placesOf(/<(?:\w+:)?Notification[\s>]/gu, body).map(({ from }) => from);
  const ends = placesOf(/<\/(?:\w+:)?Notification\s*>/gu, body).map(({ to }) => to);
  const isPlain = starts.every((from, i) => from < (ends[i] ?? 0) && (ends[i - 1] ?? 0) <= from);
  // Comments and the like may hold what looks like one more: then the whole body is kept.
  if (starts.length !== count || ends.length !== count || !isPlain) return () => body;
  return (index) => `${body.slice(0, starts[0])}${body.slice(starts[index], ends[index])}${body.slice(ends.at(-1))}`;
}

function placesOf(pattern: RegExp, text: string): readonly { readonly from: number; readonly to: number }[] {
  return [...text.matchAll(pattern)].map((found) => ({ from: found.index, to: found.index + found[0].length }));
}

function readNotification(
  notification: unknown,
  organization: string | null,
  settings: ReadingSettings,
): readonly Reading[] {
  const fields = valueAt(notification, "sObject");
  const type = textAt(fields, "@type")?.split(":").at(-1) ?? null;
  const id = textAt(fields, "Id");
  const notificationId = textAt(notification, "Id");
  if (type === null || id === null || notificationId === null)
    return unread("salesforce.no_record", "a notification needs an Id and an sObject with a type and an Id");
  const record: SalesforceRecord = {
    entity: type,
    id,
    how: "stated",
    fields,
    messageId: vendorId(notificationId),
    occurredAt: said(anyTime, textAt(fields, "SystemModstamp") ?? textAt(fields, "LastModifiedDate")),
    properties: { organization },
  };
  return recordReadings(record, settings);
}

const HOW: ReadonlyMap<string, SalesforceRecord["how"]> = new Map([
  ["CREATE", "created"],
  ["UNDELETE", "created"],
  ["UPDATE", "changed"],
  ["DELETE", "deleted"],
]);

/**
 * Salesforce change data capture, as JSON: one event or an array, with or without the envelope of the streaming API. One signal at least
 * for each record that an event is about. A gap event (Salesforce lost the fields) is unread, so that somebody sees it.
 */
export const salesforceChanges: Vendor = {
  name: "salesforce-changes",
  secretIs: SECRET_IS,
  async verify(request, secret) {
    return sharedSecret(request, secret);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readChange(event, settings)),
};

function readChange(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const candidates = [event, valueAt(event, "payload"), valueAt(event, "data", "payload")];
  const payload = candidates.find((candidate) => isObject(valueAt(candidate, "ChangeEventHeader")));
  if (payload === undefined) return unread("salesforce.no_change", "a change event holds a ChangeEventHeader");
  const header = valueAt(payload, "ChangeEventHeader");
  const entity = textAt(header, "entityName");
  const change = textAt(header, "changeType") ?? "";
  const how = HOW.get(change);
  const ids = textsAt(header, "recordIds");
  if (change.startsWith("GAP_"))
    return unread(
      "salesforce.gap",
      `Salesforce could not say what changed in ${entity ?? "?"}: read these records from it`,
    );
  if (entity === null || how === undefined || ids.length === 0)
    return unread("salesforce.no_change", "a change event names an entity, a known change and its records");
  const sequence = [textAt(header, "transactionKey"), textAt(header, "sequenceNumber")];
  return ids.flatMap((id) =>
    recordReadings(
      {
        entity,
        id,
        how,
        fields: payload,
        messageId: digestOf("salesforce", ...sequence, change, entity, id, textAt(header, "commitTimestamp")),
        occurredAt: said(epochMillis, textAt(header, "commitTimestamp")),
        properties: { change_origin: textAt(header, "changeOrigin"), changed_by: textAt(header, "commitUser") },
      },
      settings,
    ),
  );
}
