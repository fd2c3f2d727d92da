/** What a term is made of: one or two neighbouring words, or some letters of one word. */
export type TermBlock = "word" | "letters";

/** An n-gram of a text: a hash in place of its letters, and where it stands (`start` included, `end` not; UTF-16 units). */
export interface TextTerm {
  readonly block: TermBlock;
  /** 32 bits; words and letters never share one on purpose. */
  readonly hash: number;
  readonly start: number;
  readonly end: number;
}

/** A word of a text as it is compared (lower case, NFKC), and where it stands. */
export interface TextWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Longest text read: what lies beyond is cut off, so that no text costs more than some milliseconds. */
export const TEXT_LENGTH_MAX = 4000;

/** Words with inner apostrophes, or one mark that changes what a sentence does. Linear: no part can match what another can. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[?!$€£%]/gu;
const SENTENCE_END = /[.!?\n]/u;
const LETTERS_MIN = 2;
const LETTERS_MAX = 5;
/** Letters of a word that are looked at: beyond, it is no word. */
const WORD_LENGTH_MAX = 40;
/** Stands before the first word of a sentence; a private-use character, so that no text can write it. */
const OPENING = "\uE000";

/**
 * The words of a text, in lower case and NFKC, with their places in the text as it was written.
 *
 * @part textClassifier
 * @example
 * textWords("Can’t talk, why?").map(({ word }) => word) // => ["can't", "talk", "why", "?"]
 */
export function textWords(text: string): readonly TextWord[] {
  return [...text.slice(0, TEXT_LENGTH_MAX).matchAll(WORD)].map((match) => ({
    word: match[0].normalize("NFKC").toLowerCase().replaceAll("’", "'").slice(0, WORD_LENGTH_MAX),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * The terms of a text: its words, pairs of neighbouring words (the opening of a sentence counts as one), and 2 to 5 letters in a row
 * within a word whose ends are marked.
 *
 * Only hashes leave this function: a model made of them keeps nobody's words.
 *
 * @part textClassifier
 * @see Weinberger, Dasgupta, Langford, Smola & Attenberg (2009), "Feature hashing for large scale multitask learning"; Cavnar &
 * Trenkle (1994), "N-gram-based text categorization", for letters.
 * @example
 * textTerms("no budget").filter(({ block }) => block === "word").map(({ start, end }) => [start, end]) // => [[0, 2], [0, 2], [3, 9], [0, 9]]
 */
export function textTerms(text: string): readonly TextTerm[] {
  const terms: TextTerm[] = [];
  let before: TextWord | null = null;
  for (const at of textWords(text)) {
    const opens: boolean = before === null || SENTENCE_END.test(text.slice(before.start, at.start));
    const previous: TextWord = opens || before === null ? { word: OPENING, start: at.start, end: at.start } : before;
    terms.push({ block: "word", hash: hashOf(at.word, 1), start: at.start, end: at.end });
    terms.push({ block: "word", hash: hashOf(`${previous.word} ${at.word}`, 2), start: previous.start, end: at.end });
    letterTerms(at, terms);
    before = at;
  }
  return terms;
}

function letterTerms({ word, start, end }: TextWord, terms: TextTerm[]): void {
  const marked = `<${word}>`;
  for (let from = 0; from < marked.length; from++) {
    let state = seeded(3);
    const last = Math.min(LETTERS_MAX, marked.length - from);
    for (let length = 1; length <= last; length++) {
      state = mixed(state, marked.charCodeAt(from + length - 1));
      if (length >= LETTERS_MIN) terms.push({ block: "letters", hash: finished(state), start, end });
    }
  }
}

function hashOf(text: string, kind: number): number {
  let state = seeded(kind);
  for (let i = 0; i < text.length; i++) state = mixed(state, text.charCodeAt(i));
  return finished(state);
}

/* FNV-1a over 16-bit units, then MurmurHash3's finaliser, as FNV's last units barely reach the upper bits. */

function seeded(kind: number): number {
  return mixed(0x811c9dc5, kind);
}

function mixed(state: number, unit: number): number {
  return Math.imul(state ^ unit, 0x01000193);
}

function finished(state: number): number {
  let hash = state ^ (state >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
