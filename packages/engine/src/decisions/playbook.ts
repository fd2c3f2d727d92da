import { digestOf, type Digest } from "../digest.ts";
import { type ActionId, type ChangeId, type SegmentId } from "../ids.ts";
import type { ActionProbabilities, ChoiceLever, Lever, ThresholdValue, WeightsValue } from "./lever.ts";
import { lineageOf } from "./segment.ts";

/** How Ratchet decides: immutable, versioned, content-addressed. It changes only through a change that was promoted. */
export interface Playbook {
  readonly version: number;
  readonly levers: readonly Lever[];
  /** The change that made this version out of the one before; null for the first. */
  readonly changeId: ChangeId | null;
  /** Digest of the version before; null for the first. */
  readonly parent: Digest | null;
}

interface EditPlace {
  readonly lever: string;
  readonly segment: SegmentId;
}

/**
 * One edit of one choice lever in one segment. `from` and `to` are complete: what was in force (inherited or own), and what shall be.
 * It names no kind: ledgers have held such edits from the first day, and their bytes are what was approved.
 */
export interface ChoiceEdit extends EditPlace {
  readonly kind?: "choice";
  readonly from: ActionProbabilities;
  readonly to: ActionProbabilities;
}

/** The same for a lever of weights. */
export interface WeightsEdit extends EditPlace {
  readonly kind: "weights";
  readonly from: WeightsValue;
  readonly to: WeightsValue;
}

/** The same for a threshold. */
export interface ThresholdEdit extends EditPlace {
  readonly kind: "threshold";
  readonly from: ThresholdValue;
  readonly to: ThresholdValue;
}

/** One edit of one lever in one segment. */
export type Edit = ChoiceEdit | WeightsEdit | ThresholdEdit;

/** Whether an edit is one of a choice lever. */
export function isChoiceEdit(edit: Edit): edit is ChoiceEdit {
  return edit.kind === undefined || edit.kind === "choice";
}

export function playbookDigest(playbook: Playbook): Digest {
  return digestOf(playbook);
}

/** The lever that answers at a point; null where the playbook has none. */
export function leverAt(playbook: Playbook, point: string): Lever | null {
  return playbook.levers.find((lever) => lever.point === point) ?? null;
}

/** The lever of a name; throws where the playbook has none, for names that were checked before. */
export function leverNamed(playbook: Playbook, name: string): Lever {
  const lever = playbook.levers.find((candidate) => candidate.name === name);
  if (lever === undefined) throw new RangeError(`playbook v${playbook.version} has no lever "${name}"`);
  return lever;
}

/** The choice lever of a name; throws where the playbook has none, or one of another kind. */
export function choiceLeverNamed(playbook: Playbook, name: string): ChoiceLever {
  const lever = leverNamed(playbook, name);
  if (lever.kind !== "choice") throw new RangeError(`lever "${name}" is of kind ${lever.kind}, not choice`);
  return lever;
}

/** The probabilities in force for a segment: its own, or its nearest ancestor's. */
export function probabilitiesFor(lever: ChoiceLever, segment: SegmentId): ActionProbabilities {
  return inherited(lever.segments, segment) ?? missingValue(lever);
}

/** The value of a segment, or of its nearest ancestor that has one; null where none has. Own keys only: a segment may be called anything. */
export function inherited<Value>(segments: Readonly<Record<string, Value>>, segment: SegmentId): Value | null {
  for (const ancestor of lineageOf(segment)) {
    const own = Object.hasOwn(segments, ancestor) ? segments[ancestor] : undefined;
    if (own !== undefined) return own;
  }
  return null;
}

function missingValue(lever: Lever): never {
  throw new RangeError(`lever "${lever.name}" has no value for segment "all"`);
}

/** The same playbook with edits applied. Pure; the version and parent are left as they are. An edit of another kind than its lever is none. */
export function withEdits(playbook: Playbook, edits: readonly Edit[]): Playbook {
  return { ...playbook, levers: playbook.levers.map((lever) => editedLever(lever, edits)) };
}

function editedLever(lever: Lever, edits: readonly Edit[]): Lever {
  const own = edits.filter((edit) => edit.lever === lever.name);
  if (own.length === 0) return lever;
  switch (lever.kind) {
    case "choice":
      return { ...lever, segments: merged(lever.segments, own.filter(isChoiceEdit)) };
    case "weights":
      return {
        ...lever,
        segments: merged(
          lever.segments,
          own.filter((edit) => edit.kind === "weights"),
        ),
      };
    case "threshold":
      return {
        ...lever,
        segments: merged(
          lever.segments,
          own.filter((edit) => edit.kind === "threshold"),
        ),
      };
  }
}

function merged<Value>(
  segments: Readonly<Record<string, Value>>,
  edits: readonly { readonly segment: SegmentId; readonly to: Value }[],
): Readonly<Record<string, Value>> {
  return { ...segments, ...Object.fromEntries(edits.map(({ segment, to }) => [segment, to])) };
}

/** The playbook that gives everyone each lever's baseline: what the holdout gets. */
export function baselinePlaybook(playbook: Playbook): Playbook {
  return { ...playbook, levers: playbook.levers.map(baselineLever) };
}

function baselineLever(lever: Lever): Lever {
  switch (lever.kind) {
    case "choice":
      return { ...lever, segments: { all: pointMass(lever, lever.baseline) } };
    case "weights":
      return { ...lever, segments: { all: lever.baseline } };
    case "threshold":
      return { ...lever, segments: { all: lever.baseline } };
  }
}

/** An action with a positive probability that the lever does not have, and so could never draw; null where there is none. */
export function strangerIn(lever: ChoiceLever, probabilities: ActionProbabilities): string | null {
  const found = Object.entries(probabilities).find(
    ([action, p]) => p !== 0 && !lever.actions.some((own) => own === action),
  );
  return found?.[0] ?? null;
}

/** Probability 1 on one action, 0 on the lever's others. */
export function pointMass(lever: ChoiceLever, action: ActionId): ActionProbabilities {
  return Object.fromEntries(lever.actions.map((a) => [a, a === action ? 1 : 0]));
}
