import { plattProbability, plattScaling } from "@ratchet/stats";
import { latestAnswers, type Review } from "./review.ts";

/** How far a provider's own word on its sureness can be used. */
export interface ProviderCalibration {
  /** Answers of the team to what this provider suggested. */
  readonly n: number;
  /** Share of them that said the same; null without answers. */
  readonly accuracy: number | null;
  /** Probability that it is right, from what it says; null until there are enough answers, of both kinds. */
  readonly calibrate: ((stated: number) => number) | null;
}

/** Answers below which a provider's labels are suggestions only. */
const PROVIDER_ANSWERS_MIN = 50;
/** What says 0 or 1 is taken to be as sure as this. */
const STATED_MAX = 0.999;

/**
 * What a provider's confidence is worth, by the team's answers to its suggestions (Platt scaling of its log-odds). Its raw word is used for
 * nothing else.
 *
 * @returns no calibration either where its word goes the wrong way: surer where it was wrong.
 */
export function calibrateProvider(reviews: readonly Review[], version: string): ProviderCalibration {
  const pairs = reviews.flatMap(({ questions, answers }) => {
    const latest = latestAnswers(answers);
    return questions.flatMap(({ field, suggestions }) => {
      const said = suggestions.find((one) => one.labeller === "provider" && one.version === version);
      const own = latest.filter((answer) => answer.field === field);
      if (said === undefined || said.stated === null) return [];
      return own.map(({ label }) => ({ stated: logOdds(said.stated ?? 0), right: label === said.label ? 1 : 0 }));
    });
  });
  const n = pairs.length;
  const accuracy = n === 0 ? null : pairs.reduce((sum, { right }) => sum + right, 0) / n;
  if (n < PROVIDER_ANSWERS_MIN) return { n, accuracy, calibrate: null };
  const fit = plattScaling(
    pairs.map(({ stated }) => stated),
    pairs.map(({ right }) => right),
  );
  const isUsable = fit.kind === "estimate" && fit.slope > 0;
  return { n, accuracy, calibrate: isUsable ? (stated) => plattProbability(fit, logOdds(stated)) : null };
}

function logOdds(stated: number): number {
  const p = Math.min(STATED_MAX, Math.max(1 - STATED_MAX, stated));
  return Math.log(p / (1 - p));
}
