import { Button, SegmentedControl, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportView, UploadView } from "@ratchet/protocol";
import type { Mapping } from "@ratchet/sdk";
import { ratchet } from "../api/client.ts";
import { formatBytes } from "../format/numbers.ts";
import { listed } from "../format/words.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { GuessNotes } from "./guess-notes.tsx";
import { draftOf, mappingOf, openQuestions } from "./mapping-draft.ts";
import { MappingForm } from "./mapping-form.tsx";
import { MappingPreview } from "./mapping-preview.tsx";

interface MappingStepProps {
  readonly upload: UploadView;
  readonly onStarted: (started: ImportView) => void;
  readonly onBack: () => void;
}

const WAYS = [
  { value: "form", label: "Questions" },
  { value: "yaml", label: "YAML" },
];

/** The guessed mapping, to be confirmed beside what it makes of the first rows. */
export function MappingStep({ upload, onStarted, onBack }: MappingStepProps) {
  const { guess } = upload;
  const [way, setWay] = useState("form");
  const [draft, setDraft] = useState(() => draftOf(guess, upload.name));
  const [yaml, setYaml] = useState(guess.yaml);
  const mapping: Mapping | null = way === "yaml" ? yaml : mappingOf(draft, guess.mapping);
  const open = way === "yaml" ? [] : openQuestions(draft);
  const start = useMutation({
    mutationFn: (confirmed: Mapping) => ratchet.imports.start(upload.upload_id, confirmed),
    onSuccess: onStarted,
  });
  return (
    <>
      <Panel title="Are these columns right?" note={`${upload.name} · ${formatBytes(upload.bytes)}`}>
        <div className="stack">
          <GuessNotes notes={guess.notes} />
          <SegmentedControl
            size="xs"
            className="ways"
            data={WAYS}
            value={way}
            onChange={setWay}
            aria-label="How to edit the mapping"
          />
          {way === "yaml" ? (
            <YamlField yaml={yaml} onChange={setYaml} />
          ) : (
            <MappingForm draft={draft} guess={guess} onChange={setDraft} />
          )}
        </div>
      </Panel>
      <MappingPreview upload={upload} mapping={mapping} />
      {start.isError ? <ErrorNotice error={start.error} /> : null}
      <div className="row import-actions">
        {open.length === 0 ? null : <span className="dim small">Still to answer: {listed(open)}.</span>}
        <Button variant="default" onClick={onBack}>
          Choose another file
        </Button>
        <Button
          disabled={mapping === null}
          loading={start.isPending}
          onClick={() => {
            if (mapping !== null) start.mutate(mapping);
          }}
        >
          Import file
        </Button>
      </div>
    </>
  );
}

function YamlField({ yaml, onChange }: { readonly yaml: string; readonly onChange: (yaml: string) => void }) {
  return (
    <Textarea
      label="Mapping"
      description="Everything that a mapping can say, also what the questions leave out"
      autosize
      minRows={10}
      maxRows={28}
      spellCheck={false}
      classNames={{ input: "mono" }}
      value={yaml}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
