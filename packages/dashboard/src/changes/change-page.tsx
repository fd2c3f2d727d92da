import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ChangeView } from "@ratchet/protocol";
import { changeQuery } from "../api/queries.ts";
import { capital, STATUSES } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { Digest } from "../parts/digest.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { StatusPill } from "../parts/status-pill.tsx";
import { Affected } from "./affected.tsx";
import { ApprovalDiff } from "./approval-diff.tsx";
import { Approvals } from "./approvals.tsx";
import { ChangeTimeline } from "./change-timeline.tsx";
import { PredictedEffect } from "./predicted-effect.tsx";
import { ReviewFindings } from "./review-findings.tsx";
import { Rollout } from "./rollout.tsx";
import { RulingButtons } from "./ruling-buttons.tsx";
import "./changes.css";

/** Everything an approver needs, on one page. */
export function ChangePage() {
  const { changeId } = useParams({ from: "/changes/$changeId" });
  const query = useQuery(changeQuery(changeId));
  return (
    <div className="page">
      <QueryView query={query}>{(change) => <Change change={change} />}</QueryView>
    </div>
  );
}

function Change({ change }: { readonly change: ChangeView }) {
  return (
    <>
      <PageHeader
        title={change.title}
        above={
          <Link to="/changes" className="back">
            ← Changes
          </Link>
        }
        below={<Standing change={change} />}
        actions={<RulingButtons change={change} />}
      />
      <Reason change={change} />
      <div className="change">
        <div className="change-main">
          <ApprovalDiff edits={change.edits} />
          <PredictedEffect change={change} />
          {change.rollout === null ? null : <Rollout change={change} rollout={change.rollout} />}
          <div className="change-last">
            <ChangeTimeline timeline={change.timeline} />
          </div>
        </div>
        <div className="change-side">
          <Approvals change={change} />
          <Affected change={change} />
          {change.verdict === null ? null : <ReviewFindings verdict={change.verdict} />}
        </div>
      </div>
    </>
  );
}

function Standing({ change }: { readonly change: ChangeView }) {
  return (
    <div className="row small dim">
      <StatusPill status={change.status} />
      <span>
        {STATUSES[change.status].meaning} Since <Ago at={change.since} />, by {change.author}, edits playbook v
        {change.based_on}
        {change.promoted_as === null ? null : `, became v${change.promoted_as}`}.
      </span>
      <span className="row">
        Revision <Digest value={change.revision} label="revision" />
      </span>
    </div>
  );
}

/** Why it ended or holds; the first thing to read where there is one. */
function Reason({ change }: { readonly change: ChangeView }) {
  if (change.reason === null) return null;
  const { word, tone } = STATUSES[change.status];
  return (
    <Notice tone={tone} title={word}>
      <p>{capital(change.reason)}</p>
    </Notice>
  );
}
