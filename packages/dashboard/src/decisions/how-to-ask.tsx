import { Link } from "@tanstack/react-router";
import { CopyButton } from "../parts/copy-button.tsx";
import { EmptyState } from "../parts/empty-state.tsx";

/** A request that works as it stands, for this server. */
function curl(origin: string): string {
  return (
    `curl ${origin}/v1/decisions -H 'content-type: application/json' \\\n` +
    `  -d '{"point": "content", "unit_id": "acme.example", "context": {"region": "EU"}}'`
  );
}

/** The decision log is empty: how to ask for a first one. */
export function HowToAsk() {
  const command = curl(window.location.origin);
  return (
    <section className="panel">
      <EmptyState title="Nothing has asked for a decision yet">
        <p>
          Ask for one, or <Link to="/import">import a log</Link> of what was decided before.
        </p>
        <div className="command">
          <pre className="raw">{command}</pre>
          <CopyButton text={command} label="Copy curl" />
        </div>
      </EmptyState>
    </section>
  );
}
