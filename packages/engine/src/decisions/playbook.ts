import { digestOf, type Digest } from "../digest.ts";
import { type ActionId, type ChangeId, type SegmentId } from "../ids.ts";
import { lineageOf, type SegmentLevel } from "./segment.ts";

/** Probability of each action in one segment. Every action of the lever is named; they sum to 1 within 1e-9. */
export type ActionProbabilities = Readonly<Record<string, number>>;

/** A lever of kind `choice`: which of a few approved actions a unit gets. Kinds `weights` and `threshold` will join this union. */
export interface ChoiceLever {
  readonly kind: "choice";
  /** `content`, `timing`, `routing`, or one that a team declares. */
  readonly name: string;
  /** The decision point it answers at. */
  readonly point: string;
  readonly actions: readonly ActionId[];
  /** What the holdout gets, and what everything falls back to. */
  readonly baseline: ActionId;
  readonly segmentBy: readonly SegmentLevel[];
  /** How long a unit keeps one decision at this point. 0: each request is a decision of its own. */
  readonly decisionWindowMs: number;
  /** Own values by segment; a segment without one inherits its nearest ancestor's. `all` is always present. */
  readonly segments: Readonly<Record<string, ActionProbabilities>>;
}

export type Lever = ChoiceLever;

/** How Ratchet decides: immutable, versioned, content-addressed. It changes only through a change that was promoted. */
export interface Playbook {
  readonly version: number;
  readonly levers: readonly Lever[];
  /** The change that made this version out of the one before; null for the first. */
  readonly changeId: ChangeId | null;
  /** Digest of the version before; null for the first. */
  readonly parent: Digest | null;
}

/** One edit of one lever in one segment. `from` and `to` are complete: what was in force (inherited or own), and what shall be. */
export interface Edit {
  readonly lever: string;
  readonly segment: SegmentId;
  readonly from: ActionProbabilities;
  readonly to: ActionProbabilities;
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

/** The probabilities in force for a segment: its own, or its nearest ancestor's. */
export function probabilitiesFor(lever: ChoiceLever, segment: SegmentId): ActionProbabilities {
  for (const ancestor of lineageOf(segment)) {
    const own = lever.segments[ancestor];
    if (own !== undefined) return own;
  }
  throw new RangeError(`lever "${lever.name}" has no value for segment "all"`);
}

/** The same playbook with edits applied. Pure; the version and parent are left as they are. */
export function withEdits(playbook: Playbook, edits: readonly Edit[]): Playbook {
  const levers = playbook.levers.map((lever) => ({
    ...lever,
    segments: {
      ...lever.segments,
      ...Object.fromEntries(edits.filter((e) => e.lever === lever.name).map((e) => [e.segment, e.to])),
    },
  }));
  return { ...playbook, levers };
}

/** The playbook that gives everyone each lever's baseline action: what the holdout gets. */
export function baselinePlaybook(playbook: Playbook): Playbook {
  const levers = playbook.levers.map((lever) => ({ ...lever, segments: { all: pointMass(lever, lever.baseline) } }));
  return { ...playbook, levers };
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
