import type { EvidenceView, LedgerEntryView, LedgerView, PlaybookView, StatusView } from "@ratchet/protocol";
import { digest, hoursAgo } from "./interval.ts";
import { HEALTH } from "./today-fixture.ts";

const SENTENCES: readonly (readonly [kind: string, actor: string, change: string | null, sentence: string])[] = [
  ["workspace.created", "admin", null, "workspace created"],
  ["policy.adopted", "admin", null, "policy v1 adopted"],
  ["playbook.published", "admin", null, "playbook v1 published"],
  ["evidence.recorded", "engine", null, "evidence of cycle 3 recorded"],
  ["change.drafted", "engine", "chg-0001", "change drafted: Lower No message in North America"],
  ["change.approved", "dana.fox", "chg-0001", "approved as revops_lead"],
  ["rollout.started", "engine", "chg-0001", "canary on 5 % of units"],
  ["change.promoted", "engine", "chg-0001", "promoted: its interval cleared zero at 50 %"],
  ["playbook.published", "engine", "chg-0001", "playbook v2 published"],
];

const entries: readonly LedgerEntryView[] = SENTENCES.map(([kind, actor, change_id, sentence], i) => ({
  seq: i + 1,
  at: hoursAgo(1600 - i * 40),
  actor,
  kind,
  change_id,
  sentence,
  body: { kind, cycle: 3 },
  previous: digest(`${i}`),
  hash: digest(`${i + 1}`),
}));

export const LEDGER: LedgerView = { entries, verification: { kind: "whole", seq: entries.length, hash: digest("9") } };
export const EMPTY_LEDGER: LedgerView = { entries: [], verification: { kind: "whole", seq: 0, hash: digest("0") } };

export const PLAYBOOK: PlaybookView = {
  version: 3,
  digest: digest("9d2"),
  parent: digest("7a1"),
  change_id: "chg-0003",
  in_force: true,
  latest: 3,
  levers: [
    {
      kind: "choice",
      shadow: false,
      name: "content",
      point: "content",
      actions: ["ROI calculator", "Customer story", "Product tour", "No message"],
      baseline: "No message",
      segment_by: [
        { field: "industry", breaks: null },
        { field: "size", breaks: [50, 500] },
      ],
      decision_window_ms: 604_800_000,
      segments: {
        all: { "ROI calculator": 0.3, "Customer story": 0.35, "Product tour": 0.25, "No message": 0.1 },
        "all/industry=Manufacturing": {
          "ROI calculator": 0.35,
          "Customer story": 0.3,
          "Product tour": 0.25,
          "No message": 0.1,
        },
      },
    },
  ],
};

export const EVIDENCE: EvidenceView = {
  digest: digest("e71"),
  kind: "evidence",
  document: { cycle: 14, method: "snips", units: 4210 },
};

export const STATUS: StatusView = {
  version: "0.1.0",
  state: "running",
  started_at: hoursAgo(30),
  now: hoursAgo(0),
  stores: { state: "SQLite", facts: "chDB", directory: "./.ratchet" },
  counts: { decisions: 16_520, signals: 41_873, backlog: 0, quarantined: 12, ledger_entries: 9 },
  checks: HEALTH,
};
