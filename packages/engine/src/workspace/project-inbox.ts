import type { FactsStore } from "../ports/facts-store.ts";
import type { StateStore } from "../ports/state-store.ts";

/** How much one call may move. */
export interface ProjectionLimits {
  /** Items in one segment. Larger segments cost fewer inserts, and more memory. */
  readonly maxItems: number;
  /** Segments in one call, so that a caller with a large backlog can do something else in between. */
  readonly maxSegments: number;
}

/**
 * Moves what has been acknowledged by now from the inbox to the facts, segment by segment, or as much of it as the limit allows. What
 * comes in meanwhile may go along, and is not waited for: under steady traffic the inbox is never empty.
 *
 * A crash at any point loses and doubles nothing: a segment stays open until its facts are durable, and loading it again under its
 * number adds nothing. So it may also be called twice at the same time.
 *
 * @returns how many items were moved.
 */
export async function projectInbox(
  { state, facts }: { readonly state: StateStore; readonly facts: FactsStore },
  { maxItems, maxSegments }: ProjectionLimits,
): Promise<number> {
  const waiting = await state.backlog();
  let moved = 0;
  for (let i = 0; i < maxSegments && moved < waiting; i += 1) {
    const segment = await state.openSegment(maxItems);
    if (segment === null) break;
    await facts.load(segment);
    await state.closeSegment(segment.number);
    moved += segment.size;
  }
  return moved;
}
