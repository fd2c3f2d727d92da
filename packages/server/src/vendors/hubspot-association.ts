import { flagAt, textAt } from "./json.ts";
import { ignored, unread, type Reading } from "./read-body.ts";
import type { SaidTie } from "./vendor.ts";
import { epochMillis, said } from "./vendor-time.ts";

/** Object types of the generic `object.*` subscriptions, under the names of the older ones. */
export const HUBSPOT_OBJECTS: ReadonlyMap<string, string> = new Map([
  ["0-1", "contact"],
  ["0-2", "company"],
  ["0-3", "deal"],
  ["0-5", "ticket"],
  ["0-27", "task"],
  ["0-46", "note"],
  ["0-47", "meeting"],
  ["0-48", "call"],
  ["0-49", "email"],
]);

/**
 * A deal's association with a company or a contact, or its end; other associations say nothing of whose an outcome is. HubSpot tells each in
 * both directions, to whoever subscribed to both.
 */
export function hubspotTie(event: unknown): readonly Reading[] {
  const [from, to] = endsOf(event);
  if (from === null || to === null)
    return unread("hubspot.no_association", "a changed association names both of its objects, and what they are");
  const deal = from.object === "deal" ? from : to;
  const other = deal === from ? to : from;
  if (deal.object !== "deal" || (other.object !== "company" && other.object !== "contact"))
    return ignored(`an association of a ${from.object} with a ${to.object} says nothing of whose a deal is`);
  const tie: SaidTie = {
    opportunityId: deal.id,
    occurredAt: said(epochMillis, textAt(event, "occurredAt")),
    to:
      other.object === "company"
        ? { kind: "account", accountId: other.id, isPrimary: flagAt(event, "isPrimaryAssociation") === true }
        : { kind: "part", id: null, contactId: other.id, role: null },
    isRemoved: flagAt(event, "associationRemoved") === true,
  };
  return [{ kind: "tie", tie }];
}

interface End {
  readonly object: string;
  readonly id: string;
}

/** Both ends: by `associationType` (`DEAL_TO_COMPANY`), or by the ids of the objects' types in generic subscriptions. */
function endsOf(event: unknown): readonly [End | null, End | null] {
  const words = textAt(event, "associationType")?.toLowerCase().split("_to_") ?? [];
  const end = (word: string | undefined, side: "from" | "to"): End | null => {
    const id = textAt(event, `${side}ObjectId`);
    const object = word ?? HUBSPOT_OBJECTS.get(textAt(event, `${side}ObjectTypeId`) ?? "") ?? null;
    return id === null || object === null ? null : { object, id };
  };
  return [end(words[0], "from"), end(words[1], "to")];
}
