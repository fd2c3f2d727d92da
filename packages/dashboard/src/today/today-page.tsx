import { useQuery } from "@tanstack/react-query";
import type { TodayView } from "@ratchet/protocol";
import { todayQuery } from "../api/queries.ts";
import { FirstRun } from "../first-run/first-run.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { CountStrip } from "./count-strip.tsx";
import { Guardrails } from "./guardrails.tsx";
import { Health } from "./health.tsx";
import { Lift } from "./lift.tsx";
import { Waiting } from "./waiting.tsx";
import "./today.css";

/** Is it working, is it safe, and what needs me? */
export function TodayPage() {
  const query = useQuery(todayQuery);
  return (
    <div className="page">
      <QueryView query={query}>
        {(today) => (today.state === "empty" ? <FirstRun /> : <RunningToday today={today} />)}
      </QueryView>
    </div>
  );
}

function RunningToday({ today }: { readonly today: TodayView }) {
  const red = today.health.filter((check) => check.state === "red");
  return (
    <>
      <PageHeader
        title="Today"
        below={
          <p className="dim">
            {today.workspace.name}
            {today.playbook_version === null ? null : ` · playbook v${today.playbook_version}`}
            {today.next_cycle === null ? null : ` · ${today.next_cycle.sentence}`}
          </p>
        }
      />
      <Lift today={today} redChecks={red} />
      <div className="panels">
        <Waiting today={today} />
        <Guardrails guardrails={today.guardrails} />
        <Health checks={today.health} />
      </div>
      <CountStrip counts={today.counts} />
    </>
  );
}
