/** How long those who come first wait for company, in ms. */
const WAIT_MS = 20;

/**
 * Writes what comes within a moment in one go: a commit costs about as much whether it holds one item or a hundred.
 *
 * @returns keeps one item; resolves, or rejects, with the write that it was part of.
 */
export function together<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: T[] = [];
  let next: Promise<void> | null = null;
  const writeAll = async (): Promise<void> => {
    await new Promise((resolve) => {
      setTimeout(resolve, WAIT_MS);
    });
    const items = waiting;
    waiting = [];
    next = null;
    await write(items);
  };
  return (item) => {
    waiting.push(item);
    next ??= writeAll();
    return next;
  };
}
