import { labelId, labelsInForce, labelSignalOf, labelSource, type Label } from "../signals/notes/label.ts";
import type { Signal } from "../signals/signal.ts";
import { compareCodePoints } from "./code-point-order.ts";
import type { LabelQuery } from "./facts-store.ts";

/**
 * Labels as `measure` reads them: each reading in force is a signal of the type `label:<field>=<label>`, of the text's source, at the time
 * when the text was written, heard when it was labelled.
 *
 * @param knownAt - labels given later are not known yet.
 * @returns null for an ordinary type.
 */
export function labelSignals(labels: readonly Label[], type: string, knownAt = Infinity): readonly Signal[] | null {
  const wanted = labelSignalOf(type);
  if (wanted === null) return null;
  const known = labels.filter(({ field, labelledAt }) => field === wanted.field && labelledAt <= knownAt);
  return labelsInForce(known)
    .filter(({ label }) => label === wanted.label)
    .map(({ source, messageId, unitId, decisionId, occurredAt, labelledAt }) => ({
      source,
      messageId,
      type,
      unitId,
      decisionId,
      value: null,
      occurredAt,
      receivedAt: labelledAt,
    }));
}

/** The newest first by when they were given; ties by source of the label, then its id, descending. */
export function listLabels(
  labels: readonly Label[],
  { source, messageId, field, labeller, limit }: LabelQuery,
): readonly Label[] {
  return labels
    .filter(
      (label) =>
        (source === undefined || label.source === source) &&
        (messageId === undefined || label.messageId === messageId) &&
        (field === undefined || label.field === field) &&
        (labeller === undefined || label.labeller === labeller),
    )
    .toSorted(
      (a, b) =>
        b.labelledAt - a.labelledAt ||
        compareCodePoints(labelSource(b.labeller), labelSource(a.labeller)) ||
        compareCodePoints(labelId(b), labelId(a)),
    )
    .slice(0, limit);
}
