/**
 * Ascending numbers of tests, in blocks that are full but for the last. A new number copies one block and the list of blocks, not all
 * numbers; earlier states keep theirs, and both are plain data.
 */
export type TestNumbers = readonly (readonly number[])[];

/** About the square root of the tests that a long stream has, where copying costs least. */
const BLOCK = 64;

/** The numbers with one more, wherever it belongs. */
export function withNumber(numbers: TestNumbers, number: number): TestNumbers {
  const last = numbers.at(-1) ?? [];
  // In order unless outcomes come late: the fast way then.
  if ((last.at(-1) ?? 0) < number)
    return last.length === 0 || last.length >= BLOCK
      ? [...numbers, [number]]
      : [...numbers.slice(0, -1), [...last, number]];
  const block = blockOf(numbers, number);
  const rest = numbers.slice(block).flat();
  rest.splice(rest.length - countAfter(rest, number), 0, number);
  const blocks = Array.from({ length: Math.ceil(rest.length / BLOCK) }, (_, k) =>
    rest.slice(k * BLOCK, (k + 1) * BLOCK),
  );
  return [...numbers.slice(0, block), ...blocks];
}

/** How many of the numbers are larger than a given one. */
export function numbersAfter(numbers: TestNumbers, since: number): number {
  const last = numbers.length - 1;
  if (last < 0) return 0;
  const block = blockOf(numbers, since);
  const own = countAfter(numbers[block] ?? [], since);
  return block === last ? own : own + (last - block - 1) * BLOCK + (numbers[last]?.length ?? 0);
}

/** How many of ascending numbers are larger than a given one. */
export function countAfter(ascending: readonly number[], since: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) > since) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}

/** The last block that begins at or below a number, or the first. A loop of its own: levels ask for every discovery at every test. */
function blockOf(numbers: TestNumbers, number: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle]?.[0] ?? Infinity) > number) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low - 1);
}
