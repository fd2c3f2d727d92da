import type { Decision } from "../decisions/decision.ts";
import type { Execution, OverrideCount } from "../decisions/execution.ts";
import type { DecisionId } from "../ids.ts";
import type { Instant } from "../time.ts";
import { compareCodePoints } from "./code-point-order.ts";
import type { ExecutionQuery } from "./facts-store.ts";

/** The executions of the in-memory reference that a query asks for. */
export function listExecutions(
  executions: readonly Execution[],
  { decisionIds, kind, since, until, limit }: ExecutionQuery,
): readonly Execution[] {
  const wanted = decisionIds === undefined ? null : new Set(decisionIds);
  return executions
    .filter(
      ({ decisionId, report, occurredAt }) =>
        (wanted === null || wanted.has(decisionId)) &&
        (kind === undefined || report.kind === kind) &&
        (since === undefined || occurredAt > since) &&
        (until === undefined || occurredAt <= until),
    )
    .toSorted(
      (a, b) =>
        b.occurredAt - a.occurredAt ||
        compareCodePoints(b.source, a.source) ||
        compareCodePoints(b.messageId, a.messageId),
    )
    .slice(0, limit);
}

/** Overrides by what was decided, why, and what was done instead. */
export function countOverrides(
  executions: readonly Execution[],
  decisionOf: (id: DecisionId) => Decision | null,
  since: Instant | undefined,
): readonly OverrideCount[] {
  const groups = new Map<string, { readonly key: Omit<OverrideCount, "count">; readonly decisions: Set<DecisionId> }>();
  for (const { decisionId, report, occurredAt } of executions) {
    if (report.kind !== "overridden" || (since !== undefined && occurredAt <= since)) continue;
    const decision = decisionOf(decisionId);
    const { reason, didInstead } = report;
    const key = { point: decision?.point ?? null, action: decision?.action ?? null, reason, didInstead };
    const name = [key.point ?? "", key.action ?? "", reason, didInstead ?? ""].join("\0");
    const group = groups.get(name) ?? { key, decisions: new Set() };
    groups.set(name, group);
    group.decisions.add(decisionId);
  }
  return [...groups.values()]
    .map(({ key, decisions }) => ({ ...key, count: decisions.size }))
    .toSorted(
      (a, b) =>
        b.count - a.count ||
        knownFirst(a.point, b.point) ||
        knownFirst(a.action, b.action) ||
        compareCodePoints(a.reason, b.reason) ||
        knownFirst(a.didInstead, b.didInstead),
    );
}

function knownFirst(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareCodePoints(a, b);
}
