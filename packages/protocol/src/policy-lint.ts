import { lintEligibility } from "./eligibility-lint.ts";
import type { PolicyShape } from "./policy-document.ts";

interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Lever = PolicyShape["levers"][number];
type ChoiceLimits = Exclude<Lever, { readonly kind: "weights" | "threshold" }>;

/** Total false-alarm probability that the guardrails together may spend. */
const GUARDRAIL_ALPHA_MAX = 0.05;
const ENGINE = "engine";
const MACHINE_MADE: readonly string[] = ["opened", "clicked"];
const TIER_NAMES = ["T0", "T1", "T2", "T3"] as const;

/** What a schema of single keys cannot say: every contradiction of a policy, with what to do about it. */
export function lintPolicy(policy: PolicyShape): readonly Finding[] {
  return [
    ...policy.levers.flatMap((lever, i) => (isChoice(lever) ? lintLever(lever, i, policy) : lintRanges(lever, i))),
    ...lintNames(policy),
    ...lintObjective(policy),
    ...lintLabels(policy),
    ...lintGuardrails(policy),
    ...lintExploration(policy),
    ...lintRollout(policy),
    ...lintImpact(policy),
    ...lintRoles(policy),
    ...lintRules(policy),
  ];
}

/** A label has no amount: its sum would be 0 for ever. */
function lintLabels({ metrics }: PolicyShape): readonly Finding[] {
  return metrics.flatMap(({ id, kind, signal }, i) =>
    kind === "value" && signal?.startsWith("label:") === true
      ? [
          {
            path: ["metrics", i, "kind"],
            message: `metric "${id}" is about a label, which has no value; use kind: conversion`,
          },
        ]
      : [],
  );
}

function isChoice(lever: Lever): lever is ChoiceLimits {
  return lever.kind === undefined || lever.kind === "choice";
}

/** A range that ends before it begins lets nothing through. */
function lintRanges(lever: Exclude<Lever, ChoiceLimits>, i: number): readonly Finding[] {
  const ranges =
    lever.kind === "weights"
      ? [
          { path: ["intercept"], range: lever.intercept },
          { path: ["range"], range: lever.range },
          ...Object.entries(lever.ranges ?? {}).map(([name, range]) => ({ path: ["ranges", name], range })),
        ]
      : [
          { path: ["threshold"], range: lever.threshold },
          { path: ["band"], range: lever.band },
          { path: ["chance"], range: lever.chance },
        ];
  return ranges.flatMap(({ path, range: { min, max } }) =>
    min <= max ? [] : [{ path: ["levers", i, ...path], message: `min ${min} is above max ${max}` }],
  );
}

function lintLever(lever: ChoiceLimits, i: number, policy: PolicyShape): readonly Finding[] {
  const found: Finding[] = [];
  const path = ["levers", i];
  const rangeOf = (action: string) => lever.ranges?.[action] ?? lever.range;
  for (const action of repeated(lever.allowed))
    found.push({ path: [...path, "allowed"], message: `"${action}" is listed twice` });
  if (!lever.allowed.includes(lever.baseline)) {
    found.push({
      path: [...path, "baseline"],
      message: `baseline "${lever.baseline}" is not allowed; add it to allowed`,
    });
  } else if (rangeOf(lever.baseline).max < 1) {
    found.push({
      path: [...path, "baseline"],
      message: `the holdout gets the baseline with probability 1, outside its range up to ${rangeOf(lever.baseline).max}; widen the range of "${lever.baseline}"`,
    });
  }
  for (const action of Object.keys(lever.ranges ?? {})) {
    if (!lever.allowed.includes(action))
      found.push({ path: [...path, "ranges", action], message: `"${action}" is not an allowed action` });
  }
  for (const action of ["", ...Object.keys(lever.ranges ?? {})]) {
    const { min, max } = action === "" ? lever.range : rangeOf(action);
    if (min > max)
      found.push({
        path: [...path, ...(action === "" ? ["range"] : ["ranges", action])],
        message: `min ${min} is above max ${max}`,
      });
  }
  const floors = lever.allowed.reduce(
    (sum, action) => sum + Math.max(rangeOf(action).min, policy.exploration.settled_floor),
    0,
  );
  if (floors > 1 + 1e-9)
    found.push({
      path: [...path, "range"],
      message: `the least probabilities of ${lever.allowed.length} actions add up to ${rounded(floors)}, above 1`,
    });
  const tops = lever.allowed.reduce((sum, action) => sum + rangeOf(action).max, 0);
  if (tops < 1 - 1e-9)
    found.push({ path: [...path, "range"], message: `the greatest probabilities add up to ${rounded(tops)}, below 1` });
  return found;
}

function lintNames(policy: PolicyShape): readonly Finding[] {
  const metrics = policy.metrics.map((metric) => metric.id);
  const found: Finding[] = [];
  for (const [key, names] of [
    ["metrics", metrics],
    ["levers", policy.levers.map((lever) => lever.id)],
    ["guardrails", policy.guardrails.map((guardrail) => guardrail.id)],
  ] as const) {
    for (const name of repeated(names)) found.push({ path: [key], message: `"${name}" is defined twice` });
  }
  if (!metrics.includes(policy.objective)) {
    found.push({
      path: ["objective"],
      message: `objective "${policy.objective}" is not among the metrics ${metrics.join(", ")}`,
    });
  }
  return found;
}

function lintObjective({ metrics, objective }: PolicyShape): readonly Finding[] {
  const message = machineMadeObjective(metrics, objective);
  return message === null ? [] : [{ path: ["objective"], message }];
}

/**
 * What is wrong with an objective that machines move: it is all that a lever is judged by, and scanners and prefetching mail clients open
 * and click in masses. It holds for every policy, written by a team or made from a log.
 *
 * @returns null where only people move it.
 */
export function machineMadeObjective(
  metrics: readonly { readonly id: string; readonly signal?: string | undefined }[],
  objective: string,
): string | null {
  const metric = metrics.find(({ id }) => id === objective);
  const signal = metric === undefined ? null : (metric.signal ?? metric.id);
  if (signal === null || !MACHINE_MADE.includes(signal)) return null;
  return `"${objective}" counts ${signal} signals, which machines make as well as people: they may not be all that a lever is judged by; choose what only people do, such as replied or meeting_booked, and keep "${objective}" as a metric beside it`;
}

function lintGuardrails(policy: PolicyShape): readonly Finding[] {
  const found: Finding[] = [];
  for (const [i, guardrail] of policy.guardrails.entries()) {
    const path = ["guardrails", i];
    const metric = policy.metrics.find((candidate) => candidate.id === guardrail.metric);
    if (metric === undefined) {
      found.push({ path: [...path, "metric"], message: `"${guardrail.metric}" is not among the metrics` });
    } else if (
      guardrail.statistic.test === "two_by_two_e_process" &&
      (metric.kind !== "conversion" || guardrail.tolerated !== 0)
    ) {
      found.push({
        path: [...path, "statistic", "test"],
        message: "two_by_two_e_process is for conversions with tolerated: 0; use mean_confidence_sequence",
      });
    }
  }
  const alpha = policy.guardrails.reduce((sum, guardrail) => sum + guardrail.statistic.alpha, 0);
  if (alpha > GUARDRAIL_ALPHA_MAX + 1e-9) {
    found.push({
      path: ["guardrails"],
      message: `the guardrails' alphas add up to ${rounded(alpha)}; together they may spend ${GUARDRAIL_ALPHA_MAX}`,
    });
  }
  return found;
}

function lintExploration({ exploration, holdout, levers }: PolicyShape): readonly Finding[] {
  const found: Finding[] = [];
  if (exploration.settled_floor > exploration.floor) {
    found.push({
      path: ["exploration", "settled_floor"],
      message: `settled_floor ${exploration.settled_floor} is above floor ${exploration.floor}`,
    });
  }
  for (const lever of levers.filter(isChoice)) {
    for (const key of ["start", "floor"] as const) {
      const spent = (exploration[key] ?? 0) * lever.allowed.length;
      if (spent <= 1 + 1e-9) continue;
      found.push({
        path: ["exploration", key],
        message: `${key} × ${lever.allowed.length} actions of "${lever.id}" is ${rounded(spent)}, above 1`,
      });
    }
  }
  if (exploration.start === undefined && exploration.floor === 0) {
    found.push({
      path: ["exploration"],
      message: "with a floor of 0, say start: else the first playbook tries nothing but the baseline",
    });
  }
  const taken = exploration.floor + holdout.share + (holdout.business_as_usual ?? 0);
  if (taken > 0.5) {
    found.push({
      path: ["holdout", "share"],
      message: `exploration floor, holdout and business as usual take ${rounded(taken)} of the units; at most half`,
    });
  }
  return found;
}

function lintRollout({ rollout, holdout }: PolicyShape): readonly Finding[] {
  const found: Finding[] = [];
  const { steps } = rollout;
  if (steps.some((step, i) => i > 0 && step <= (steps[i - 1] ?? 0)))
    found.push({ path: ["rollout", "steps"], message: "steps must rise" });
  const last = steps.at(-1) ?? 0;
  if (last > 1 - holdout.share - (holdout.business_as_usual ?? 0) + 1e-9) {
    found.push({
      path: ["rollout", "steps"],
      message: `the last step ${last} reaches into the holdout; at most ${rounded(1 - holdout.share - (holdout.business_as_usual ?? 0))}`,
    });
  }
  return found;
}

function lintImpact({ impact }: PolicyShape): readonly Finding[] {
  const { T0, T1, T2 } = impact.tiers;
  return T0 < T1 && T1 < T2 ? [] : [{ path: ["impact", "tiers"], message: `tiers must rise, got ${T0}, ${T1}, ${T2}` }];
}

function lintRules({ eligibility, levers }: PolicyShape): readonly Finding[] {
  if (eligibility === undefined) return [];
  const known = levers.map((lever) => ({ id: lever.id, actions: isChoice(lever) ? lever.allowed : [] }));
  return lintEligibility(eligibility, known).map(({ path, message }) => ({ path: ["eligibility", ...path], message }));
}

function lintRoles(policy: PolicyShape): readonly Finding[] {
  const found: Finding[] = [];
  for (const [role, { members }] of Object.entries(policy.roles)) {
    if (members.includes(ENGINE))
      found.push({ path: ["roles", role, "members"], message: "the engine proposes; it can have no role" });
    for (const member of repeated(members))
      found.push({ path: ["roles", role, "members"], message: `"${member}" is listed twice` });
  }
  for (const tier of TIER_NAMES) {
    for (const [i, { role, count }] of policy.approvals[tier].approvers.entries()) {
      const people = policy.roles[role]?.members.length;
      const path = ["approvals", tier, "approvers", i];
      if (people === undefined) found.push({ path: [...path, "role"], message: `no role "${role}" under roles` });
      else if (people < count)
        found.push({
          path: [...path, "count"],
          message: `${tier} needs ${count} of role "${role}", which has ${people}: nobody could ever approve`,
        });
    }
  }
  return found;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
