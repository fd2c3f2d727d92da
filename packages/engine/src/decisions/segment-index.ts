import type { Context } from "../context.ts";
import type { SegmentId } from "../ids.ts";
import { segmentOf, type SegmentLevel } from "./segment.ts";

/** Contexts that are remembered, a lever: a field with endless values must not fill the memory. */
const REMEMBERED_MAX = 10_000;

type ContextValue = Context[string] | undefined;

interface Node<Leaf> {
  readonly children: Map<ContextValue, Node<Leaf>>;
  leaf: Leaf | null;
}

/**
 * From a context to what was made of its leaf segment, made once a segment: a walk along the values of its fields, without writing the
 * segment's name again. A number at a level with breaks is looked up by its bin.
 */
export function segmentIndex<Leaf>(
  levels: readonly SegmentLevel[],
  make: (segment: SegmentId) => Leaf,
): (context: Context) => Leaf {
  const leaves = new Map<SegmentId, Leaf>();
  const root: Node<Leaf> = { children: new Map(), leaf: null };
  let remembered = 0;
  const leafFor = (segment: SegmentId): Leaf => {
    const known = leaves.get(segment);
    if (known !== undefined) return known;
    const made = make(segment);
    if (leaves.size < REMEMBERED_MAX) leaves.set(segment, made);
    return made;
  };
  return (context) => {
    let node = root;
    for (const level of levels) {
      const key = keyOf(level, context[level.field]);
      let next = node.children.get(key);
      if (next === undefined) {
        if (remembered >= REMEMBERED_MAX) return leafFor(segmentOf(levels, context));
        remembered += 1;
        next = { children: new Map(), leaf: null };
        node.children.set(key, next);
      }
      node = next;
    }
    node.leaf ??= leafFor(segmentOf(levels, context));
    return node.leaf;
  };
}

function keyOf({ breaks }: SegmentLevel, value: ContextValue): ContextValue {
  if (breaks === undefined || typeof value !== "number") return value;
  let above = 0;
  for (const at of breaks) if (value >= at) above += 1;
  return above;
}
