import type { Change, ReviewVerdict } from "./change.ts";
import { TIERS, type Policy } from "./policy.ts";
import { reviewChange, type ReviewContext } from "./review.ts";

/**
 * The review of a change that rests on no estimate: what somebody, or some program, merely asks for. The same rules, and one more: it is never
 * automatic. Where its tier names no approvers, those of the next tier that does must agree; where no tier does, it is forbidden.
 */
export function reviewWish(change: Change, context: ReviewContext): ReviewVerdict {
  const verdict = reviewChange(change, context);
  if (verdict.kind !== "automatic") return verdict;
  const tier = TIERS.slice(TIERS.indexOf(verdict.tier)).find((one) => hasApprovers(context.policy, one));
  if (tier === undefined) {
    const message = "nothing was estimated for it, and the policy names nobody who could approve it";
    return {
      ...verdict,
      kind: "forbidden",
      findings: [...verdict.findings, { rule: "person", outcome: "forbidden", message }],
    };
  }
  const message = `nothing was estimated for it: a person must approve it, as for ${tier}`;
  return {
    ...verdict,
    kind: "needs_approval",
    tier,
    approvers: context.policy.approvals[tier].approvers,
    findings: [...verdict.findings, { rule: "person", outcome: "ok", message }],
  };
}

function hasApprovers({ approvals }: Policy, tier: (typeof TIERS)[number]): boolean {
  return approvals[tier].approvers.length > 0;
}
