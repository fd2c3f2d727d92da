import { isoOf, MICROS_PER_UNIT, type Signal } from "@ratchet/engine";
import type { SignalView } from "@ratchet/protocol";

/** A signal as the API shows it. */
export function signalView(signal: Signal): SignalView {
  const { person = null, account = null, currency = null, humanProbability = null, properties } = signal.detail ?? {};
  return {
    source: signal.source,
    message_id: signal.messageId,
    type: signal.type,
    unit_id: signal.unitId,
    decision_id: signal.decisionId,
    person,
    account,
    value: signal.value === null ? null : signal.value / MICROS_PER_UNIT,
    currency,
    human_probability: humanProbability,
    occurred_at: isoOf(signal.occurredAt),
    ...(signal.occurredAtRaw === undefined ? {} : { occurred_at_raw: isoOf(signal.occurredAtRaw) }),
    sent_at: signal.sentAt === undefined ? null : isoOf(signal.sentAt),
    received_at: isoOf(signal.receivedAt),
    properties: { ...properties },
  };
}
