import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MappingPreview as Preview, PreviewRowView, UploadView } from "@ratchet/protocol";
import type { Mapping } from "@ratchet/sdk";
import { ratchet } from "../api/client.ts";
import { explainError } from "../api/explain-error.ts";
import { formatCount, formatNumber } from "../format/numbers.ts";
import { formatMinute } from "../format/times.ts";
import { capital, spoken } from "../format/words.ts";
import { DataTable, type Column } from "../parts/data-table.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";
import { RawRows } from "./raw-rows.tsx";

interface MappingPreviewProps {
  readonly upload: UploadView;
  readonly mapping: Mapping | null;
}

const SETTLED_MS = 350;
const SHOWN = 12;

/** What the mapping makes of the first rows, as one edits it: each row read, or why not. */
export function MappingPreview({ upload, mapping }: MappingPreviewProps) {
  const [settled] = useDebouncedValue(mapping, SETTLED_MS);
  const { data, error } = useQuery({
    queryKey: ["preview", upload.upload_id, settled],
    queryFn: ({ signal }) => ratchet.imports.preview(upload.upload_id, settled ?? "", { signal }),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
  });
  const isMappingFault = error !== null && explainError(error).code.startsWith("map");
  const note =
    data === undefined ? undefined : `${formatCount(data.fitting)} of the first ${formatCount(data.checked)} rows fit`;
  return (
    <Panel title="What becomes of the first rows" note={note}>
      <div className="stack">
        {isMappingFault ? <ErrorNotice error={error} /> : null}
        {data === undefined || mapping === null ? (
          <RawRows guess={upload.guess} />
        ) : (
          <Readings preview={data} hasTimes={hasTimes(mapping)} />
        )}
      </div>
    </Panel>
  );
}

const WHEN: Column<PreviewRowView> = {
  header: "When",
  cell: (row) => (row.kind === "fits" ? <span className="nowrap">{formatMinute(row.decided_at)}</span> : null),
};

/** A file without times gets made-up ones, in order of its rows: showing them would mislead. */
function hasTimes(mapping: Mapping): boolean {
  if (typeof mapping === "string") return !mapping.includes("row_order");
  return !("time" in mapping && "row_order" in mapping.time);
}

interface ReadingsProps {
  readonly preview: Preview;
  readonly hasTimes: boolean;
}

function Readings({ preview, hasTimes: withTimes }: ReadingsProps) {
  const outcomes = [...new Set(preview.rows.flatMap((row) => (row.kind === "fits" ? Object.keys(row.outcomes) : [])))];
  const columns: readonly Column<PreviewRowView>[] = [
    { header: "Row", role: "lead", width: "90px", cell: ({ position }) => <span className="nowrap">{position}</span> },
    { header: "Who", cell: (row) => (row.kind === "fits" ? row.unit_id : <Fault row={row} />) },
    ...(withTimes ? [WHEN] : []),
    { header: "What was done", cell: (row) => (row.kind === "fits" ? row.action : null) },
    ...outcomes.map((id): Column<PreviewRowView> => ({
      header: capital(spoken(id)),
      align: "right",
      cell: (row) => (row.kind === "fits" ? formatOutcome(row.outcomes[id]) : null),
    })),
  ];
  return (
    <>
      {preview.left_out_by_code.length === 0 ? null : (
        <ul className="plain-list left-out">
          {preview.left_out_by_code.map(({ code, count, example }) => (
            <li key={code} className="row small">
              <Pill tone="watch" glyph="!">
                {formatCount(count)} left out
              </Pill>
              <span>{capital(spoken(code.replace(/^.*\./u, "")))}</span>
              <span className="mono dim">{example}</span>
            </li>
          ))}
        </ul>
      )}
      <DataTable
        caption="The first rows as they would be imported"
        columns={columns}
        rows={preview.rows.slice(0, SHOWN)}
        rowKey={({ position }) => position}
      />
    </>
  );
}

function Fault({ row }: { readonly row: Extract<PreviewRowView, { kind: "left_out" }> }) {
  return (
    <span className="stack-tight">
      <span className="fault">{capital(row.reason)}</span>
      <span className="mono dim">{row.raw}</span>
    </span>
  );
}

function formatOutcome(value: number | undefined): string {
  return value === undefined ? "–" : formatNumber(value, Number.isInteger(value) ? 0 : 2);
}
