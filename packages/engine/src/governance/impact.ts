import { stepOf } from "./edit-step.ts";
import { TIERS, type LeverLimits, type Policy, type Tier } from "./policy.ts";
import type { Change } from "./change.ts";

/** How consequential a change is: 0 to 100, and the tier that the policy makes of it. */
export interface Impact {
  readonly score: number;
  readonly tier: Tier;
}

/**
 * `100 · √(audience share once promoted) · sensitivity · reversibility · compliance · novelty ÷ normaliser`, at most 100.
 *
 * The square root stops a small but irreversible change from looking free. Sensitivity is the largest step of the change (a
 * share of the range) times the lever's own. Promotion gives a change to everyone but the holdout, wherever its ramp ends: a
 * policy cannot make changes look smaller by ramping less.
 */
export function impactOf(
  change: Change,
  policy: Policy,
  context: { readonly limits: LeverLimits; readonly novel: boolean },
): Impact {
  const { limits, novel } = context;
  const { impact } = policy;
  const step = Math.max(0, ...change.edits.map((edit) => stepOf(edit, limits)));
  const raw =
    (100 *
      Math.sqrt(change.audienceShare * (1 - policy.holdoutShare)) *
      Math.min(1, step * limits.sensitivity) *
      impact.reversibility[limits.reversibility] *
      impact.compliance[limits.compliance] *
      (novel ? impact.novelty.novel : impact.novelty.known)) /
    impact.normaliser;
  const score = Math.min(100, raw);
  return { score, tier: higher(tierOf(score, impact.tiers), limits.minTier) };
}

function tierOf(score: number, tiers: Policy["impact"]["tiers"]): Tier {
  if (score < tiers.T0) return "T0";
  if (score < tiers.T1) return "T1";
  return score < tiers.T2 ? "T2" : "T3";
}

function higher(a: Tier, b: Tier): Tier {
  return TIERS.indexOf(a) >= TIERS.indexOf(b) ? a : b;
}
