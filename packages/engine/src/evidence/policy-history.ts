import type { ActionProbabilities } from "../decisions/lever.ts";
import { choiceLeverNamed, probabilitiesFor, withEdits, type Edit, type Playbook } from "../decisions/playbook.ts";
import type { Cohort } from "../decisions/decision.ts";
import type { ChangeId, SegmentId } from "../ids.ts";

/** Every playbook version and every change's edits: enough to say with which probability any decision of the engine was made. */
export interface PolicyHistory {
  readonly playbook: (version: number) => Playbook;
  readonly edits: (change: ChangeId) => readonly Edit[];
}

/** Which rule made a group of decisions, the holdout aside. */
export interface LoggingRule {
  readonly lever: string;
  readonly segment: SegmentId;
  readonly playbookVersion: number;
  readonly changeId: ChangeId | null;
  readonly rolloutShare: number;
}

/** Probability of each action for a unit of one cohort under adaptation: the candidate's for the candidate, else the current playbook's. */
export function cohortProbabilities(
  history: PolicyHistory,
  rule: LoggingRule & { readonly cohort: Cohort },
): ActionProbabilities {
  return loggingProbabilities(history, { ...rule, rolloutShare: rule.cohort === "candidate" ? 1 : 0 });
}

/**
 * Probability of each action for a unit outside the holdout: the current playbook's, mixed with the candidate's by its share.
 *
 * Cohorts are themselves randomised, so the mixture is the propensity that off-policy estimates need; but for decisions that a rule has
 * selected (`unlimitedCells`), whose cohorts are no longer mixed by the share.
 */
export function loggingProbabilities(history: PolicyHistory, rule: LoggingRule): ActionProbabilities {
  const playbook = history.playbook(rule.playbookVersion);
  const current = probabilitiesFor(choiceLeverNamed(playbook, rule.lever), rule.segment);
  if (rule.changeId === null || rule.rolloutShare === 0) return current;
  const candidate = probabilitiesFor(
    choiceLeverNamed(withEdits(playbook, history.edits(rule.changeId)), rule.lever),
    rule.segment,
  );
  return Object.fromEntries(
    Object.entries(current).map(([action, p]) => [
      action,
      (1 - rule.rolloutShare) * p + rule.rolloutShare * (candidate[action] ?? 0),
    ]),
  );
}
