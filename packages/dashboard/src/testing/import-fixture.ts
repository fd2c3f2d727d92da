import type { ImportView, MappingDocument, MappingPreview, UploadView } from "@ratchet/protocol";
import { hoursAgo } from "./interval.ts";

const mapping: MappingDocument = {
  api_version: "ratchet.map/v1",
  name: "spring-emails",
  unit: { column: "account" },
  time: { column: "sent_at" },
  action: { column: "segment", only: ["Mens E-Mail", "Womens E-Mail", "No E-Mail"] },
  baseline: "No E-Mail",
  assignment: "randomised",
  propensity: "estimate",
  context: ["region", { column: "employees", type: "number" }],
  outcomes: [
    { id: "visit", kind: "conversion", column: "visit", minimum_effect: 0.005 },
    { id: "spend", kind: "value", column: "spend", minimum_effect: 0.5 },
  ],
  objective: "visit",
};

/** The file that the browser test drops. */
export const CSV = [
  "account,sent_at,segment,region,employees,visit,spend",
  "acme,2026-03-02T09:00:00Z,Mens E-Mail,EU,120,1,29.99",
  "bolt,2026-03-02T09:01:00Z,No E-Mail,US,40,0,0",
  "cobalt,yesterday,Womens E-Mail,EU,900,0,0",
].join("\n");

export const UPLOAD: UploadView = {
  upload_id: "upl-1",
  name: "spring-emails.csv",
  bytes: 4_210_331,
  guess: {
    mapping,
    yaml: "api_version: ratchet.map/v1\nname: spring-emails\nunit: { column: account }\n",
    notes: [
      { key: "action", confidence: "high", sentence: "3 values that repeat evenly, one of them “No E-Mail”." },
      { key: "unit", confidence: "high", sentence: "every value is different." },
      {
        key: "assignment",
        confidence: "low",
        sentence: "The three actions have nearly equal shares, as after a draw. Was it one?",
      },
    ],
    columns: ["account", "sent_at", "segment", "region", "employees", "visit", "spend"],
    preview: CSV.split("\n")
      .slice(1)
      .map((line) => line.split(",")),
  },
};

export const PREVIEW: MappingPreview = {
  checked: 200,
  fitting: 199,
  rows: [
    {
      kind: "fits",
      position: "2",
      unit_id: "acme",
      decided_at: "2026-03-02T09:00:00.000Z",
      action: "Mens E-Mail",
      outcomes: { visit: 1, spend: 29.99 },
    },
    {
      kind: "fits",
      position: "3",
      unit_id: "bolt",
      decided_at: "2026-03-02T09:01:00.000Z",
      action: "No E-Mail",
      outcomes: { visit: 0, spend: 0 },
    },
    {
      kind: "left_out",
      position: "4",
      code: "time.unreadable",
      reason: "“yesterday” is not an ISO 8601 time",
      raw: "cobalt,yesterday,Womens E-Mail,EU,900,0,0",
    },
  ],
  left_out_by_code: [{ code: "time.unreadable", count: 1, example: "“yesterday” is not an ISO 8601 time" }],
};

export const IMPORT_RUNNING: ImportView = {
  import_id: "imp-1",
  name: "spring-emails",
  file: "spring-emails.csv",
  state: "running",
  started_at: hoursAgo(0.01),
  bytes_read: 1_900_000,
  bytes_total: 4_210_331,
  rows: 28_800,
  imported: 28_799,
  quarantined: 1,
  report: null,
  problem: null,
};

export const IMPORT_DONE: ImportView = {
  ...IMPORT_RUNNING,
  state: "done",
  bytes_read: 4_210_331,
  rows: 64_000,
  imported: 63_999,
  report: {
    source: "spring-emails",
    rows: 64_000,
    imported: 63_999,
    duplicates: 0,
    conflicts: 0,
    quarantined: 1,
    quarantined_by_code: [{ code: "time.unreadable", count: 1, example: "row 4: “yesterday” is not an ISO 8601 time" }],
    pending: 0,
    signals_added: 10_194,
    actions: [
      { action: "Mens E-Mail", rows: 21_307 },
      { action: "Womens E-Mail", rows: 21_386 },
      { action: "No E-Mail", rows: 21_306 },
    ],
    outcomes: [
      { metric: "visit", kind: "conversion", happened: 9394, pending: 0, per_row: 0.1468 },
      { metric: "spend", kind: "value", happened: 578, pending: 0, per_row: 1.0509 },
    ],
    first_at: "2026-03-02T09:00:00.000Z",
    last_at: "2026-04-15T16:20:00.000Z",
  },
};
