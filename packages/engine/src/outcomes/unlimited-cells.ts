import type { OutcomeCell } from "./cell.ts";

/**
 * The decisions that were drawn from their segment's whole value: no rule took a candidate away, no lease had lapsed.
 *
 * **May leave limited decisions out:** whatever compares actions under the playbook's own probabilities (action effects, learners,
 * off-policy predictions, the check of actions drawn). Rules are asked before the draw, and the draw is a hash that they do not know, so
 * among unlimited decisions of one cohort and segment each action still came with exactly the probability that the playbook says. What is
 * said then describes the decisions that no rule limited, as they came; nothing about those that one did. It holds *within* a cohort only:
 * cohorts that send unequally much are limited unequally often, so the cohort's share is not its share of these decisions.
 *
 * **Must not:** whatever compares cohorts (the programme's lift, a rollout's evidence, guardrails, the check of cohorts). Who is capped or
 * has opted out follows from what was sent before, that is, from the cohort. A comparison of those who are left selects after treatment and
 * hides the very harm of sending too much; with all decisions counted where their unit was drawn to, it is intention-to-treat.
 *
 * A lapsed lease hits all cohorts alike, so it would bias neither. It stays in where cohorts are compared (what the programme brings
 * includes its outages, and leaving time out by hand is one more thing to get wrong) and is left out where actions are: nothing was drawn.
 *
 * @see Montgomery, Nyhan & Torres (2018), "How conditioning on posttreatment variables can ruin your experiment".
 */
export function unlimitedCells(cells: readonly OutcomeCell[]): readonly OutcomeCell[] {
  return cells.filter((cell) => !cell.limited);
}

/** Whether any of the decisions was limited: then cohorts are no longer alike among those that were not. */
export function someLimited(cells: readonly OutcomeCell[]): boolean {
  return cells.some((cell) => cell.limited);
}
