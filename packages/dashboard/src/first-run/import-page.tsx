import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ImportView, UploadView } from "@ratchet/protocol";
import { ratchet } from "../api/client.ts";
import { formatBytes } from "../format/numbers.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { Panel } from "../parts/panel.tsx";
import { DropZone } from "./drop-zone.tsx";
import { EarlierImports } from "./earlier-imports.tsx";
import { ImportProgress } from "./import-progress.tsx";
import { takeFile } from "./kept-file.ts";
import { MappingStep } from "./mapping-step.tsx";
import { Steps } from "./steps.tsx";
import "../changes/changes.css";
import "../today/today.css";
import "./first-run.css";

type Stage =
  | { readonly kind: "file" }
  | { readonly kind: "mapping"; readonly upload: UploadView }
  | { readonly kind: "import"; readonly started: ImportView };

const NUMBER: Readonly<Record<Stage["kind"], number>> = { file: 0, mapping: 1, import: 2 };

/** Brings a CSV in: file, mapping, import. */
export function ImportPage() {
  const [stage, setStage] = useState<Stage>({ kind: "file" });
  const upload = useMutation({
    mutationFn: (file: File) => ratchet.imports.upload(file.name, file),
    onSuccess: (answer) => setStage({ kind: "mapping", upload: answer }),
  });
  const { mutate } = upload;
  useEffect(() => {
    const file = takeFile();
    if (file !== null) mutate(file);
  }, [mutate]);
  const restart = (): void => {
    upload.reset();
    setStage({ kind: "file" });
  };
  return (
    <div className="page">
      <PageHeader
        title="Import"
        below={<p className="dim">Past decisions and what came of them, from a CSV.</p>}
        actions={<Steps at={NUMBER[stage.kind]} />}
      />
      {stage.kind === "file" ? (
        <Panel title="Choose a file">
          <div className="stack">
            {upload.isPending ? <Reading file={upload.variables} /> : <DropZone onFile={mutate} />}
            {upload.isError ? <ErrorNotice error={upload.error} /> : null}
          </div>
        </Panel>
      ) : null}
      {stage.kind === "mapping" ? (
        <MappingStep
          upload={stage.upload}
          onStarted={(started) => setStage({ kind: "import", started })}
          onBack={restart}
        />
      ) : null}
      {stage.kind === "import" ? <ImportProgress started={stage.started} onAnother={restart} /> : null}
      {stage.kind === "file" ? <EarlierImports /> : null}
    </div>
  );
}

function Reading({ file }: { readonly file: File }) {
  return (
    <p role="status">
      Reading <strong>{file.name}</strong> ({formatBytes(file.size)}) and guessing its columns…
    </p>
  );
}
