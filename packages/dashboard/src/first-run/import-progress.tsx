import { Button, Progress } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ImportView } from "@ratchet/protocol";
import { importQuery } from "../api/queries.ts";
import { formatBytes, formatCount } from "../format/numbers.ts";
import { capital } from "../format/words.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { DataReport } from "./data-report.tsx";

interface ImportProgressProps {
  readonly started: ImportView;
  readonly onAnother: () => void;
}

const INDETERMINATE = 100;

/** How far the import is, then what it found. */
export function ImportProgress({ started, onAnother }: ImportProgressProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: progress = started, isError, error, refetch } = useQuery(importQuery(started.import_id));
  const isDone = progress.state === "done";
  useEffect(() => {
    const kept = ["import", "preview"];
    if (isDone) void queries.invalidateQueries({ predicate: ({ queryKey }) => !kept.includes(String(queryKey[0])) });
  }, [isDone, queries]);
  if (isError) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (progress.state === "failed") {
    return (
      <Notice tone="bad" title="The import failed">
        <p>{capital(progress.problem ?? "the server gave no reason; look in its log")}</p>
        <p>What was imported before stays, and importing the file again counts no row twice.</p>
        <div>
          <Button size="compact-sm" variant="default" onClick={onAnother}>
            Choose a file again
          </Button>
        </div>
      </Notice>
    );
  }
  if (!isDone || progress.report === null) return <Running progress={progress} />;
  const { source } = progress.report;
  return (
    <>
      <DataReport report={progress.report} />
      <div className="row import-actions">
        <Button variant="default" onClick={onAnother}>
          Import another file
        </Button>
        <Button onClick={() => void navigate({ to: "/results", search: { source } })}>See results</Button>
      </div>
    </>
  );
}

function Running({ progress }: { readonly progress: ImportView }) {
  const { bytes_read: read, bytes_total: total } = progress;
  const percent = total === null || total === 0 ? INDETERMINATE : Math.min(100, (read / total) * 100);
  return (
    <Panel
      title={`Importing ${progress.file}`}
      note={total === null ? formatBytes(read) : `${formatBytes(read)} of ${formatBytes(total)}`}
    >
      <div className="stack" role="status">
        <Progress value={percent} animated={total === null} aria-label="Import progress" />
        <p className="num">
          {formatCount(progress.rows)} rows read, {formatCount(progress.imported)} imported,{" "}
          {formatCount(progress.quarantined)} quarantined
        </p>
      </div>
    </Panel>
  );
}
