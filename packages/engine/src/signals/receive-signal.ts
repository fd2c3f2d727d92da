import { err, ok, type Result } from "@ratchet/stats";
import type { BrandError } from "../brand.ts";
import { ID_LENGTH_MAX, parseDecisionId, parseUnitId, type DecisionId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { saysOfContact } from "./consent.ts";
import { humanProbability } from "./human-probability.ts";
import type { ReceivedSignal } from "./received-signal.ts";
import type { Signal, SignalDetail } from "./signal.ts";
import { sightingOf, type SightedMessage, type Sighting } from "./sighting.ts";
import type { Surrogates } from "./surrogate.ts";

/** Where and when a message came in. */
export interface Arrival {
  readonly source: string;
  readonly receivedAt: Instant;
  readonly surrogates: Surrogates;
}

/** A signal as a fact, and whether its message said when it happened. */
export interface DatedSignal {
  readonly signal: Signal;
  /** False also where the message states a thing again: then the first time stands. */
  readonly undated: boolean;
  /** Who it is about, for the people table; null where it names nobody. Never part of the fact. */
  readonly about: Sighting | null;
}

const TYPE = /^[a-z][a-z0-9_]{0,63}$/u;

const HONEYPOT = /ratchet-honeypot/iu;

/**
 * Makes a fact of what a message told: names become surrogates, an open or click gets the probability that a person did it.
 *
 * The unit is the account where the message names one, else the person; it is how a signal that carries no decision id finds its decision.
 */
export function receiveSignal(
  message: ReceivedSignal,
  { source, receivedAt, surrogates }: Arrival,
): Result<DatedSignal, BrandError> {
  const told = withUnitsPerson(message, surrogates);
  if (!TYPE.test(told.type))
    return err({
      code: "signal.bad_type",
      message: `a signal's type is a lower-case word with underscores, such as meeting_held; got "${told.type}"`,
    });
  // No decision of anybody's has an address for an id: a tool that put one into the field must not write it into the facts.
  const decision =
    told.decisionId === null
      ? null
      : parseDecisionId(surrogates.message(surrogates.unit(told.decisionId), told.person));
  if (decision?.kind === "err") return decision;
  const named = told.unitId ?? unitNamedIn(told, surrogates);
  // A sender's id may be anything: one that no unit can have is its message's fault, and not the server's.
  const parsed = named === null ? null : parseUnitId(named);
  if (parsed?.kind === "err") return parsed;
  const unit = named === null ? null : surrogates.unit(named);
  if (unit === null && decision === null)
    return err({
      code: "signal.about_nobody",
      message: "the message names neither a person, nor an account, nor the decision that it answers",
    });
  const messageId = surrogates.message(told.messageId, told.person);
  const occurredAt = told.occurredAt ?? receivedAt;
  const { channel } = told.properties;
  // The most frequent messages, of a unit alone: nothing is worked out for the people table then.
  const namesNobody = told.person === null && told.account === null && !saysOfContact(told.type);
  return ok({
    undated: told.occurredAt === null || told.isRestated === true,
    about: namesNobody
      ? null
      : aboutOf(
          {
            ...joined(told),
            source,
            messageId,
            unitId: unit,
            channel: typeof channel === "string" ? channel : null,
            // A sender whose clock is ahead must not put an opt-out off.
            at: occurredAt < receivedAt ? occurredAt : receivedAt,
            heardAt: receivedAt,
          },
          told.unitId,
          surrogates,
        ),
    signal: {
      source,
      messageId,
      type: told.type,
      unitId: unit ?? surrogates.unit(`decision ${told.decisionId ?? ""}`.slice(0, ID_LENGTH_MAX)),
      decisionId: decisionIdOf(decision),
      value: told.value,
      occurredAt,
      receivedAt,
      ...(told.sentAt === undefined ? {} : { sentAt: told.sentAt }),
      ...(tellsUnitAlone(message) ? {} : { detail: detailOf(told, surrogates) }),
    },
  });
}

function detailOf(told: ReceivedSignal, surrogates: Surrogates): SignalDetail {
  return {
    person: told.person === null ? null : surrogates.person(told.person),
    account: told.account === null ? null : surrogates.account(told.account),
    currency: told.currency,
    humanProbability: humanProbabilityOf(told),
    properties: told.properties,
  };
}

/** What happened to which unit, and nothing else: such a fact has no detail. */
function tellsUnitAlone({ unitId, person, account, currency, properties, machine }: ReceivedSignal): boolean {
  return (
    unitId !== undefined &&
    person === null &&
    account === null &&
    currency === null &&
    machine === null &&
    Object.keys(properties).length === 0
  );
}

/** A unit that is an address or a number names a person, whatever the message calls it. */
function withUnitsPerson(told: ReceivedSignal, surrogates: Surrogates): ReceivedSignal {
  const { unitId, person } = told;
  return unitId === undefined || person !== null || surrogates.unit(unitId) === unitId
    ? told
    : { ...told, person: { userId: unitId } };
}

/** A unit without a person may be an account as well as a person: only what it says of contacting is kept under its name. */
function aboutOf(message: SightedMessage, unit: string | undefined, surrogates: Surrogates): Sighting | null {
  const about = sightingOf(message, surrogates);
  if (unit === undefined || message.person !== null || !saysOfContact(message.type)) return about;
  const consents = sightingOf({ ...message, person: { userId: unit } }, surrogates)?.consents ?? [];
  return { rows: about?.rows ?? [], consents };
}

/** Who a message is about, where it says that one record became another: a converted lead is its contact, in that contact's account. */
function joined(told: ReceivedSignal): ReceivedSignal {
  if (told.type !== "lead_converted" || told.person === null) return told;
  const { contact_id: contact, account_id: account } = told.properties;
  return {
    ...told,
    person: typeof contact === "string" && contact !== "" ? { ...told.person, formerId: contact } : told.person,
    account: told.account ?? (typeof account === "string" && account !== "" ? { accountId: account } : null),
  };
}

function decisionIdOf(parsed: Result<DecisionId, BrandError> | null): DecisionId | null {
  return parsed?.kind === "ok" ? parsed.value : null;
}

/** The name by which the message's unit goes. */
function unitNamedIn({ person, account }: ReceivedSignal, surrogates: Surrogates): string | null {
  if (account?.accountId !== undefined && account.accountId.trim() !== "") return account.accountId.trim();
  const company = account === null ? null : surrogates.account(account);
  if (company !== null) return company;
  if (person?.userId !== undefined && person.userId.trim() !== "") return person.userId.trim();
  return person === null ? null : surrogates.person(person);
}

/**
 * What shows in the message alone. A link that no reader can see has `ratchet-honeypot` in its address; how soon and how much was clicked
 * shows beside other signals, and is read when a metric is measured.
 */
function humanProbabilityOf({ type, machine }: ReceivedSignal) {
  return type === "opened" || type === "clicked"
    ? humanProbability(machine, {
        type,
        sinceDeliveredMs: null,
        linksAtOnce: 1,
        honeypot: HONEYPOT.test(machine?.url ?? ""),
      }).probability
    : null;
}
