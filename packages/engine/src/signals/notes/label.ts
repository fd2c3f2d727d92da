import type { Probability, TextSpan } from "@ratchet/stats";
import { digestOf } from "../../digest.ts";
import type { DecisionId, UnitId } from "../../ids.ts";
import type { Instant } from "../../time.ts";

/** Who reads texts: a person of the team, a provider's model that the team asked for, or our own model. The earlier stands above the later. */
export const LABELLER_KINDS = ["person", "provider", "model"] as const;
export type LabellerKind = (typeof LABELLER_KINDS)[number];

/**
 * A person read the text and cannot say; or a machine that had answered before no longer does. It is no label of any set, and can be
 * measured like one.
 */
export const CANNOT_TELL = "cannot_tell";

/**
 * One reading of a text, as a fact: a member of a closed set, how sure the reader was, and where in the text it says so. It holds no word
 * of the text.
 *
 * Readings are only ever added. `(source, messageId)` is the signal that carried the text.
 */
export interface Label {
  readonly source: string;
  readonly messageId: string;
  readonly unitId: UnitId;
  /** The decision that the signal names; null leaves the join to the metric's attribution. */
  readonly decisionId: DecisionId | null;
  /** Which question: `outcome`, `objection`, `intent`, `next_step`. */
  readonly field: string;
  /** A label of that question's set, or `CANNOT_TELL`. */
  readonly label: string;
  /** Calibrated; null where a person answered. */
  readonly confidence: Probability | null;
  readonly span: TextSpan | null;
  readonly labeller: LabellerKind;
  /** Which one of its kind: a model's digest, the name of a provider's model, the person. */
  readonly version: string;
  /** How many readings of this text, for this question, this labeller gave before: a person may think again. */
  readonly nth: number;
  readonly labelledAt: Instant;
  /** When the signal happened. */
  readonly occurredAt: Instant;
}

/** The source under which labels of a kind are acknowledged; no sender can have it. */
export function labelSource(labeller: LabellerKind): string {
  return `label:${labeller}`;
}

/** What makes a reading the same when it comes again: whose it is, of what, for which question. The first one stands. */
export function labelId({ source, messageId, field, version, nth }: Label): string {
  return `lbl_${digestOf([source, messageId, field, version, nth]).slice(0, 40)}`;
}

/** A metric's signal type that is about a label: `label:outcome=interested`. */
export interface LabelSignal {
  readonly field: string;
  readonly label: string;
}

const LABEL_SIGNAL = /^label:(?<field>[a-z][a-z0-9_]{0,62})=(?<label>[a-z][a-z0-9_]{0,62})$/u;

/** Which label a signal type is about; null where it is an ordinary type. */
export function labelSignalOf(type: string): LabelSignal | null {
  const { field, label } = LABEL_SIGNAL.exec(type)?.groups ?? {};
  return field === undefined || label === undefined ? null : { field, label };
}

/**
 * The reading of each text and question that counts: of each kind of labeller the latest one; of those a person's before a provider's
 * before the model's. What a machine cannot tell says nothing against what another one can.
 *
 * @param labels - in any order.
 */
export function labelsInForce(labels: readonly Label[]): readonly Label[] {
  const latest = new Map<string, Label>();
  for (const label of labels) {
    const key = JSON.stringify([label.source, label.messageId, label.field, label.labeller]);
    const known = latest.get(key);
    if (known === undefined || isLater(label, known)) latest.set(key, label);
  }
  const best = new Map<string, Label>();
  for (const label of latest.values()) {
    if (label.labeller !== "person" && label.label === CANNOT_TELL) continue;
    const key = JSON.stringify([label.source, label.messageId, label.field]);
    const known = best.get(key);
    if (known === undefined || rankOf(label) < rankOf(known)) best.set(key, label);
  }
  return [...best.values()];
}

/** Ties by id, so that no order of loading can change the answer. */
function isLater(label: Label, than: Label): boolean {
  return label.labelledAt > than.labelledAt || (label.labelledAt === than.labelledAt && labelId(label) > labelId(than));
}

function rankOf({ labeller }: Label): number {
  return LABELLER_KINDS.indexOf(labeller);
}
