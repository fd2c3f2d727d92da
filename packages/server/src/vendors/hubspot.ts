import type { Instant } from "@ratchet/engine";
import { hmacOf, missing, NO_SECRET, outsideWindow, verdictOn } from "./authenticate.ts";
import { accountOf, digestOf, oneSignal, personOf } from "./draft-signal.ts";
import { HUBSPOT_OBJECTS, hubspotTie } from "./hubspot-association.ts";
import { hubspotChange, mergeReadings, type HubspotEvent } from "./hubspot-property.ts";
import { listAt, textAt } from "./json.ts";
import { DEFAULT_SETTINGS, type ReadingSettings } from "./reading-settings.ts";
import { bodyText, ignored, readEvents, unread, type Reading } from "./read-body.ts";
import type { Vendor, VendorRequest, Verification } from "./vendor.ts";
import { epochMillis, said } from "./vendor-time.ts";

const WINDOW_MS = 5 * 60_000;

/**
 * HubSpot's CRM subscriptions, up to 100 events a call, signed with HMAC-SHA256 (version 3; the older two carry no time and are not
 * accepted).
 *
 * HubSpot tells a changed property and the object's id, never who or what the object is: a contact's id is the person's `userId`, a
 * company's the account's id; a deal is named in the property `opportunity_id`, and its associations say whose it is. `eventId` is not promised to be unique, so that the message
 * id is made of portal, subscription, object, time and property.
 */
export const hubspot: Vendor = {
  name: "hubspot",
  secretIs: "the app's client secret",
  async verify(request, secret, now) {
    return verifyCall(request, secret, now);
  },
  read: (request, settings = DEFAULT_SETTINGS) => readEvents(bodyText(request), (event) => readEvent(event, settings)),
};

function verifyCall({ headers, method, url, rawBody }: VendorRequest, secret: string, now: Instant): Verification {
  if (secret === "") return NO_SECRET;
  // Some proxies turn the plus of base64 into a blank.
  const signature = headers.get("x-hubspot-signature-v3")?.replaceAll(" ", "+");
  const timestamp = headers.get("x-hubspot-request-timestamp");
  if (signature === undefined) return missing("x-hubspot-signature-v3");
  if (timestamp === undefined) return missing("x-hubspot-request-timestamp");
  const address = url.split("#", 1)[0] ?? "";
  const signed = (uri: string): Verification =>
    verdictOn(hmacOf({ algorithm: "sha256", secret, encoding: "base64" }, method, uri, rawBody, timestamp), signature);
  const decoded = signed(decodeUri(address));
  const verdict = decoded.kind === "ok" ? decoded : signed(address);
  return verdict.kind === "err" ? verdict : (outsideWindow(epochMillis(timestamp), now, WINDOW_MS) ?? verdict);
}

/** The escapes that HubSpot undoes before it signs, and no others. */
function decodeUri(uri: string): string {
  return uri.replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/giu, (escape) => decodeURIComponent(escape));
}

function readEvent(event: unknown, settings: ReadingSettings): readonly Reading[] {
  const subscription = textAt(event, "subscriptionType") ?? textAt(event, "eventType");
  const [named, action] = subscription?.split(".") ?? [];
  if (named === undefined || action === undefined)
    return unread("hubspot.no_event", 'a HubSpot event names itself in "subscriptionType", such as contact.creation');
  const object = named === "object" ? HUBSPOT_OBJECTS.get(textAt(event, "objectTypeId") ?? "") : named;
  if (object === undefined)
    return ignored(`objects of the type ${textAt(event, "objectTypeId") ?? "?"} are not part of what is measured`);
  const id = textAt(event, "objectId") ?? textAt(event, "primaryObjectId") ?? textAt(event, "newObjectId");
  if (id === null && action !== "associationChange")
    return unread("hubspot.no_object", `HubSpot's ${subscription} does not say which object`);
  return readObjectEvent({ event, object, action, id: id ?? "", settings });
}

function readObjectEvent(parts: HubspotEvent): readonly Reading[] {
  const { event, object, action } = parts;
  const base = hubspotBase(parts);
  switch (action) {
    case "propertyChange":
      return hubspotChange(parts, base);
    case "creation":
      if (object === "deal") return oneSignal({ ...base, type: "opportunity_created" });
      if (object === "contact" || object === "company") return oneSignal({ ...base, type: `${object}_created` });
      return ignored(`a new ${object} says nothing until its properties do`);
    case "deletion":
    case "restore":
      return oneSignal({ ...base, type: `${object}_${action === "deletion" ? "deleted" : "restored"}` });
    case "privacyDeletion":
      // Erasure is owed: the way in must see it, whatever else it ignores.
      return oneSignal({ ...base, type: `${object}_privacy_deleted` });
    case "merge":
      return mergeReadings(
        parts,
        base,
        listAt(event, "mergedObjectIds").map((item) => textAt(item)),
      );
    case "associationChange":
      return hubspotTie(event);
    default:
      return unread("hubspot.unknown_event", `HubSpot has no event "${object}.${action}" that we know`);
  }
}

/** What every signal of a HubSpot event has. */
function hubspotBase({ event, object, action, id }: HubspotEvent) {
  const portal = textAt(event, "portalId");
  const at = textAt(event, "occurredAt");
  return {
    messageId: digestOf(
      "hubspot",
      portal,
      textAt(event, "subscriptionId"),
      object,
      action,
      id,
      at,
      textAt(event, "propertyName"),
    ),
    occurredAt: said(epochMillis, at),
    person: object === "contact" ? personOf({ userId: id }) : null,
    account: object === "company" ? accountOf({ accountId: id }) : null,
    properties: {
      channel: "crm",
      [object === "deal" ? "opportunity_id" : `${object}_id`]: id,
      change_source: textAt(event, "changeSource"),
      portal,
    },
  };
}
