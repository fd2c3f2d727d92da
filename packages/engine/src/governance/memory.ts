import type { ActionProbabilities, Edit } from "../decisions/playbook.ts";
import type { ChangeState } from "./change.ts";

/** Evidence has materially changed once it rests on this many times the decisions it rested on when the change failed. */
const MATERIALLY_MORE = 2;

/** A failed change that tried the same. */
export interface RememberedFailure {
  readonly changeId: string;
  readonly reason: string;
}

/**
 * The failure that forbids proposing these edits again: a change that was rejected or rolled back, favoured the same action in one of the
 * same segments, and against which the evidence has not materially changed. null where nothing is remembered. One that expired did not
 * fail: nobody spoke in time, and silence is neither consent nor evidence.
 */
export function rememberedFailure(
  changes: readonly ChangeState[],
  edits: readonly Edit[],
  decisions: number,
): RememberedFailure | null {
  for (const state of changes) {
    if (state.status !== "rejected" && state.status !== "rolled_back") continue;
    if (decisions >= MATERIALLY_MORE * state.decisions) continue;
    const same = state.change.edits.some((tried) =>
      edits.some(
        (edit) => edit.lever === tried.lever && edit.segment === tried.segment && favoured(edit) === favoured(tried),
      ),
    );
    if (same) return { changeId: state.change.id, reason: state.reason ?? state.status };
  }
  return null;
}

/** Actions that failed changes of this lever favoured, as far as the evidence has not materially changed since. */
export function barredActions(changes: readonly ChangeState[], lever: string, decisions: number): ReadonlySet<string> {
  const barred = new Set<string>();
  for (const state of changes) {
    if (state.change.lever !== lever) continue;
    for (const edit of state.change.edits) {
      if (rememberedFailure([state], [edit], decisions) !== null) barred.add(favoured(edit));
    }
  }
  return barred;
}

/** The action that gains most. */
export function favoured({
  from,
  to,
}: {
  readonly from: ActionProbabilities;
  readonly to: ActionProbabilities;
}): string {
  const gains = Object.keys(to).map((action) => ({ action, gain: (to[action] ?? 0) - (from[action] ?? 0) }));
  return gains.reduce((best, next) => (next.gain > best.gain ? next : best), { action: "", gain: -Infinity }).action;
}
