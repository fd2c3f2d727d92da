import type { HealthView, TodayView } from "@ratchet/protocol";
import { around, hoursAgo } from "./interval.ts";

type Cycle = TodayView["lift_over_cycles"][number];

/** Lift as a programme that learns would show it: noise first, then three steps up. */
const LIFTS = [-0.004, 0.006, 0.003, 0.009, 0.014, 0.013, 0.019, 0.021, 0.018, 0.026, 0.028, 0.031, 0.036, 0.041];

const MARKERS: Readonly<Record<number, Cycle["markers"]>> = {
  3: [{ kind: "started", change_id: "chg-0001" }],
  5: [{ kind: "promoted", change_id: "chg-0001" }],
  6: [{ kind: "started", change_id: "chg-0002" }],
  8: [{ kind: "rolled_back", change_id: "chg-0002" }],
  9: [{ kind: "started", change_id: "chg-0003" }],
  11: [
    { kind: "promoted", change_id: "chg-0003" },
    { kind: "started", change_id: "chg-0005" },
  ],
};

const cycles: readonly Cycle[] = LIFTS.map((lift, i) => ({
  ...around(lift, 0.085 / Math.sqrt(i + 0.6)),
  cycle: i + 1,
  n: (i + 1) * 1180,
  markers: MARKERS[i + 1] ?? [],
}));

export const HEALTH: readonly HealthView[] = [
  { check: "sample_ratio", state: "green", sentence: "Holdout holds 10.1 % of units, planned 10 %." },
  { check: "freshness", state: "green", sentence: "The newest outcome was heard 4 minutes ago." },
  {
    check: "missing_outcomes",
    state: "green",
    sentence: "Both arms lack the same share of outcomes (1.2 % and 1.1 %).",
  },
  { check: "duplicates", state: "no_data", sentence: "No source has sent anything twice yet." },
];

/** A programme at work. */
export const RUNNING_TODAY: TodayView = {
  state: "running",
  workspace: { name: "Northwind Systems (sample)", source: "sample", point: "content" },
  playbook_version: 3,
  objective: { metric: "meeting_held", kind: "conversion", direction: "increase", minimum_effect: 0.01 },
  headline_lift: {
    ...around(0.041, 0.0229),
    verdict: "better",
    sentence: "Units in the programme hold more meetings than those in the holdout.",
    lift_relative: 0.224,
    n_program: 14_861,
    n_holdout: 1659,
  },
  lift_over_cycles: cycles,
  waiting: [
    {
      kind: "approval",
      change_id: "chg-0006",
      title: "Give ROI calculator more weight for Manufacturing",
      since: hoursAgo(20),
    },
  ],
  guardrails: [
    {
      ...around(0.0006, 0.0014),
      id: "no-more-unsubscribes",
      metric: "unsubscribed",
      direction: "must_not_increase",
      state: "fine",
      sentence: "+0.06 per 100 units of a tolerated 0.50 (−0.08 to 0.20).",
      tolerated: 0.005,
    },
    {
      ...around(0.0021, 0.0024),
      id: "no-more-complaints",
      metric: "complained",
      direction: "must_not_increase",
      state: "watch",
      sentence: "+0.21 per 100 units of a tolerated 0.30 (−0.03 to 0.45): the interval reaches the limit.",
      tolerated: 0.003,
    },
  ],
  health: HEALTH,
  counts: { decisions: 16_520, signals: 41_873, backlog: 0, quarantined: 12 },
  next_cycle: { cycle: 15, sentence: "Cycle 15 closes on Monday at 09:00", at: hoursAgo(-96) },
};

/** A workspace in which nothing was done yet. */
export const EMPTY_TODAY: TodayView = {
  state: "empty",
  workspace: { name: "New workspace", source: null, point: null },
  playbook_version: null,
  objective: null,
  headline_lift: null,
  lift_over_cycles: [],
  waiting: [],
  guardrails: [],
  health: [],
  counts: { decisions: 0, signals: 0, backlog: 0, quarantined: 0 },
  next_cycle: null,
};
