import { isoOf, type Execution } from "@ratchet/engine";
import type { ExecutionView } from "@ratchet/protocol";

/** An execution as the API shows it. */
export function executionView({ source, messageId, decisionId, report, occurredAt }: Execution): ExecutionView {
  return {
    kind: report.kind,
    source,
    message_id: messageId,
    decision_id: decisionId,
    by: report.kind === "overridden" ? report.by : null,
    reason: "reason" in report ? report.reason : null,
    did_instead: report.kind === "overridden" ? report.didInstead : null,
    at: isoOf(occurredAt),
  };
}
