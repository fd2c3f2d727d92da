import type { DecisionDetailView, DecisionListView, TraceView } from "@ratchet/protocol";
import { CHANGES, RAMPING_CHANGE } from "./changes-fixture.ts";
import { digest, hoursAgo } from "./interval.ts";

const ACTIONS = ["ROI calculator", "Customer story", "Product tour", "No message"];
const UNITS = ["acme-industrial", "bolt-logistics", "cobalt-foods", "delta-robotics", "ember-energy", "fjord-shipping"];
const COHORTS = ["control", "control", "candidate", "holdout", "control", "control"] as const;

function decision(i: number): DecisionDetailView {
  const cohort = COHORTS[i % COHORTS.length] ?? "control";
  return {
    decision_id: `dec-${(7000 - i).toString(16)}`,
    point: "content",
    unit_id: `${UNITS[i % UNITS.length] ?? "unit"}-${i + 1}`,
    action: cohort === "holdout" ? "No message" : (ACTIONS[i % 3] ?? "No message"),
    propensity: cohort === "holdout" ? 1 : 0.35,
    cohort,
    holdout: cohort === "holdout",
    segment: "all/industry=Manufacturing",
    playbook_version: 3,
    change_id: cohort === "candidate" ? RAMPING_CHANGE.id : null,
    reasons: [
      "Manufacturing accounts hold most meetings after the ROI calculator (+1.7 per 100 units)",
      "Visited pricing twice this week",
      "Exploration keeps a chance for every strategy that may still be best",
    ],
    decided_at: hoursAgo(0.4 + i * 1.7),
    source: "sample",
    cycle: 14,
    rollout_share: cohort === "candidate" ? 0.25 : 0,
    context: { industry: "Manufacturing", employees: 320, region: "EU", visited_pricing: true, last_reply: null },
  };
}

/** The decision that the detail screen shows. */
export const DECISION = decision(0);

/** Newest first. */
export const DECISION_LIST: DecisionListView = {
  decisions: Array.from({ length: 18 }, (_, i) => decision(i)),
  total: 16_520,
};

const outcome = (i: number): TraceView["outcomes"][number] => ({
  decision_id: `dec-${(6000 - i).toString(16)}`,
  unit_id: `${UNITS[i % UNITS.length] ?? "unit"}-${100 + i}`,
  action: "Customer story",
  decided_at: hoursAgo(600 + i),
  signal: "meeting_held",
  value: null,
  occurred_at: hoursAgo(500 + i),
  message_id: `msg-${i}`,
});

const promoted = CHANGES.find(({ id }) => id === "chg-0003") ?? RAMPING_CHANGE;

/** Both ways from one decision. */
export const TRACE: TraceView = {
  decision: DECISION,
  outcomes: [{ ...outcome(0), decision_id: DECISION.decision_id, unit_id: DECISION.unit_id, action: DECISION.action }],
  playbook: { version: 3, digest: digest("9d2"), change_id: promoted.id },
  change: {
    ...promoted,
    revision: digest("b3c"),
    approvals: RAMPING_CHANGE.approvals,
    evidence: {
      digest: digest("e71"),
      sentence: "Customer story against No message: +2.9 meetings per 100 units (1.1 to 4.7), better.",
      outcomes: 1874,
      sample: [0, 1, 2, 3].map(outcome),
    },
  },
  contributed_to: CHANGES.slice(0, 1),
  later: {
    count: 412,
    sample: DECISION_LIST.decisions.slice(1, 9),
    altered: DECISION_LIST.decisions.slice(1, 3).map((later) => ({
      ...later,
      before: { "Customer story": 0.3, "No message": 0.3, "ROI calculator": 0.2, "Product tour": 0.2 },
      after: { "Customer story": 0.25, "No message": 0.1, "ROI calculator": 0.4, "Product tour": 0.25 },
      action_before: "No message",
    })),
  },
  story: [
    "1,874 outcomes after decisions under playbook v2 were counted in cycle 9",
    "their evidence said Customer story is better than No message, +2.9 meetings per 100 units (1.1 to 4.7)",
    "chg-0003 was proposed from it and approved by dana.fox",
    "it was promoted in cycle 11 as playbook v3",
    "playbook v3 chose ROI calculator for acme-industrial-1 with a chance of 35 %",
    "acme-industrial-1 held a meeting, and that outcome counts in chg-0006",
  ],
};
