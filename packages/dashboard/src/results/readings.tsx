import type { ComparisonView } from "@ratchet/protocol";
import { capital } from "../format/words.ts";

/** What each row means, and what would make an open question answerable. */
export function Readings({ actions }: { readonly actions: readonly ComparisonView[] }) {
  return (
    <ul className="readings">
      {actions.map(({ action, sentence, needed }) => (
        <li key={action}>
          {capital(sentence)}
          {needed === null ? null : <span className="dim"> {capital(needed)}</span>}
        </li>
      ))}
    </ul>
  );
}
