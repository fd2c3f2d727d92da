import {
  actionId,
  metricId,
  type ActionId,
  type ChoiceLever,
  type MetricDefinition,
  type Policy,
  DAY_MS,
  DEFAULT_OWNER,
  defaultPolicy,
} from "@ratchet/engine";

/** What an action does to a unit of one segment, per decision. */
export interface TrueEffect {
  /** Probability of a booked meeting within the window. */
  readonly meeting: number;
  /** Probability of an unsubscribe, at once. */
  readonly unsubscribe: number;
}

/** A company with known truth: what every action does in every segment. */
export interface SampleWorld {
  readonly lever: Omit<ChoiceLever, "segments">;
  readonly metrics: readonly MetricDefinition[];
  readonly policy: Policy;
  /** Shares of the segments' values; independent of each other. */
  readonly regions: Readonly<Record<string, number>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly truth: (region: string, size: string, action: ActionId) => TrueEffect;
  /** Mean days from decision to meeting, exponential. */
  readonly meetingDelayDays: number;
  /** Mean of an opportunity's amount, log-normal with this spread. */
  readonly amount: { readonly median: number; readonly sigma: number };
}

/**
 * A run of this company that has something on every screen: the harmful offer tried and undone, a good change proven, and the offer asked for
 * again, on twice the evidence, as nobody is there to answer. Another seed lives through the same in another order.
 */
export const SAMPLE_STORY = { seed: 106, cycles: 16, leadsPerCycle: 900, unattendedFrom: 16 } as const;

const CHECK_IN = actionId("Plain check-in");
const CASE_STUDY = actionId("Customer story");
const ROI = actionId("ROI calculator");
const DISCOUNT = actionId("Time-limited offer");

const MEETING_WINDOW_DAYS = 10;

/**
 * Tallgrass, a B2B software seller with four ways to write the first e-mail.
 *
 * Truth: *Customer story* books more meetings everywhere; *ROI calculator* is best of all in enterprise accounts; *Time-limited offer*
 * books most meetings of all, and drives people to unsubscribe: the loop must refuse it for the harm it does.
 */
export function sampleCompany(): SampleWorld {
  const lever: SampleWorld["lever"] = {
    kind: "choice",
    name: "content",
    point: "first-email",
    actions: [CHECK_IN, CASE_STUDY, ROI, DISCOUNT],
    baseline: CHECK_IN,
    segmentBy: [{ field: "size" }],
    // An account gets its first e-mail once. So the draws, and with them the story, do not depend on the day it is told.
    decisionWindowMs: 3650 * DAY_MS,
  };
  const metrics: readonly MetricDefinition[] = [
    {
      id: metricId("meeting_booked"),
      kind: "conversion",
      signal: "meeting_booked",
      windowMs: MEETING_WINDOW_DAYS * DAY_MS,
      direction: "increase",
      minimumEffect: 0.01,
    },
    {
      id: metricId("unsubscribed"),
      kind: "conversion",
      signal: "unsubscribed",
      windowMs: DAY_MS,
      direction: "decrease",
      minimumEffect: 0.005,
    },
    {
      id: metricId("pipeline"),
      kind: "value",
      signal: "opportunity_created",
      windowMs: MEETING_WINDOW_DAYS * DAY_MS,
      direction: "increase",
      minimumEffect: 200,
    },
  ];
  const basics = defaultPolicy({
    id: "tallgrass",
    levers: [lever],
    metrics,
    objective: metricId("meeting_booked"),
    guardrails: [metricId("unsubscribed")],
    unitsExpected: 4000,
    owner: DEFAULT_OWNER,
  });
  return {
    lever,
    metrics,
    policy: { ...basics, exploration: { start: 0.15, floor: 0.05, settledFloor: 0.02 } },
    regions: { EMEA: 0.45, Americas: 0.4, APAC: 0.15 },
    sizes: { enterprise: 0.3, "mid-market": 0.7 },
    truth,
    meetingDelayDays: 2.5,
    amount: { median: 9000, sigma: 0.9 },
  };
}

/** Regions differ in level only; sizes differ in what works. */
function truth(region: string, size: string, action: ActionId): TrueEffect {
  const level = region === "APAC" ? 0.9 : 1;
  const enterprise = size === "enterprise";
  switch (action) {
    case CASE_STUDY:
      return { meeting: level * (enterprise ? 0.11 : 0.15), unsubscribe: 0.01 };
    case ROI:
      return { meeting: level * (enterprise ? 0.2 : 0.09), unsubscribe: 0.01 };
    case DISCOUNT:
      return { meeting: level * (enterprise ? 0.19 : 0.18), unsubscribe: 0.06 };
    default:
      return { meeting: level * (enterprise ? 0.07 : 0.08), unsubscribe: 0.01 };
  }
}
