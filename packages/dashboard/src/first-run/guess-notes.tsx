import type { MappingGuess } from "@ratchet/protocol";
import type { Tone } from "../format/words.ts";
import { Disclosure } from "../parts/disclosure.tsx";
import { Pill } from "../parts/pill.tsx";

type Note = MappingGuess["notes"][number];

const SURE: Readonly<Record<Note["confidence"], { readonly word: string; readonly tone: Tone }>> = {
  high: { word: "sure", tone: "good" },
  medium: { word: "likely", tone: "info" },
  low: { word: "please check", tone: "watch" },
};

/** Why the guess is what it is; what is unsure stands open, the rest is folded. */
export function GuessNotes({ notes }: { readonly notes: readonly Note[] }) {
  const unsure = notes.filter(({ confidence }) => confidence !== "high");
  const sure = notes.filter(({ confidence }) => confidence === "high");
  if (notes.length === 0) return null;
  return (
    <div className="stack-tight">
      <NoteList notes={unsure} />
      {sure.length === 0 ? null : (
        <Disclosure label={`${sure.length} recognised without doubt`}>
          <NoteList notes={sure} />
        </Disclosure>
      )}
    </div>
  );
}

function NoteList({ notes }: { readonly notes: readonly Note[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="guess-notes">
      {notes.map(({ key, confidence, sentence }) => (
        <li key={`${key} ${sentence}`}>
          <Pill tone={SURE[confidence].tone}>{SURE[confidence].word}</Pill>
          <span>
            <span className="mono">{key}</span> {sentence}
          </span>
        </li>
      ))}
    </ul>
  );
}
