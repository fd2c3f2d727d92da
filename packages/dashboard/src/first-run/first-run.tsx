import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ratchet } from "../api/client.ts";
import { jobQuery } from "../api/queries.ts";
import { formatShare } from "../format/numbers.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Notice } from "../parts/notice.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { DropZone } from "./drop-zone.tsx";
import { LoopPicture } from "./loop-picture.tsx";
import { keepFile } from "./kept-file.ts";
import "./first-run.css";

/** An empty workspace: two ways to see what Ratchet does. */
export function FirstRun() {
  return (
    <>
      <PageHeader
        title="See what your outcomes can teach"
        below={
          <p className="dim">
            No decisions yet. Import a CSV to see what your past data can tell, or look around in a sample company
            first.
          </p>
        }
      />
      <LoopPicture />
      <div className="start">
        <OwnCsv />
        <SampleCompany />
      </div>
    </>
  );
}

function OwnCsv() {
  const navigate = useNavigate();
  const take = (file: File): void => {
    keepFile(file);
    void navigate({ to: "/import" });
  };
  return (
    <section className="panel start-card" aria-labelledby="own-csv">
      <h2 id="own-csv">My own CSV</h2>
      <p className="dim">One row for each time something was done: to whom, when, what, and what came of it.</p>
      <DropZone onFile={take} />
      <ul className="bullets small dim">
        <li>Columns are guessed; you confirm them before anything is stored.</li>
        <li>Rows that do not fit are kept apart with the reason, never dropped.</li>
        <li>Nothing leaves this machine.</li>
      </ul>
    </section>
  );
}

function SampleCompany() {
  const [jobId, setJobId] = useState<string | null>(null);
  const start = useMutation({ mutationFn: () => ratchet.sample(), onSuccess: (job) => setJobId(job.job_id) });
  return (
    <section className="panel start-card" aria-labelledby="sample-company">
      <h2 id="sample-company">Sample company</h2>
      <p className="dim">
        A simulated sales team with a known truth: units decided on, outcomes arriving, changes proposed, approved,
        promoted and undone.
      </p>
      {jobId === null ? (
        <div>
          <Button size="md" onClick={() => start.mutate()} loading={start.isPending}>
            Use the sample company
          </Button>
        </div>
      ) : (
        <SampleProgress jobId={jobId} onRetry={() => setJobId(null)} />
      )}
      {start.isError ? <ErrorNotice error={start.error} retry={() => start.mutate()} /> : null}
      <ul className="bullets small dim">
        <li>Takes less than a minute, and fills every screen.</li>
        <li>The same every time: it has a seed.</li>
        <li>Start again with an empty data directory when you bring your own.</li>
      </ul>
    </section>
  );
}

function SampleProgress({ jobId, onRetry }: { readonly jobId: string; readonly onRetry: () => void }) {
  const queries = useQueryClient();
  const { data: job, isError, error } = useQuery(jobQuery(jobId));
  const isDone = job?.state === "done";
  useEffect(() => {
    if (isDone) void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "job" });
  }, [isDone, queries]);
  if (isError) return <ErrorNotice error={error} retry={onRetry} />;
  if (job?.state === "failed") {
    return (
      <Notice tone="bad" title="The sample company could not be made">
        <p>{job.sentence}</p>
        <div>
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </div>
      </Notice>
    );
  }
  const progress = job?.progress ?? 0;
  return (
    <div className="stack-tight" role="status">
      <Progress value={progress * 100} aria-label="Making the sample company" />
      <span className="small dim num">
        {job?.sentence ?? "Starting"} · {formatShare(progress, 0)}
      </span>
    </div>
  );
}
