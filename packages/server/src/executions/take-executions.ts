import {
  executionKey,
  parseActionId,
  parseActorId,
  parseDecisionId,
  parseInstant,
  type Execution,
  type ExecutionReport,
  type InboxItem,
  type Instant,
  type Receipt,
  type SentItem,
  type Surrogates,
} from "@ratchet/engine";
import { executionRequestSchema, faultsOf, type ExecutionRequest, type SignalBatchResponse } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";

const DEFAULT_SOURCE = "api";
/** Sources whose keys the server makes itself. */
const RESERVED = /^(?:engine$|engine:|import:)/u;

type ExecutionItem = Extract<InboxItem, { readonly kind: "execution" }>;
type Rejection = SignalBatchResponse["rejected"][number];
type Reading =
  | { readonly kind: "read"; readonly item: ExecutionItem }
  | { readonly kind: "rejected"; readonly code: string; readonly message: string };

/** Reports of one request, as they were sent. */
export interface ExecutionBatch {
  readonly executions: readonly unknown[];
  /** The text of each, for those that do not fit. */
  readonly textOf: (index: number) => string;
  /** Names the request in the quarantine. */
  readonly requestId: string;
}

/** Takes what became of decisions, read one by one. Resolves when everything accepted, and everything rejected, is durable. */
export async function takeExecutions(
  context: AppContext,
  { executions, textOf, requestId }: ExecutionBatch,
): Promise<SignalBatchResponse> {
  const now = context.stores.clock();
  const items: ExecutionItem[] = [];
  const rejected: Rejection[] = [];
  const sentAs = (index: number): SentItem => ({
    raw: textOf(index),
    position: `request ${requestId}, execution ${index}`,
  });
  executions.forEach((value, index) => {
    const reading = readExecution(value, { now, surrogates: context.surrogates });
    if (reading.kind === "read") items.push({ ...reading.item, sent: () => sentAs(index) });
    else rejected.push({ index, code: reading.code, message: reading.message });
  });
  if (rejected.length > 0)
    await context.stores.state.quarantine(
      rejected.map(({ index, code, message: reason }) => ({
        source: DEFAULT_SOURCE,
        ...sentAs(index),
        code,
        reason,
        at: now,
      })),
    );
  const receipts = items.length === 0 ? [] : await context.workspace.current().report(items);
  context.projector.notice(items.length);
  const count = (wanted: Receipt): number => receipts.filter((receipt) => receipt === wanted).length;
  const conflicts = count("conflict");
  return {
    sent: executions.length,
    accepted: count("accepted"),
    duplicates: count("duplicate"),
    conflicts,
    quarantined: conflicts + rejected.length,
    rejected,
  };
}

interface Arrival {
  readonly now: Instant;
  readonly surrogates: Surrogates;
}

function readExecution(value: unknown, arrival: Arrival): Reading {
  const parsed = executionRequestSchema.safeParse(value);
  if (parsed.success) return executionFrom(parsed.data, arrival);
  const message = faultsOf(parsed.error)
    .map((fault) => (fault.path === "" ? fault.message : `${fault.path}: ${fault.message}`))
    .join("; ");
  return { kind: "rejected", code: "execution.invalid", message };
}

function executionFrom(request: ExecutionRequest, { now, surrogates }: Arrival): Reading {
  const source = request.source ?? DEFAULT_SOURCE;
  if (RESERVED.test(source)) {
    const message = `/source: "${source}" is the server's own; name the system that says so, such as crm`;
    return { kind: "rejected", code: "execution.reserved_source", message };
  }
  const decision = parseDecisionId(request.decision_id);
  if (decision.kind === "err") return { kind: "rejected", ...decision.error };
  const at = request.at === undefined ? null : parseInstant(request.at);
  if (at?.kind === "err") return { kind: "rejected", ...at.error };
  const report = reportFrom(request, surrogates);
  if ("code" in report) return { kind: "rejected", ...report };
  const messageId = request.message_id;
  const execution: Execution = {
    source,
    messageId,
    decisionId: decision.value,
    report,
    occurredAt: at === null ? now : at.value,
    receivedAt: now,
  };
  const item = { kind: "execution", source, messageId: executionKey(messageId), execution } as const;
  return { kind: "read", item: at === null ? { ...item, undated: true } : item };
}

/** The seller who did otherwise may be named by an address: facts carry a surrogate. */
function reportFrom(
  request: ExecutionRequest,
  surrogates: Surrogates,
): ExecutionReport | { readonly code: string; readonly message: string } {
  switch (request.kind) {
    case "exposed":
    case "delivered":
    case "worked":
      return { kind: request.kind };
    case "suppressed":
    case "skipped":
      return { kind: request.kind, reason: request.reason ?? null };
    case "overridden": {
      const by = parseActorId(surrogates.unit(request.by));
      const instead = request.did_instead === undefined ? null : parseActionId(request.did_instead);
      if (by.kind === "err") return by.error;
      if (instead?.kind === "err") return instead.error;
      return { kind: "overridden", by: by.value, reason: request.reason, didInstead: instead?.value ?? null };
    }
  }
}
