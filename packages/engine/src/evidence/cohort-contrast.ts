import { policyContrast, type ContrastStratum } from "@ratchet/stats";
import type { OutcomeCell } from "../outcomes/cell.ts";
import { groupCells, sumCells } from "../outcomes/sum-cells.ts";
import type { Contrast } from "./contrast.ts";

const CANDIDATE = "candidate";
const CONTROL = "control";

/**
 * Mean outcome per decision of the candidate's units minus the control's, whatever was done to them: intention-to-treat.
 *
 * Cohorts are the two actions and the rollout's share the propensity, by cycle, segment and share. All decisions count where their unit was
 * drawn to, also those that a rule limited. So whatever a cohort's playbook leads to (caps that fill up, people who opt out) is part of its
 * effect. Noisier than the contrast of actions: it cannot use that two playbooks mostly do the same.
 *
 * @param cells - of decisions during one rollout. The holdout, and stretches in which one cohort was everybody, are left out.
 */
export function cohortContrast(cells: readonly OutcomeCell[]): Contrast {
  const concurrent = cells.filter(
    ({ cohort, rolloutShare }) => (cohort === CANDIDATE || cohort === CONTROL) && rolloutShare > 0 && rolloutShare < 1,
  );
  const groups = groupCells(concurrent, (cell) => [cell.cycle, cell.segment, cell.rolloutShare].join("\u0000"));
  return policyContrast(groups.flatMap(stratumOf).sort((a, b) => a.period - b.period));
}

function stratumOf(group: readonly OutcomeCell[]): readonly ContrastStratum[] {
  return group.slice(0, 1).map(({ cycle, segment, rolloutShare }) => ({
    period: cycle,
    modelKey: segment,
    cells: [
      { action: CANDIDATE, propensity: rolloutShare, ...of(group, CANDIDATE) },
      { action: CONTROL, propensity: 1 - rolloutShare, ...of(group, CONTROL) },
    ],
    target: { [CANDIDATE]: 1, [CONTROL]: 0 },
    reference: { [CANDIDATE]: 0, [CONTROL]: 1 },
  }));
}

function of(group: readonly OutcomeCell[], cohort: OutcomeCell["cohort"]): ReturnType<typeof sumCells> {
  return sumCells(group.filter((cell) => cell.cohort === cohort));
}
