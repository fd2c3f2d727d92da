import type { ChangeSummaryView, ChangeView } from "@ratchet/protocol";
import { around, digest, hoursAgo } from "./interval.ts";

type Row = ChangeView["edits"][number]["rows"][number];

const WITHIN = "range: every action between 5 % and 80 %";
const STEP = "max_step: at most 25 points in one edit (here 20)";
const FLOOR = "floor: exploration keeps 5 % under what may still be best";

function row(action: string, now: number, proposed: number, rule: string): Row {
  return { action, now, proposed, min: 0.05, max: 0.8, difference: proposed - now, rule };
}

const pending: ChangeSummaryView = {
  id: "chg-0006",
  title: "Give ROI calculator more weight for Manufacturing",
  lever: "content",
  status: "pending",
  author: "engine",
  tier: "T2",
  share: 0,
  since: hoursAgo(20),
};

/** Waits for a person. */
export const PENDING_CHANGE: ChangeView = {
  ...pending,
  based_on: 3,
  promoted_as: null,
  rationale:
    "In Manufacturing the ROI calculator holds more meetings than every other strategy, and its interval has cleared theirs for two cycles.",
  edits: [
    {
      segment: "all/industry=Manufacturing",
      rows: [
        row("ROI calculator", 0.35, 0.55, STEP),
        row("Customer story", 0.3, 0.25, WITHIN),
        row("Product tour", 0.25, 0.15, WITHIN),
        row("No message", 0.1, 0.05, FLOOR),
      ],
    },
    {
      segment: "all/industry=Manufacturing/size=50-500",
      rows: [
        row("ROI calculator", 0.4, 0.6, STEP),
        row("Customer story", 0.3, 0.2, WITHIN),
        row("Product tour", 0.2, 0.15, WITHIN),
        row("No message", 0.1, 0.05, FLOOR),
      ],
    },
  ],
  predicted: {
    ...around(0.017, 0.0112),
    kind: "estimate",
    metric: "meeting_held",
    n: 4210,
    effective_sample_size: 3127,
    sentence: "About 17 more meetings held for every 1,000 units in Manufacturing, as the past decisions there tell.",
  },
  audience_share: 0.28,
  cannot_detect: [
    "differences under 0.8 meetings per 100 units, with the units expected in this rollout",
    "effects that come later than 14 days after the message",
  ],
  verdict: {
    kind: "needs_approval",
    tier: "T2",
    score: 41,
    approvers: [{ role: "revops_lead", count: 1 }],
    findings: [
      { rule: "content.range", outcome: "ok", message: "every probability is between 5 % and 80 %" },
      { rule: "content.max_step", outcome: "ok", message: "the edit moves 20 points, at most 25 are allowed" },
      { rule: "content.cooldown", outcome: "ok", message: "the last promotion was 3 cycles ago, 2 are asked for" },
    ],
  },
  approvals: [],
  approvals_missing: [{ role: "revops_lead", count: 1, people: ["dana.fox", "li.wei"] }],
  rollout: null,
  evidence: digest("e71"),
  revision: digest("b3c"),
  reason: null,
  timeline: [
    { at: hoursAgo(21), actor: "engine", kind: "change.drafted", sentence: "drafted from the evidence of cycle 14" },
    {
      at: hoursAgo(20.9),
      actor: "engine",
      kind: "change.reviewed",
      sentence: "policy v2 asks for one approval as revops_lead",
    },
    { at: hoursAgo(20), actor: "engine", kind: "change.submitted", sentence: "waits for approval" },
  ],
  rollback_rule:
    "it is taken back at once when a guardrail is crossed, or when the whole interval of its effect is below zero.",
};

/** Live on a growing share, approved by a person. */
export const RAMPING_CHANGE: ChangeView = {
  ...PENDING_CHANGE,
  id: "chg-0005",
  title: "Send Customer story to EU accounts first",
  status: "ramping",
  share: 0.25,
  since: hoursAgo(52),
  edits: [
    {
      segment: "all/region=EU",
      rows: [
        row("Customer story", 0.3, 0.5, STEP),
        row("Product tour", 0.4, 0.3, WITHIN),
        row("No message", 0.3, 0.2, WITHIN),
      ],
    },
  ],
  audience_share: 0.41,
  approvals: [
    { by: "dana.fox", role: "revops_lead", at: hoursAgo(120), comment: "matches what the EU team sees in calls" },
  ],
  approvals_missing: [],
  rollout: {
    step: 1,
    share: 0.25,
    steps: [0.05, 0.25, 0.5, 1],
    units: 1312,
    started_at: hoursAgo(110),
    effect: around(0.012, 0.021),
  },
  timeline: [
    { at: hoursAgo(130), actor: "engine", kind: "change.drafted", sentence: "drafted from the evidence of cycle 10" },
    { at: hoursAgo(120), actor: "dana.fox", kind: "change.approved", sentence: "approved as revops_lead" },
    { at: hoursAgo(110), actor: "engine", kind: "rollout.started", sentence: "canary on 5 % of units" },
    {
      at: hoursAgo(52),
      actor: "engine",
      kind: "rollout.advanced",
      sentence: "advanced to 25 %: no guardrail near its limit",
    },
  ],
};

/** Taken back by a guardrail. */
export const ROLLED_BACK_CHANGE: ChangeView = {
  ...RAMPING_CHANGE,
  id: "chg-0002",
  title: "Drop No message for accounts over 500",
  status: "rolled_back",
  share: 0,
  since: hoursAgo(900),
  predicted: {
    kind: "refused",
    reason: "no-overlap",
    message: "past decisions never left these accounts without a message, so nothing can be said from them",
  },
  rollout: {
    step: 1,
    share: 0,
    steps: [0.05, 0.25, 0.5, 1],
    units: 641,
    started_at: hoursAgo(980),
    effect: around(-0.02, 0.018),
  },
  reason: "unsubscribes went 0.6 per 100 units above control, 0.5 is tolerated",
};

/** Newest first. */
export const CHANGES: readonly ChangeSummaryView[] = [
  pending,
  summary(RAMPING_CHANGE),
  {
    ...pending,
    id: "chg-0004",
    title: "Raise Product tour for startups",
    status: "rejected",
    author: "engine",
    since: hoursAgo(340),
  },
  {
    ...pending,
    id: "chg-0003",
    title: "Raise Customer story everywhere",
    status: "promoted",
    tier: "T1",
    share: 1,
    since: hoursAgo(420),
  },
  summary(ROLLED_BACK_CHANGE),
  {
    ...pending,
    id: "chg-0001",
    title: "Lower No message in North America",
    status: "promoted",
    tier: "T0",
    share: 1,
    since: hoursAgo(1500),
  },
];

function summary({ id, title, lever, status, author, tier, share, since }: ChangeView): ChangeSummaryView {
  return { id, title, lever, status, author, tier, share, since };
}
