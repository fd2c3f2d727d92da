import { sequentialSampleRatio } from "@ratchet/stats";
import type { MultipleExposure } from "../decisions/multiple-exposure.ts";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import { someLimited, unlimitedCells } from "../outcomes/unlimited-cells.ts";
import { cohortProbabilities, loggingProbabilities, type PolicyHistory } from "./policy-history.ts";

/** One trust check. A red one voids every verdict and blocks learning from this data; no data is never success. */
export interface HealthCheck {
  readonly check: "cohort-ratio" | "action-ratio" | "volume" | "balance" | "data-incident" | "multiple-exposure";
  readonly state: "green" | "red" | "no data";
  readonly sentence: string;
  /** Always-valid p-value of the check, where it has one. */
  readonly pValue: number | null;
}

/** What the checks look at. */
export interface HealthQuestion {
  readonly lever: string;
  readonly cells: readonly OutcomeCell[];
  readonly history: PolicyHistory;
  readonly holdoutShare: number;
  /** The cycle that just ended; it must have brought decisions. */
  readonly cycle: number;
  /** Decisions whose outcome window is still open. */
  readonly censored: number;
}

/** Alarm level of sample ratio checks, over all looks together (Fabijan et al. 2019 use the same for one look). */
const RATIO_ALPHA = 0.001;
/** Units of prior weight: finds gross faults soon (Lindon & Malek 2022). */
const RATIO_CONCENTRATION = 200;

/** What data health found, as far as a conclusion rests on it. */
export interface DataIncidents {
  /** Critical incidents that are open and touch the objective or a guardrail. */
  readonly blocking: readonly { readonly id: string; readonly sentence: string }[];
  /** Stretches of time that are left out of the objective, for critical incidents that are over. */
  readonly excluded: number;
}

export const NO_INCIDENTS: DataIncidents = { blocking: [], excluded: 0 };

/** Whether the data that the conclusion rests on are known to be wrong. */
export function dataIncident({ blocking, excluded }: DataIncidents): HealthCheck {
  const [first] = blocking;
  if (first !== undefined) {
    const others = blocking.length === 1 ? "" : `, and ${blocking.length - 1} more`;
    const sentence = `the data are not to be learned from (${first.id}${others}): ${first.sentence}`;
    return { check: "data-incident", state: "red", sentence, pValue: null };
  }
  const left = excluded === 1 ? "the time of one incident is" : `the times of ${excluded} incidents are`;
  const sentence = excluded === 0 ? "no incident touches these data" : `${left} left out`;
  return { check: "data-incident", state: "green", sentence, pValue: null };
}

/** More units than this share in two cohorts at once is no odd merge: the cohorts are mixed up, and their difference is pulled towards none. */
const EXPOSED_SHARE_MAX = 0.05;

/**
 * Whether the running change's cohorts are told apart. Units that a rising share moved from control to candidate are named, and are no fault:
 * their decisions count in the cohort they were made in.
 */
export function multipleExposure({ units, atOneShare, overall }: MultipleExposure): HealthCheck {
  if (units === 0)
    return { check: "multiple-exposure", state: "no data", sentence: "no unit in this rollout yet", pValue: null };
  return {
    check: "multiple-exposure",
    state: atOneShare / units > EXPOSED_SHARE_MAX ? "red" : "green",
    sentence: `of ${units} units in this rollout, ${atOneShare} were in two of its cohorts at one share (merged, or a fault); ${overall - atOneShare} changed cohort as the share rose`,
    pValue: null,
  };
}

/** All checks, in a fixed order. */
export function checkHealth(question: HealthQuestion): readonly HealthCheck[] {
  return [cohortRatio(question), actionRatio(question), volume(question)];
}

/** The sentences of those that are red. */
export function redSentences(checks: readonly HealthCheck[]): readonly string[] {
  return checks.filter((check) => check.state === "red").map((check) => check.sentence);
}

/** Units fall into holdout, control and candidate as their shares say: all of them, since a cohort that is limited more is no fault. */
function cohortRatio({ cells, holdoutShare }: HealthQuestion): HealthCheck {
  const groups = groupCells(cells, (cell) => String(cell.rolloutShare));
  const factors = groups.map((group) => {
    const share = group[0]?.rolloutShare ?? 0;
    return logBayesFactor(
      [count(group, "holdout"), count(group, "control"), count(group, "candidate")],
      [holdoutShare, (1 - holdoutShare) * (1 - share), (1 - holdoutShare) * share],
    );
  });
  return ratioCheck("cohort-ratio", "units per cohort", factors);
}

/**
 * Actions come out as the playbooks' probabilities say, segment by segment, wherever a draw had them all to choose from. Where some had not,
 * each cohort is held against its own playbook: among those that are left, cohorts are not mixed by the share.
 */
function actionRatio({ cells, history, lever }: HealthQuestion): HealthCheck {
  const adapted = cells.filter((cell) => cell.cohort !== "holdout");
  const isSelected = someLimited(adapted);
  const probabilitiesOf = isSelected ? cohortProbabilities : loggingProbabilities;
  const groups = groupCells(unlimitedCells(adapted), (cell) =>
    [cell.segment, cell.playbookVersion, cell.changeId, cell.rolloutShare, isSelected ? cell.cohort : ""].join(
      "\u0000",
    ),
  );
  const factors = groups.map((group) => {
    const [first] = group;
    if (first === undefined) return 0;
    const expected = Object.entries(probabilitiesOf(history, { ...first, lever }));
    return logBayesFactor(
      expected.map(([action]) => sumCells(group.filter((cell) => cell.action === action)).n),
      expected.map(([, p]) => p),
    );
  });
  return ratioCheck("action-ratio", "actions drawn", factors);
}

/** Decisions are still being made: some of this cycle are mature, or wait for their window to close. */
function volume({ cells, cycle, censored }: HealthQuestion): HealthCheck {
  const { n } = sumCells(cells.filter((cell) => cell.cycle === cycle));
  if (n === 0 && censored === 0)
    return { check: "volume", state: "no data", sentence: `no decision in cycle ${cycle}`, pValue: null };
  return {
    check: "volume",
    state: "green",
    sentence: `${n} mature decisions of cycle ${cycle}, ${censored} waiting for their outcome window`,
    pValue: null,
  };
}

/** Evidence of independent groups multiplies: the product of e-values is an e-value. A certain fault is +∞. */
function ratioCheck(check: HealthCheck["check"], what: string, logFactors: readonly number[]): HealthCheck {
  if (logFactors.length === 0) return { check, state: "no data", sentence: `no ${what} yet`, pValue: null };
  const log = logFactors.reduce((sum, factor) => sum + factor, 0);
  const pValue = Math.min(1, Math.exp(-log));
  const red = pValue < RATIO_ALPHA;
  return {
    check,
    state: red ? "red" : "green",
    sentence: red ? `${what} contradict the design (p = ${pValue.toPrecision(2)})` : `${what} agree with the design`,
    pValue,
  };
}

function logBayesFactor(counts: readonly number[], expected: readonly number[]): number {
  if (counts.every((n) => n === 0)) return 0;
  const answer = sequentialSampleRatio({ counts, expected, concentration: RATIO_CONCENTRATION });
  if (answer.kind === "estimate") return answer.logBayesFactor;
  return answer.reason === "impossible-arm" ? Infinity : 0;
}

function count(cells: readonly OutcomeCell[], cohort: OutcomeCell["cohort"]): number {
  return sumCells(cells.filter((cell) => cell.cohort === cohort)).n;
}
