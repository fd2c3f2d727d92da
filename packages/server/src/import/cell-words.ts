const TRUE_WORDS = new Set(["1", "true", "yes", "y", "t", "1.0"]);
const FALSE_WORDS = new Set(["", "0", "false", "no", "n", "f", "0.0"]);

/** What a cell says in the words that spreadsheets use for true and false; null where it says neither. */
export function truthOf(cell: string): boolean | null {
  const word = cell.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : null;
}
