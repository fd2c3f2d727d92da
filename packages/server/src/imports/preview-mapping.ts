import { isoOf, MICROS_PER_UNIT, type Instant, type LoggedRow } from "@ratchet/engine";
import type { MappingDocument, MappingPreview, PreviewRowView } from "@ratchet/protocol";
import { importMappingFrom, type ImportMapping } from "../import/import-mapping.ts";
import { readLog, type LogItem } from "../import/read-log.ts";

/** Rows that are read for a preview, and those of them that are shown. */
const ROWS_READ = 1000;
const ROWS_SHOWN = 50;

/** What a map makes of a file's first rows. Nothing is stored. @throws LogFileError where no row can be read. */
export async function previewMapping({
  path,
  mapping: document,
  now,
}: {
  readonly path: string;
  readonly mapping: MappingDocument;
  readonly now: Instant;
}): Promise<MappingPreview> {
  const mapping = importMappingFrom(document);
  const rows: PreviewRowView[] = [];
  for await (const item of readLog({ path, mapping, now })) {
    rows.push(previewRow(item, { n: rows.length + 1, mapping }));
    if (rows.length === ROWS_READ) break;
  }
  return {
    checked: rows.length,
    fitting: rows.filter(({ kind }) => kind === "fits").length,
    rows: rows.slice(0, ROWS_SHOWN),
    left_out_by_code: countByCode(rows),
  };
}

interface Place {
  readonly n: number;
  readonly mapping: ImportMapping;
}

function previewRow(item: LogItem, { n, mapping }: Place): PreviewRowView {
  const position = `row ${n}`;
  switch (item.kind) {
    case "row":
      return {
        kind: "fits",
        position,
        unit_id: item.row.unitId,
        decided_at: isoOf(item.row.at),
        action: item.row.action,
        outcomes: outcomesOf(item.row, mapping),
      };
    case "pending":
      return {
        kind: "left_out",
        position,
        code: "row.pending",
        reason: `outcome "${item.outcome}" is not known yet`,
        raw: "",
      };
    case "rejected":
      return {
        kind: "left_out",
        position: item.row.position,
        code: item.row.code,
        reason: item.row.reason,
        raw: item.row.raw,
      };
  }
}

function outcomesOf({ outcomes }: LoggedRow, { metrics }: ImportMapping): Record<string, number> {
  return Object.fromEntries(
    metrics.map(({ id, kind }) => {
      const found = outcomes.find(({ metric }) => metric === id);
      if (found === undefined) return [id, 0];
      return [id, kind === "conversion" ? 1 : (found.value ?? 0) / MICROS_PER_UNIT];
    }),
  );
}

function countByCode(rows: readonly PreviewRowView[]): MappingPreview["left_out_by_code"] {
  const counts = new Map<string, { readonly code: string; readonly count: number; readonly example: string }>();
  for (const row of rows) {
    if (row.kind === "fits") continue;
    const before = counts.get(row.code) ?? { code: row.code, count: 0, example: `${row.position}: ${row.reason}` };
    counts.set(row.code, { ...before, count: before.count + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
