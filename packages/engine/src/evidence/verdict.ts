import { unitsUntilConfidenceSequence } from "@ratchet/stats";
import { metricInWords, rangeInWords, sizeInWords } from "../outcomes/in-words.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";

/** The words a conclusion may use, and no others. */
export type VerdictWord =
  "better" | "worse" | "no meaningful difference" | "too early" | "cannot tell" | "cannot trust yet";

/** A conclusion with its reason, and what would make it tellable where it is not. */
export interface Verdict {
  readonly word: VerdictWord;
  readonly sentence: string;
  readonly remedy: string | null;
}

/** An estimate of a difference with the interval that decides. Absolute scale, per unit. */
export interface Judged {
  readonly metric: MetricDefinition;
  readonly estimate: number;
  readonly standardError: number;
  /** Confidence sequence: valid at every look. */
  readonly lower: number;
  readonly upper: number;
  /** Units behind the estimate. */
  readonly n: number;
  /** Units with a non-zero outcome in the smaller of the two groups. */
  readonly nonZeroMin: number;
  readonly alpha: number;
  readonly tunedFor: number;
}

/** No verdict before this many units with a non-zero outcome in each group: asymptotic intervals are not valid earlier. */
export const BURN_IN_NON_ZERO = 25;

/** Beyond this many times the units so far, "wait" is no honest advice. */
const PATIENCE = 20;

/** Reads an interval as a verdict. Health is judged before this: red health voids every verdict. */
export function judge(judged: Judged): Verdict {
  const { metric, lower, upper, nonZeroMin } = judged;
  const range = rangeInWords(metric, { lower, upper });
  const name = metricInWords(metric);
  if (nonZeroMin < BURN_IN_NON_ZERO) {
    return {
      word: "too early",
      sentence: `Only ${nonZeroMin} outcomes of ${name} in the smaller group`,
      remedy: `wait until both groups have ${BURN_IN_NON_ZERO}`,
    };
  }
  if (lower > 0 || upper < 0) {
    const up = lower > 0;
    const better = up === (metric.direction === "increase");
    return {
      word: better ? "better" : "worse",
      sentence: `${name} is ${up ? "higher" : "lower"}: ${range}`,
      remedy: null,
    };
  }
  if (lower > -metric.minimumEffect && upper < metric.minimumEffect) {
    return {
      word: "no meaningful difference",
      sentence: `The difference in ${name} is ${range}, less than the ${sizeInWords(metric, metric.minimumEffect)} that would be worth a change`,
      remedy: null,
    };
  }
  return undecided(judged, range);
}

/** Verdict where no estimate could be made at all. */
export function cannotTell(message: string, remedy: string): Verdict {
  return { word: "cannot tell", sentence: message, remedy };
}

/** Verdict while a health check is red. */
export function cannotTrust(checks: readonly string[]): Verdict {
  return {
    word: "cannot trust yet",
    sentence: `A health check failed: ${checks.join("; ")}`,
    remedy: "find out why before reading any result of this data",
  };
}

/** Waiting is honest advice while a difference of the size seen, or of the size that matters, can still be settled. */
function undecided({ metric, estimate, standardError, n, alpha, tunedFor }: Judged, range: string): Verdict {
  const sentence = `The difference in ${metricInWords(metric)} is ${range}: it may be zero`;
  const effect = Math.max(Math.abs(estimate), metric.minimumEffect);
  const needed = unitsUntilConfidenceSequence({
    standardDeviationPerUnit: standardError * Math.sqrt(n),
    effect,
    alpha,
    tunedFor,
  });
  if (needed.kind === "refused") return cannotTell(sentence, needed.message);
  const more = Math.max(1, Math.ceil(needed.n) - n);
  const remedy = `about ${more.toLocaleString("en-US")} more units would settle a difference of ${sizeInWords(metric, effect)}`;
  return more > PATIENCE * n
    ? cannotTell(
        `${sentence}, and at this variance waiting will not settle it soon`,
        `${remedy}; raise the minimum effect, or choose an earlier or less noisy metric`,
      )
    : { word: "too early", sentence, remedy };
}
