import {
  foldOf,
  sightingOf,
  type Context,
  type InboxItem,
  type PersonReference,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import { isIdentifierName, namesSomebody } from "../ingest/flat-properties.ts";

/**
 * The state store, in front of which nothing that names a person gets into facts, whatever way it came: an address or a telephone number
 * used as a unit becomes its surrogate, and is written to the people table; contexts and properties lose what identifies directly.
 */
export function namelessState(state: StateStore, surrogates: Surrogates): StateStore {
  return {
    ...state,
    acknowledge: (items) => state.acknowledge(items.map((item) => nameless(item, surrogates))),
  };
}

function nameless(item: InboxItem, surrogates: Surrogates): InboxItem {
  if (item.kind === "decision") {
    const { decision } = item;
    const unitId = surrogates.unit(decision.unitId);
    const context = namelessContext(decision.context);
    if (unitId === decision.unitId && context === decision.context) return item;
    return { ...item, decision: { ...decision, unitId, fold: foldOf(unitId), context } };
  }
  const { signal, about } = item;
  // Whoever read the message in full has said who it is about.
  if (about !== undefined || signal.detail?.person !== undefined) return item;
  const unitId = surrogates.unit(signal.unitId);
  const person: PersonReference = { userId: signal.unitId };
  const messageId = surrogates.message(signal.messageId, person);
  const sighting = sightingOf(
    {
      source: signal.source,
      messageId,
      type: signal.type,
      person,
      account: null,
      unitId,
      channel: null,
      at: signal.occurredAt < signal.receivedAt ? signal.occurredAt : signal.receivedAt,
    },
    surrogates,
  );
  const consents = sighting?.consents ?? [];
  // A unit that names nobody may be an account as well as a person: only what it says of contacting is kept.
  const rows = unitId === signal.unitId ? [] : (sighting?.rows ?? []);
  const written = { ...item, messageId, signal: { ...signal, unitId, messageId } };
  return rows.length === 0 && consents.length === 0 ? written : { ...written, about: { rows, consents } };
}

/** The same object where nothing in it names anybody. */
function namelessContext(context: Context): Context {
  const entries = Object.entries(context);
  const kept = entries.filter(
    ([name, value]) => !isIdentifierName(name) && !(typeof value === "string" && namesSomebody(value)),
  );
  return kept.length === entries.length ? context : Object.fromEntries(kept);
}
