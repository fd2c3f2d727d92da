import type { EligibilityRules } from "../decisions/eligibility/rules.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import type { ActionLimits, ThresholdLimits, WeightsLimits } from "../decisions/limits.ts";
import type { ActorId, MetricId } from "../ids.ts";

/** Impact tiers, least to most consequential. */
export const TIERS = ["T0", "T1", "T2", "T3"] as const;
export type Tier = (typeof TIERS)[number];

/** How the policy governs changes of one lever, whatever its kind. */
interface ChangeRules {
  readonly lever: string;
  /**
   * Largest step of one edit, in (0, 1]. Of probabilities: total variation distance (half the sum of absolute differences). Of numbers with
   * a range: the greatest difference, as a share of its range.
   */
  readonly maxStep: number;
  /** No new change of this lever for so long after a promotion or rollback, in ms. */
  readonly cooldownMs: number;
  readonly sensitivity: number;
  readonly reversibility: "instant" | "within_day" | "external_per_contact" | "irreversible";
  readonly compliance: "none" | "contact_timing" | "contact_frequency" | "personal_data" | "price" | "legal_effect";
  readonly minTier: Tier;
}

/** What the policy allows for one lever of kind `choice`. Its ranges are checked at admission and again when serving. */
export type ChoiceLimits = ActionLimits & ChangeRules;
/** The same for any kind of lever. */
export type LeverLimits = (ActionLimits | WeightsLimits | ThresholdLimits) & ChangeRules;

/** A metric that a change must not harm, and how harm is recognised. */
export interface Guardrail {
  readonly id: string;
  readonly metric: MetricId;
  readonly direction: "must_not_increase" | "must_not_decrease";
  /** Absolute difference per unit, candidate against control, that is still borne (≥ 0). */
  readonly tolerated: number;
  /** `two_by_two_e_process` is exact for conversions with tolerance 0; `mean_confidence_sequence` serves the rest. */
  readonly test: "two_by_two_e_process" | "mean_confidence_sequence";
  readonly alpha: number;
}

/** Who must approve a tier. No approvers: automatic. */
export interface ApprovalRule {
  readonly approvers: readonly { readonly role: string; readonly count: number }[];
}

/**
 * The governance document, parsed: what the engine may change, by how much, on whose authority, and when it must stop.
 * The YAML a team writes, and its schema, live in `@ratchet/protocol`.
 */
export interface Policy {
  readonly id: string;
  readonly version: number;
  /** Every metric that the objective or a guardrail names. */
  readonly metrics: readonly MetricDefinition[];
  readonly objective: MetricId;
  readonly levers: readonly LeverLimits[];
  readonly guardrails: readonly Guardrail[];
  readonly exploration: {
    /** Probability of each action but the baseline in the first playbook, in (0, 1 ÷ number of actions]. */
    readonly start: number;
    /** Least probability of an action that may still turn out best. */
    readonly floor: number;
    /** Least probability of an action that the evidence has ruled out as best. */
    readonly settledFloor: number;
  };
  /** Share of units that never get anything but the baseline, in [0, 1). */
  readonly holdoutShare: number;
  /** Share of units that the engine only observes, in [0, 1); with the holdout at most half. Absent: 0. */
  readonly businessAsUsualShare?: number;
  readonly rollout: {
    /** Candidate shares of the units outside the holdout, rising; the first is the canary, the last the full ramp. */
    readonly steps: readonly number[];
    readonly minUnitsPerStep: number;
    /** Candidate units that must have been seen at the current step for at least so long, in ms. */
    readonly minTimePerStepMs: number;
    /** Cycles in rollout after which a change that has proved nothing ends inconclusive. */
    readonly maxCycles: number;
    /** Promotion needs the lower end of the (1 − alpha) confidence sequence of its lift above this. */
    readonly lowerBoundAbove: number;
    readonly alpha: number;
  };
  /** Units at which confidence sequences are to be tightest: near what a change is expected to see. Fixed per policy version, > 0. */
  readonly tunedForUnits: number;
  /** Confidence that the cross-fitted off-policy estimate must give to "better" before a change is proposed, in [0.5, 1). */
  readonly proposeConfidence: number;
  readonly impact: {
    readonly reversibility: Readonly<Record<LeverLimits["reversibility"], number>>;
    readonly compliance: Readonly<Record<LeverLimits["compliance"], number>>;
    readonly novelty: { readonly known: number; readonly novel: number };
    readonly normaliser: number;
    /** Upper bounds of the score for T0, T1, T2; T3 above. */
    readonly tiers: { readonly T0: number; readonly T1: number; readonly T2: number };
  };
  readonly approvals: Readonly<Record<Tier, ApprovalRule>>;
  /** Approvals lapse after so long, in ms. */
  readonly approvalValidForMs: number;
  /** What is asked before anything is chosen; nothing stated where absent, so that only opt-outs bind. */
  readonly eligibility?: EligibilityRules;
  readonly roles: Readonly<Record<string, readonly ActorId[]>>;
}
