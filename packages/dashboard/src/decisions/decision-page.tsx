import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { TraceView } from "@ratchet/protocol";
import { traceQuery } from "../api/queries.ts";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Ago } from "../parts/ago.tsx";
import { CohortPill } from "./cohort-pill.tsx";
import { CameFrom } from "./came-from.tsx";
import { LedTo } from "./led-to.tsx";
import { Story } from "./story.tsx";
import { Why } from "./why.tsx";
import "../changes/changes.css";
import "./decisions.css";

/** Why this unit got this, where that came from, and what it led to. */
export function DecisionPage() {
  const { decisionId } = useParams({ from: "/decisions/$decisionId" });
  const query = useQuery(traceQuery(decisionId));
  return (
    <div className="page">
      <QueryView query={query}>{(trace) => <Decision trace={trace} />}</QueryView>
    </div>
  );
}

function Decision({ trace }: { readonly trace: TraceView }) {
  const { decision } = trace;
  return (
    <>
      <PageHeader
        title={`Why ${decision.unit_id} got “${decision.action}”`}
        above={
          <Link to="/decisions" className="back">
            ← Decisions
          </Link>
        }
        below={
          <div className="row small dim">
            <CohortPill cohort={decision.cohort} />
            <span>
              Decided <Ago at={decision.decided_at} /> at {decision.point}, in cycle {decision.cycle}, by playbook v
              {decision.playbook_version}
            </span>
          </div>
        }
      />
      <div className="change">
        <div className="change-main">
          <Why decision={decision} />
          <CameFrom trace={trace} />
          <LedTo trace={trace} />
        </div>
        <div className="change-side">
          <Story story={trace.story} />
        </div>
      </div>
    </>
  );
}
