import {
  parseAmount,
  parseInstant,
  type AccountReference,
  type PersonReference,
  type ReceivedSignal,
} from "@ratchet/engine";
import { faultsOf, signalRequestSchema, type SignalRequest } from "@ratchet/protocol";
import { flatProperties } from "./flat-properties.ts";
import type { ReadItem } from "./ingest.ts";

/** Who may speak in whose name. */
export interface SpokenFor {
  /** The source that the key belongs to; null where the request came without one, from this machine. */
  readonly keyed: string | null;
  /** Whether a name is that of a source with a key of its own. */
  readonly isKeyed: (source: string) => boolean;
}

/** Sources whose keys the server makes itself. */
const RESERVED = /^(?:engine$|import:|label:)/u;

/**
 * One signal of `POST /v1/signals` in our words.
 *
 * @param raw - answers its text as it was sent; asked only where it does not fit.
 */
export function readSignalRequest(value: unknown, raw: () => string, spokenFor: SpokenFor): ReadItem {
  const parsed = signalRequestSchema.safeParse(value);
  if (!parsed.success) {
    const message = faultsOf(parsed.error)
      .map((fault) => (fault.path === "" ? fault.message : `${fault.path}: ${fault.message}`))
      .join("; ");
    return { kind: "unread", code: "signal.invalid", message, raw: raw() };
  }
  const request = parsed.data;
  const fault = sourceFault(request.source, spokenFor);
  if (fault !== null) return { kind: "unread", ...fault, raw: raw() };
  const amount = request.value === undefined ? null : parseAmount(request.value);
  const occurred = request.occurred_at === undefined ? null : parseInstant(request.occurred_at);
  for (const part of [amount, occurred]) if (part?.kind === "err") return { kind: "unread", ...part.error, raw: raw() };
  const signal: ReceivedSignal = {
    messageId: request.message_id,
    type: request.type,
    occurredAt: occurred?.kind === "ok" ? occurred.value : null,
    ...(request.unit_id === undefined ? {} : { unitId: request.unit_id }),
    person: personOf(request),
    account: accountOf(request),
    decisionId: request.decision_id ?? null,
    value: amount?.kind === "ok" ? amount.value : null,
    currency: request.currency?.toUpperCase() ?? null,
    properties: request.properties === undefined ? {} : flatProperties(request.properties),
    machine: null,
    text: request.text ?? null,
  };
  const named = spokenFor.keyed === null && request.source !== undefined ? { source: request.source } : {};
  return { kind: "signal", signal, raw, ...named };
}

/** Why a signal may not name this source; null where it may, or names none. */
function sourceFault(
  source: string | undefined,
  { keyed, isKeyed }: SpokenFor,
): { readonly code: string; readonly message: string } | null {
  if (source === undefined || source === keyed) return null;
  if (keyed !== null)
    return {
      code: "signal.wrong_source",
      message: `/source: the key is that of "${keyed}", and the signal says "${source}"; leave it out, or use that source's key`,
    };
  if (RESERVED.test(source))
    return {
      code: "signal.reserved_source",
      message: `/source: "${source}" is the server's own; name the system that says so, such as crm`,
    };
  return isKeyed(source)
    ? { code: "signal.wrong_source", message: `/source: "${source}" has a key of its own; send the signal with it` }
    : null;
}

function personOf({ user_id, anonymous_id, email, phone, name }: SignalRequest): PersonReference | null {
  if (user_id === undefined && anonymous_id === undefined && email === undefined && phone === undefined) return null;
  return {
    ...(user_id === undefined ? {} : { userId: user_id }),
    ...(anonymous_id === undefined ? {} : { anonymousId: anonymous_id }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(name === undefined ? {} : { name }),
  };
}

function accountOf({ account_id, domain, account_name }: SignalRequest): AccountReference | null {
  if (account_id === undefined && domain === undefined && account_name === undefined) return null;
  return {
    ...(account_id === undefined ? {} : { accountId: account_id }),
    ...(domain === undefined ? {} : { domain }),
    ...(account_name === undefined ? {} : { name: account_name }),
  };
}
