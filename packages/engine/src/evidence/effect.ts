import { asymptoticConfidenceSequence } from "@ratchet/stats";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { normalInterval } from "./normal-interval.ts";
import { cannotTell, cannotTrust, judge, type Verdict } from "./verdict.ts";

/** How sure a conclusion must be, and the sample size at which its confidence sequence is tightest. */
export interface Precision {
  readonly alpha: number;
  readonly tunedFor: number;
}

/** A difference per unit, on the absolute scale. */
export interface Effect {
  readonly kind: "estimate";
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
  /** Valid at this one look only: shown, never decided on. */
  readonly fixed: { readonly lower: number; readonly upper: number };
  /** Valid at every look: what decides. */
  readonly sequence: { readonly lower: number; readonly upper: number };
}

/** No number, and why. */
export interface NoEffect {
  readonly kind: "refused";
  readonly reason: string;
  readonly message: string;
}

/** What a measured difference rests on. */
interface MeasuredDifference {
  readonly n: number;
  readonly estimate: number;
  readonly standardError: number;
}

/** An estimate with both intervals, or the refusal it came as. */
export function effectOf(
  measured: (MeasuredDifference & { readonly kind: "estimate" }) | NoEffect,
  precision: Precision,
): Effect | NoEffect {
  if (measured.kind === "refused") return { kind: "refused", reason: measured.reason, message: measured.message };
  const { n, estimate, standardError } = measured;
  const sequence = asymptoticConfidenceSequence({
    estimate,
    standardError,
    n,
    alpha: precision.alpha,
    tunedFor: precision.tunedFor,
  });
  if (sequence.kind === "refused") return { kind: "refused", reason: sequence.reason, message: sequence.message };
  return {
    kind: "estimate",
    n,
    estimate,
    standardError,
    fixed: normalInterval(estimate, standardError, 1 - precision.alpha),
    sequence: { lower: sequence.lower, upper: sequence.upper },
  };
}

/** What a verdict needs beside the effect. */
export interface VerdictContext extends Precision {
  readonly metric: MetricDefinition;
  readonly nonZeroMin: number;
  /** Health checks that are red, in words; any voids the verdict. */
  readonly redChecks: readonly string[];
}

/** The word for an effect: health first, then refusals, then the confidence sequence. */
export function verdictOf(effect: Effect | NoEffect, context: VerdictContext): Verdict {
  if (context.redChecks.length > 0) return cannotTrust(context.redChecks);
  if (effect.kind === "refused") return refusalVerdict(effect);
  return judge({
    ...context,
    ...effect.sequence,
    estimate: effect.estimate,
    standardError: effect.standardError,
    n: effect.n,
  });
}

/** Refusals that more data cures are "too early"; the others need something else. */
function refusalVerdict({ reason, message }: NoEffect): Verdict {
  if (reason === "too-few" || reason === "zero-variance" || reason === "zero-standard-error") {
    return { word: "too early", sentence: message, remedy: "wait for more outcomes" };
  }
  if (reason === "no-overlap") return cannotTell(message, "let the playbook try this action on a share of the units");
  if (reason === "no-holdout") return cannotTell(message, "give a share of the units to a holdout in the policy");
  if (reason === "same-policy") return cannotTell(message, "there is nothing to decide between the two");
  return cannotTell(message, "mend the input that the message names");
}
