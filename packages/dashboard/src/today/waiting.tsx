import { Link } from "@tanstack/react-router";
import type { TodayView } from "@ratchet/protocol";
import { Ago } from "../parts/ago.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";

/** What a person has to decide. */
export function Waiting({ today }: { readonly today: TodayView }) {
  return (
    <Panel title="Waiting for you" note={today.waiting.length === 0 ? undefined : `${today.waiting.length} to decide`}>
      {today.waiting.length === 0 ? (
        <EmptyState title="Nothing to review">
          {today.next_cycle?.sentence ?? "The next proposal will appear here."}
        </EmptyState>
      ) : (
        <ul className="plain-list">
          {today.waiting.map((item) => (
            <li key={item.change_id}>
              <Link
                to="/changes/$changeId"
                params={{ changeId: item.change_id }}
                className="waiting-link"
                data-row-link
              >
                <span className="waiting-title">{item.title}</span>
                <span className="dim small">
                  approval asked <Ago at={item.since} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
