import type { MappingGuess } from "@ratchet/protocol";

/** The actions that are known before the import: what the guess lists, and what the first rows show. */
export function actionsIn(guess: MappingGuess, column: string | null): readonly string[] {
  const map = guess.mapping;
  const isGuessed = map !== null && map.action.column === column;
  const values: Readonly<Record<string, string>> = isGuessed ? (map.action.values ?? {}) : {};
  const at = column === null ? -1 : guess.columns.indexOf(column);
  const seen = guess.preview.map((row) => row[at] ?? "").filter((cell) => cell !== "");
  const listed = isGuessed ? [map.baseline, ...(map.action.only ?? []), ...Object.values(values)] : [];
  return [...new Set([...listed, ...seen.map((cell) => values[cell] ?? cell)])];
}
