import { isChoiceEdit, type Edit } from "../decisions/playbook.ts";
import type { ChangeState } from "./change.ts";

/** Evidence has materially changed once it rests on this many times the decisions it rested on when the change failed. */
const MATERIALLY_MORE = 2;

/** A failed change that tried the same. */
export interface RememberedFailure {
  readonly changeId: string;
  readonly reason: string;
  /** Mature decisions of the lever that it failed on. */
  readonly decisions: number;
}

/**
 * The latest change that tried the same and failed: that was rejected or rolled back, and favoured the same action in one of the same
 * segments. One that expired did not fail: nobody spoke in time, and silence is neither consent nor evidence.
 */
export function similarFailure(changes: readonly ChangeState[], edits: readonly Edit[]): RememberedFailure | null {
  const failed = changes.filter(({ status }) => status === "rejected" || status === "rolled_back");
  const last = failed.findLast(({ change }) =>
    change.edits.some((tried) => edits.some((edit) => triesTheSame(tried, edit))),
  );
  return last === undefined
    ? null
    : { changeId: last.change.id, reason: last.reason ?? last.status, decisions: last.decisions };
}

/** The similar failure that forbids proposing these edits again: the evidence has not materially changed since. null where none stands. */
export function rememberedFailure(
  changes: readonly ChangeState[],
  edits: readonly Edit[],
  decisions: number,
): RememberedFailure | null {
  const failure = similarFailure(changes, edits);
  return failure === null || decisions >= MATERIALLY_MORE * failure.decisions ? null : failure;
}

function triesTheSame(tried: Edit, edit: Edit): boolean {
  return edit.lever === tried.lever && edit.segment === tried.segment && favoured(edit) === favoured(tried);
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

/** What an edit tries: the action that gains most, the weight or the threshold that moves most and its direction. */
export function favoured(edit: Edit): string {
  if (isChoiceEdit(edit)) {
    const gains = movesOf(edit.from, edit.to);
    return gains.reduce((best, next) => (next.by > best.by ? next : best), { name: "", by: -Infinity }).name;
  }
  const moves =
    edit.kind === "weights"
      ? movesOf(
          { intercept: edit.from.intercept, ...edit.from.weights },
          { intercept: edit.to.intercept, ...edit.to.weights },
        )
      : movesOf({ ...edit.from }, { ...edit.to });
  const most = moves.reduce((best, next) => (Math.abs(next.by) > Math.abs(best.by) ? next : best), { name: "", by: 0 });
  return most.by === 0 ? "" : `${most.name} ${most.by > 0 ? "up" : "down"}`;
}

function movesOf(
  from: Readonly<Record<string, number>>,
  to: Readonly<Record<string, number>>,
): readonly { readonly name: string; readonly by: number }[] {
  return Object.keys(to).map((name) => ({ name, by: (to[name] ?? 0) - (from[name] ?? 0) }));
}
