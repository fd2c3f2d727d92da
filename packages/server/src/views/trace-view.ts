import type {
  ChangeState,
  Decision,
  LedgerEntry,
  MetricDefinition,
  Signal,
  Trace,
  TracedChange,
} from "@ratchet/engine";
import { differenceInWords, isoOf, metricInWords, MICROS_PER_UNIT, rangeInWords } from "@ratchet/engine";
import type { TracedOutcomeView, TraceView } from "@ratchet/protocol";
import { approvalViews, changeSummaryView } from "./change-view.ts";
import { decisionDetailView } from "./decision-view.ts";
import { traceStory } from "./trace-story.ts";

/** A change's ledger entries, by its id. */
type EntriesOf = (changeId: string) => readonly LedgerEntry[];

/** @param actionBefore - what the same draw would have given without the change behind the decision; null where there is none. */
export function traceView(trace: Trace, entriesOf: EntriesOf, actionBefore: string | null): TraceView {
  const { decision, playbook, later } = trace;
  const view: Omit<TraceView, "story"> = {
    decision: decisionDetailView(decision),
    outcomes: trace.outcomes.map((signal) => tracedOutcomeView(decision, signal)),
    playbook: { version: playbook.version, digest: playbook.digest, change_id: playbook.changeId },
    change: trace.change === null ? null : tracedChangeView(trace.change),
    contributed_to: trace.contributedTo.map((state: ChangeState) =>
      changeSummaryView(state, entriesOf(state.change.id)),
    ),
    later: {
      count: later.count,
      sample: later.sample.map(decisionDetailView),
      altered: later.altered.map(({ decision: altered, before, after, actionBefore }) => ({
        ...decisionDetailView(altered),
        before: { ...before },
        after: { ...after },
        action_before: actionBefore,
      })),
    },
  };
  return { ...view, story: traceStory(view, actionBefore) };
}

function tracedOutcomeView(decision: Decision, signal: Signal): TracedOutcomeView {
  return {
    decision_id: decision.id,
    unit_id: decision.unitId,
    action: decision.action,
    decided_at: isoOf(decision.decidedAt),
    signal: signal.type,
    value: signal.value === null ? null : signal.value / MICROS_PER_UNIT,
    occurred_at: isoOf(signal.occurredAt),
    ...(signal.occurredAtRaw === undefined ? {} : { occurred_at_raw: isoOf(signal.occurredAtRaw) }),
    message_id: signal.messageId,
  };
}

function tracedChangeView({ state, entries, evidence }: TracedChange): NonNullable<TraceView["change"]> {
  return {
    ...changeSummaryView(state, entries),
    revision: state.digest,
    approvals: approvalViews(entries),
    evidence:
      evidence === null
        ? null
        : {
            digest: evidence.digest,
            sentence: evidenceSentence(state, evidence.snapshot.objective),
            outcomes: evidence.outcomes,
            sample: evidence.sample.map(({ decision, signal }) => tracedOutcomeView(decision, signal)),
          },
  };
}

function evidenceSentence({ change }: ChangeState, metric: MetricDefinition): string {
  const { predicted } = change;
  if (predicted.kind === "refused") return predicted.message;
  return `${differenceInWords(metric, predicted.estimate)} predicted in ${metricInWords(metric)} (${rangeInWords(metric, predicted)}), on ${predicted.n.toLocaleString("en-US")} decisions`;
}
