import { areActionLimits, rangeOf, type LeverLimits, type Playbook, type Policy } from "@ratchet/engine";

/** The policy as programs may read it: roles by how many people are in them, never by who. */
export function policyForAgents(policy: Policy): Readonly<Record<string, unknown>> {
  const { id, version, objective, metrics, guardrails, holdoutShare, rollout, approvals, eligibility } = policy;
  return {
    id,
    version,
    objective,
    metrics: metrics.map((one) => ({
      id: one.id,
      kind: one.kind,
      signal: one.signal,
      window_days: one.windowMs / 86_400_000,
      direction: one.direction,
      minimum_effect: one.minimumEffect,
    })),
    guardrails: guardrails.map((one) => ({
      id: one.id,
      metric: one.metric,
      direction: one.direction,
      tolerated: one.tolerated,
    })),
    holdout_share: holdoutShare,
    rollout: { steps: rollout.steps, max_cycles: rollout.maxCycles, alpha: rollout.alpha },
    approvals,
    roles: Object.fromEntries(Object.entries(policy.roles).map(([role, people]) => [role, people.length])),
    caps: (eligibility?.caps ?? []).map(({ id: cap, channel, per, max, windowMs }) => ({
      id: cap,
      channel,
      per,
      max,
      window_days: windowMs / 86_400_000,
    })),
  };
}

/** What each lever may be moved to, and where it stands. */
export function limitsForAgents(playbook: Playbook, policy: Policy): Readonly<Record<string, unknown>> {
  return {
    playbook_version: playbook.version,
    policy_version: policy.version,
    levers: playbook.levers.map((lever) => {
      const limits = policy.levers.find((one) => one.lever === lever.name);
      return {
        lever: lever.name,
        point: lever.point,
        kind: lever.kind,
        values: lever.segments,
        limits: limits === undefined ? null : rangesIn(limits),
        max_step: limits?.maxStep ?? 0,
        least_tier: limits?.minTier ?? "T3",
      };
    }),
  };
}

function rangesIn(limits: LeverLimits): Readonly<Record<string, unknown>> {
  if (areActionLimits(limits))
    return Object.fromEntries(limits.allowed.map((action) => [action, rangeOf(limits, action)]));
  if (limits.kind === "threshold") return { threshold: limits.threshold, band: limits.band, chance: limits.chance };
  return { intercept: limits.intercept, each_weight: limits.range, ...limits.ranges };
}
