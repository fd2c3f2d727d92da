import { capital } from "../format/words.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

/** The whole walk in sentences, oldest first. */
export function Story({ story }: { readonly story: readonly string[] }) {
  return (
    <Panel title="The whole walk" note="oldest first">
      {story.length === 0 ? (
        <EmptyState title="Nothing to tell yet">The walk grows as outcomes arrive and cycles close.</EmptyState>
      ) : (
        <ol className="timeline">
          {story.map((sentence, i) => (
            <li key={`${i} ${sentence}`}>{capital(sentence)}</li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
