import { refuse, type Refused } from "../refused.ts";
import type { SparseRow } from "./sparse-rows.ts";
import { textTerms, type TextTerm } from "./text-terms.ts";

/** The terms worth a column, and how much each tells: a column is a place in `hashes`. */
export interface TermTable {
  readonly kind: "estimate";
  /** Ascending, each once. */
  readonly hashes: Uint32Array;
  /** Inverse document frequencies, 1 or more. */
  readonly rarity: Float32Array;
}

/** A term of one text that has a column, and its share of the column's value (a term that occurs twice shares it). */
export interface WeighedTerm {
  readonly term: TextTerm;
  readonly column: number;
  readonly value: number;
}

/**
 * The terms that texts have in common, weighted by how rare they are (inverse document frequency).
 *
 * @param texts - n texts; each term counts once a text.
 * @param options.textsMin - texts that must have a term, 1 or more; terms of one text alone tell a reader, not a model, something.
 * @returns `too-few` where no term is in so many texts; `invalid-input` when `textsMin` is no count.
 * @formula rarity = 1 + ln((1 + n)/(1 + texts with the term));  value = (1 + ln count)·rarity, words and letters each of length 1
 * @assumes later texts are written like these
 * @see Salton & Buckley (1988), "Term-weighting approaches in automatic text retrieval", section 2
 * @example
 * const table = termTable(["a", "a b"], { textsMin: 2 });
 * table.hashes.length // => 5
 * termRow(table, "b").columns.length // => 0
 */
export function termTable(
  texts: readonly string[],
  { textsMin }: { readonly textsMin: number },
): TermTable | Refused<"invalid-input" | "too-few"> {
  if (!Number.isSafeInteger(textsMin) || textsMin < 1)
    return refuse("invalid-input", `textsMin must be a count, got ${textsMin}`);
  const counts = new Map<number, number>();
  for (const text of texts) {
    for (const hash of new Set(textTerms(text).map((term) => term.hash))) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const kept = Uint32Array.from([...counts].filter(([, n]) => n >= textsMin).map(([hash]) => hash)).sort();
  if (kept.length === 0) return refuse("too-few", `no term is in ${textsMin} of ${texts.length} texts`);
  const rarity = (hash: number): number => 1 + Math.log((1 + texts.length) / (1 + (counts.get(hash) ?? 0)));
  return { kind: "estimate", hashes: kept, rarity: Float32Array.from(kept, rarity) };
}

/**
 * A text's row under a table: words and letters each scaled to length 1; terms without a column are left out.
 *
 * @part termTable
 * @example
 * termRow(termTable(["no", "no"], { textsMin: 2 }), "").columns.length // => 0
 */
export function termRow(table: TermTable, text: string): SparseRow {
  return rowOfTerms(weighedTerms(table, text));
}

/** The row that weighed terms add up to. */
export function rowOfTerms(terms: readonly WeighedTerm[]): SparseRow {
  const values = new Map<number, number>();
  for (const { column, value } of terms) values.set(column, (values.get(column) ?? 0) + value);
  const columns = Uint32Array.from(values.keys()).sort();
  return { columns, values: Float64Array.from(columns, (column) => values.get(column) ?? 0) };
}

/**
 * The terms of a text that have a column, in the text's order, with what each adds to its row.
 *
 * @part termTable
 * @example
 * weighedTerms(termTable(["no", "no"], { textsMin: 2 }), "no no").length // => 15
 */
export function weighedTerms({ hashes, rarity }: TermTable, text: string): readonly WeighedTerm[] {
  const known = textTerms(text).flatMap((term) => {
    const column = placeOf(hashes, term.hash);
    return column === -1 ? [] : [{ term, column }];
  });
  const counts = new Map<number, number>();
  for (const { column } of known) counts.set(column, (counts.get(column) ?? 0) + 1);
  const valueOf = (column: number): number => (1 + Math.log(counts.get(column) ?? 1)) * (rarity[column] ?? 0);
  const squares = { word: 0, letters: 0 };
  const seen = new Set<number>();
  for (const { term, column } of known) {
    if (seen.has(column)) continue;
    seen.add(column);
    squares[term.block] += valueOf(column) ** 2;
  }
  return known.map(({ term, column }) => ({
    term,
    column,
    value: valueOf(column) / (counts.get(column) ?? 1) / Math.sqrt(squares[term.block]),
  }));
}

function placeOf(hashes: Uint32Array, hash: number): number {
  let [low, high] = [0, hashes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return hashes[low] === hash ? low : -1;
}
