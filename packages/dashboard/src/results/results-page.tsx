import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { ResultsView } from "@ratchet/protocol";
import { resultsQuery } from "../api/queries.ts";
import { useNothingToRead } from "../api/use-nothing-to-read.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { formatCount } from "../format/numbers.ts";
import { formatMinute } from "../format/times.ts";
import { EmptyState } from "../parts/empty-state.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Health } from "../today/health.tsx";
import { MetricResult } from "./metric-result.tsx";
import { SourceChoice } from "./source-choice.tsx";
import "../today/today.css";
import "./results.css";

/** Is it better than before, where, and how sure are we? */
export function ResultsPage() {
  const { source } = useSearch({ from: "/results" });
  const isEmpty = useNothingToRead();
  const query = useQuery({ ...resultsQuery(source), enabled: isEmpty === false || source !== undefined });
  if (isEmpty === true && source === undefined) return <NoResults />;
  return (
    <div className="page">
      <QueryView query={query}>{(results) => <Results results={results} />}</QueryView>
    </div>
  );
}

function Results({ results }: { readonly results: ResultsView }) {
  const red = results.health.filter((check) => check.state === "red");
  const metrics = results.metrics.toSorted((a, b) => Number(b.is_objective) - Number(a.is_objective));
  return (
    <>
      <PageHeader
        title="Results"
        actions={<SourceChoice source={results.source} />}
        below={
          <p className="dim num">
            {results.source} · {results.point} · {formatCount(results.units)} units
            {results.watermark === null ? null : ` · heard up to ${formatMinute(results.watermark)}`}
          </p>
        }
      />
      {red.length === 0 ? null : (
        <Notice tone="watch" title="Cannot trust these numbers yet">
          <p>{red.map((check) => check.sentence).join(" ")}</p>
        </Notice>
      )}
      {results.assignment === "observational" ? (
        <Notice tone="watch" title="Actions were not drawn at random">
          <p>
            A difference here may come from who got which action rather than from the action. It is not called an
            effect.
          </p>
        </Notice>
      ) : null}
      <div className="panels results-top">
        <Exposures shares={results.shares} units={results.units} />
        <Health checks={results.health} />
      </div>
      {metrics.map((metric) => (
        <MetricResult key={metric.metric} result={metric} />
      ))}
    </>
  );
}

/** Who got what, before any result: an uneven split is seen here first. */
function Exposures({ shares, units }: { readonly shares: ResultsView["shares"]; readonly units: number }) {
  return (
    <Panel title="Who got what" note={`${formatCount(units)} units`}>
      <ul className="plain-list exposures">
        {Object.entries(shares)
          .toSorted(([, a], [, b]) => b - a)
          .map(([action, share]) => (
            <li key={action} className="exposure">
              <span>{action}</span>
              <ShareBar share={share} label={`Share of decisions for ${action}`} />
            </li>
          ))}
      </ul>
    </Panel>
  );
}

function NoResults() {
  return (
    <div className="page">
      <PageHeader title="Results" />
      <section className="panel">
        <EmptyState title="No results yet">
          <p>
            Results need decisions and what came of them. <Link to="/import">Import a CSV</Link> or{" "}
            <Link to="/">use the sample company</Link>.
          </p>
        </EmptyState>
      </section>
    </div>
  );
}
