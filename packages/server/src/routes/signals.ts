import {
  parseAmount,
  parseDecisionId,
  parseInstant,
  parseUnitId,
  type InboxItem,
  type Instant,
  type QuarantinedRow,
  type Receipt,
  type Signal,
} from "@ratchet/engine";
import { faultsOf, ROUTES, signalRequestSchema, type SignalBatchResponse, type SignalRequest } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";

const DEFAULT_SOURCE = "api";
/** Sources whose keys the server makes itself. */
const RESERVED = /^(?:engine$|import:)/u;
/** A raw signal longer than this is kept in part. */
const RAW_LENGTH_MAX = 10_000;

type Rejection = SignalBatchResponse["rejected"][number];
type Reading =
  | { readonly kind: "signal"; readonly signal: Signal; readonly undated: boolean }
  | { readonly kind: "rejected"; readonly code: string; readonly message: string };

/** Signals are read one by one. The answer comes when everything accepted, and everything rejected, is durable. */
export function signalRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "signals", async (c) => {
    const { signals: raw } = await readBody(c, ROUTES.signals.request);
    const now = context.stores.clock();
    const items: InboxItem[] = [];
    const rejected: Rejection[] = [];
    raw.forEach((value, index) => {
      const reading = readSignal(value, now);
      if (reading.kind === "signal") items.push(itemOf(reading));
      else rejected.push({ index, code: reading.code, message: reading.message });
    });
    const requestId = c.get("requestId");
    if (rejected.length > 0) {
      await context.stores.state.quarantine(
        rejected.map((one) => quarantinedRow(one, raw[one.index], { requestId, now })),
      );
    }
    const receipts = items.length === 0 ? [] : await context.stores.state.acknowledge(items);
    context.projector.notice(items.length);
    const count = (wanted: Receipt): number => receipts.filter((receipt) => receipt === wanted).length;
    return { accepted: count("accepted"), duplicates: count("duplicate"), conflicts: count("conflict"), rejected };
  });
}

function itemOf({ signal, undated }: Extract<Reading, { kind: "signal" }>): InboxItem {
  const { source, messageId } = signal;
  return { kind: "signal", source, messageId, signal, ...(undated ? { undated } : {}) };
}

function readSignal(value: unknown, now: Instant): Reading {
  const parsed = signalRequestSchema.safeParse(value);
  if (parsed.success) return signalFrom(parsed.data, now);
  const message = faultsOf(parsed.error)
    .map((fault) => (fault.path === "" ? fault.message : `${fault.path}: ${fault.message}`))
    .join("; ");
  return { kind: "rejected", code: "signal.invalid", message };
}

function signalFrom(request: SignalRequest, now: Instant): Reading {
  const source = request.source ?? DEFAULT_SOURCE;
  if (RESERVED.test(source)) {
    const message = `/source: "${source}" is the server's own; name the system that says so, such as crm`;
    return { kind: "rejected", code: "signal.reserved_source", message };
  }
  const unit = parseUnitId(request.unit_id);
  const decision = request.decision_id === undefined ? null : parseDecisionId(request.decision_id);
  const value = request.value === undefined ? null : parseAmount(request.value);
  const occurred = request.occurred_at === undefined ? null : parseInstant(request.occurred_at);
  for (const part of [unit, decision, value, occurred]) {
    if (part?.kind === "err") return { kind: "rejected", code: part.error.code, message: part.error.message };
  }
  return unit.kind === "err"
    ? { kind: "rejected", code: unit.error.code, message: unit.error.message }
    : {
        kind: "signal",
        undated: occurred === null,
        signal: {
          source,
          messageId: request.message_id,
          type: request.type,
          unitId: unit.value,
          decisionId: decision?.kind === "ok" ? decision.value : null,
          value: value?.kind === "ok" ? value.value : null,
          occurredAt: occurred?.kind === "ok" ? occurred.value : now,
          receivedAt: now,
        },
      };
}

interface Place {
  readonly requestId: string;
  readonly now: Instant;
}

function quarantinedRow({ index, code, message }: Rejection, raw: unknown, { requestId, now }: Place): QuarantinedRow {
  const text = JSON.stringify(raw) ?? String(raw);
  return {
    source: DEFAULT_SOURCE,
    position: `request ${requestId}, signal ${index}`,
    code,
    reason: message,
    raw: text.slice(0, RAW_LENGTH_MAX),
    at: now,
  };
}
