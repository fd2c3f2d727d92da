import {
  decisionId,
  foldOf,
  saysOfContact,
  sightingOf,
  type Context,
  type DecisionId,
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
    const id = unitId === decision.unitId ? decision.id : namelessId(decision.id, item.source, surrogates);
    const messageId = item.messageId === decision.id ? id : item.messageId;
    return { ...item, messageId, decision: { ...decision, id, unitId, fold: foldOf(unitId), context } };
  }
  // Made here, of what was made nameless before.
  if (item.kind === "label") return item;
  // Whoever read the report has put a surrogate in the place of a name.
  if (item.kind === "execution") return item;
  const { signal, about } = item;
  // Whoever read the message in full has said who it is about.
  if (about !== undefined || signal.detail?.person !== undefined) return item;
  const unitId = surrogates.unit(signal.unitId);
  const isPlainUnit = unitId === signal.unitId;
  // The many outcomes of an import, mostly: nothing to hash.
  if (isPlainUnit && !saysOfContact(signal.type)) return item;
  const person: PersonReference = { userId: signal.unitId };
  const isRenamed = !isPlainUnit && signal.decisionId !== null;
  const answered = isRenamed ? namelessId(signal.decisionId, item.source, surrogates) : signal.decisionId;
  const told = isRenamed ? signal.messageId.replace(signal.decisionId, answered ?? "") : signal.messageId;
  const messageId = surrogates.message(told, person);
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
      heardAt: signal.receivedAt,
    },
    surrogates,
  );
  const consents = sighting?.consents ?? [];
  // A unit that names nobody may be an account as well as a person: only what it says of contacting is kept.
  const rows = isPlainUnit ? [] : (sighting?.rows ?? []);
  const written = { ...item, messageId, signal: { ...signal, unitId, messageId, decisionId: answered } };
  return rows.length === 0 && consents.length === 0 ? written : { ...written, about: { rows, consents } };
}

/** An import makes a decision's id of its unit's name, for everybody to make again; the engine's own are salted. */
function namelessId(id: DecisionId, source: string, surrogates: Surrogates): DecisionId {
  return source.startsWith("import:") ? decisionId(`dec_${surrogates.digest(id).slice(0, 26)}`) : id;
}

/** A context without what identifies directly: what is decided on is what is recorded. The same object where nothing in it names anybody. */
export function namelessContext(context: Context): Context {
  // Mostly there is nothing to take out, and of ten thousand leads no lists are made.
  for (const name of Object.keys(context)) {
    if (identifies(name, context[name])) return withoutNames(context);
  }
  return context;
}

function withoutNames(context: Context): Context {
  return Object.fromEntries(Object.entries(context).filter(([name, value]) => !identifies(name, value)));
}

function identifies(name: string, value: Context[string] | undefined): boolean {
  return !isHarmless(name) || (typeof value === "string" && namesSomebody(value));
}

/** Names that were looked at before: a workspace has few, and each lead has all of them. None that identifies anybody is kept. */
const HARMLESS = new Set<string>();
const HARMLESS_MAX = 1000;

function isHarmless(name: string): boolean {
  if (HARMLESS.has(name)) return true;
  if (isIdentifierName(name) || namesSomebody(name)) return false;
  if (HARMLESS.size < HARMLESS_MAX) HARMLESS.add(name);
  return true;
}
