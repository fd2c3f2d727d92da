import type { VerdictWord } from "@ratchet/protocol";
import { VERDICTS } from "../format/words.ts";
import { Pill } from "./pill.tsx";

/** One of the six verdict words. */
export function VerdictPill({ verdict, size }: { readonly verdict: VerdictWord; readonly size?: "lg" }) {
  const { word, tone, glyph, meaning } = VERDICTS[verdict];
  return (
    <Pill tone={tone} glyph={glyph} title={meaning} {...(size === undefined ? {} : { size })}>
      {word}
    </Pill>
  );
}
