import { findNodeAtLocation, parseTree } from "jsonc-parser";

/**
 * The text of each item of a list in a JSON body, exactly as it was sent: what does not fit is kept verbatim, with its order of keys,
 * doubled keys and long numbers.
 *
 * The body is taken apart only when a text is first asked for whose value would not come out the same, so that good batches pay nothing.
 *
 * @param path - where the list is in the body; empty where the body is the list.
 * @param items - the list as parsed. Texts are asked for in their order.
 */
export function itemTexts(body: string, path: readonly string[], items: readonly unknown[]): (index: number) => string {
  let nodes: readonly { readonly offset: number; readonly length: number }[] | null = null;
  let from = 0;
  return (index) => {
    const written = JSON.stringify(items[index]) ?? "";
    if (nodes === null) {
      // Most clients write JSON as JSON.stringify does: then the text is found behind the item before, and no second reading is needed.
      const found = body.indexOf(written, from);
      if (found >= 0) {
        from = found + written.length;
        return written;
      }
    }
    nodes ??= listNodes(body, path);
    const node = nodes[index];
    return node === undefined ? written : body.slice(node.offset, node.offset + node.length);
  };
}

function listNodes(
  body: string,
  path: readonly string[],
): readonly { readonly offset: number; readonly length: number }[] {
  const root = parseTree(body);
  if (root === undefined) return [];
  return findNodeAtLocation(root, [...path])?.children ?? [];
}
