import type { Probability, TextSpan } from "@ratchet/stats";

/** A question to a text and the only answers that there are. Whatever the text says, a label is one of these. */
export interface LabelSet {
  /** What is asked: `outcome`, `objection`. */
  readonly name: string;
  /** Two or more, each once. */
  readonly labels: readonly string[];
}

/** A text that somebody labelled. */
export interface LabelledNote {
  readonly text: string;
  readonly set: string;
  readonly label: string;
}

/** A label of the set, how sure the labeller is, and the words that say so (null where no words do). */
export interface NoteGuess {
  readonly label: string;
  readonly confidence: Probability;
  readonly span: TextSpan | null;
}

/**
 * Why a labeller abstained: not sure enough · the text has too few words that it knows · it has not learned this set yet · whoever was
 * asked failed to answer within the rules.
 */
export type AbstentionReason = "unsure" | "unfamiliar" | "untrained" | "failed";

/**
 * What a labeller makes of a text, for one label set.
 *
 * An abstention goes to the outcome review with its guess, which is for the reader's eyes: it is no label.
 */
export type NoteReading =
  | ({ readonly kind: "labelled"; readonly set: string } & NoteGuess)
  | {
      readonly kind: "abstained";
      readonly set: string;
      readonly reason: AbstentionReason;
      readonly guess: NoteGuess | null;
    };

/**
 * Reads untrusted text: one reading for each of its label sets, in their order.
 *
 * A text is only ever read, never obeyed: an implementation has no tools, and what it answers outside the closed sets is an abstention.
 * It does not throw for a text, nor for a service that failed.
 */
export interface TextLabeller {
  /** Who labelled, as kept beside each label: `model`, `openai`. */
  readonly name: string;
  /** Which one of them: the digest of a model, the name of a provider's model. */
  readonly version: string;
  readonly sets: readonly LabelSet[];
  label(text: string): Promise<readonly NoteReading[]>;
}

const SET_NAME = /^[a-z][a-z0-9_]{0,62}$/u;
const LABELS_MAX = 200;

/** What is wrong with label sets, in words; nothing where they can be used. */
export function labelSetFaults(sets: readonly LabelSet[]): readonly string[] {
  const names = sets.map(({ name }) => name);
  return [
    ...(new Set(names).size === names.length ? [] : [`each label set needs a name of its own: ${names.join(", ")}`]),
    ...sets.flatMap(({ name, labels }) => [
      ...(SET_NAME.test(name) ? [] : [`"${name}" is no name of a label set: lower case, digits and underscores`]),
      ...(labels.length >= 2 && labels.length <= LABELS_MAX
        ? []
        : [`${name} needs 2 to ${LABELS_MAX} labels, has ${labels.length}`]),
      ...(new Set(labels).size === labels.length ? [] : [`${name} has a label twice`]),
      ...labels
        .filter((label) => !SET_NAME.test(label))
        .map((label) => `${name}: "${label}" is no label: lower case, digits and underscores`),
    ]),
  ];
}
