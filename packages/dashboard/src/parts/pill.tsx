import type { ReactNode } from "react";
import type { Tone } from "../format/words.ts";

interface PillProps {
  readonly tone: Tone;
  readonly glyph?: string;
  readonly size?: "lg";
  readonly title?: string;
  readonly children: ReactNode;
}

/** A state in a word: dark text on a tint, with a mark, so that colour is never the only cue. */
export function Pill({ tone, glyph, size, title, children }: PillProps) {
  return (
    <span className="pill" data-tone={tone} data-size={size} title={title}>
      {glyph === undefined ? <span className="pill-dot" aria-hidden /> : <span aria-hidden>{glyph}</span>}
      {children}
    </span>
  );
}
