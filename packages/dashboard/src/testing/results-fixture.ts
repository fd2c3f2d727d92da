import type { ComparisonView, MetricResultView, ResultsView, SegmentEffectView } from "@ratchet/protocol";
import { around, hoursAgo } from "./interval.ts";
import { HEALTH } from "./today-fixture.ts";

const better: ComparisonView = {
  action: "ROI calculator",
  n: 5210,
  n_baseline: 4033,
  mean: 0.2246,
  mean_baseline: 0.1831,
  fixed: around(0.0415, 0.0165),
  sequence: around(0.0415, 0.0271),
  lift_relative: 0.227,
  verdict: "better",
  sentence: "ROI calculator holds 4.2 more meetings per 100 units than No message (2.5 to 5.8).",
  needed: null,
};

const early: ComparisonView = {
  ...better,
  action: "Product tour",
  n: 3302,
  mean: 0.1902,
  fixed: around(0.0071, 0.0182),
  sequence: around(0.0071, 0.0301),
  lift_relative: 0.039,
  verdict: "too early",
  sentence: "Product tour may be better or worse than No message.",
  needed: "About 12 days left, at 270 units a day, to tell a difference of 1 per 100 units.",
};

const worse: ComparisonView = {
  ...better,
  action: "Discount offer",
  n: 2911,
  mean: 0.149,
  fixed: around(-0.0341, 0.0179),
  sequence: around(-0.0341, 0.0295),
  lift_relative: -0.186,
  verdict: "worse",
  sentence: "Discount offer holds 3.4 fewer meetings per 100 units than No message (1.6 to 5.2).",
};

function segment(name: string, effect: number, half: number): SegmentEffectView {
  return {
    segment: name,
    action: "ROI calculator",
    n: Math.round(60 / half ** 1.2),
    n_baseline: Math.round(48 / half ** 1.2),
    raw: around(effect, half),
    shrunken: around(effect * 0.6 + 0.0415 * 0.4, half * 0.7),
    verdict: effect * 0.6 + 0.0166 > half * 0.7 ? "better" : "too early",
  };
}

const meetings: MetricResultView = {
  metric: "meeting_held",
  kind: "conversion",
  direction: "increase",
  minimum_effect: 0.01,
  is_objective: true,
  baseline: "No message",
  censored: 412,
  actions: [
    better,
    early,
    {
      ...early,
      action: "Customer story",
      verdict: "no meaningful difference",
      fixed: around(0.001, 0.006),
      sequence: around(0.001, 0.009),
      mean: 0.1841,
      sentence: "Customer story and No message differ by less than is worth a change.",
      needed: null,
    },
    worse,
  ],
  segments: [
    segment("all/industry=Manufacturing", 0.071, 0.028),
    segment("all/industry=Software", 0.022, 0.031),
    segment("all/industry=Logistics", 0.05, 0.044),
    segment("all/industry=Healthcare", -0.012, 0.062),
  ],
};

const revenue: MetricResultView = {
  ...meetings,
  metric: "pipeline_value",
  kind: "value",
  minimum_effect: 25,
  is_objective: false,
  actions: [
    {
      ...better,
      mean: 512.4,
      mean_baseline: 431.2,
      fixed: around(81.2, 96.1),
      sequence: around(81.2, 171),
      verdict: "too early",
      sentence: "ROI calculator may bring more or less pipeline than No message.",
      needed: "Amounts vary widely: about 9 weeks left to tell a difference of 25 per unit.",
    },
    {
      ...worse,
      mean: null,
      n: 0,
      fixed: { estimate: null, lower: null, upper: null, confidence: 0.95 },
      sequence: { estimate: null, lower: null, upper: null, confidence: 0.95 },
      verdict: "cannot tell",
      sentence: "No unit with Discount offer has an amount.",
      needed: "Send pipeline_value with the opportunity.",
    },
  ],
  segments: [],
};

/** A randomised log with a clear winner, an open question and a loser. */
export const RESULTS: ResultsView = {
  source: "sample",
  point: "content",
  watermark: hoursAgo(0.2),
  units: 16_520,
  shares: {
    "ROI calculator": 0.315,
    "No message": 0.244,
    "Product tour": 0.2,
    "Discount offer": 0.176,
    "Customer story": 0.065,
  },
  assignment: "randomised",
  metrics: [revenue, meetings],
  health: HEALTH,
};

/** Too little, not at random, and a check that fails. */
export const DOUBTFUL_RESULTS: ResultsView = {
  ...RESULTS,
  source: "maven-crm",
  assignment: "observational",
  units: 402,
  metrics: [{ ...meetings, segments: [], censored: 0, actions: [{ ...early, verdict: "cannot trust yet" }] }],
  health: [{ check: "sample_ratio", state: "red", sentence: "Units split 61 to 39 where 50 to 50 was planned." }],
};
