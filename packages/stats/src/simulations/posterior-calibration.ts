import { betaCompare, betaDraw, betaQuantile, effectPosterior, mersenneRng, normalDraw } from "../index.ts";
import { binomialDraw } from "./draws.ts";
import { countMisses, leavesOut, misses, type MissCounts } from "./miss-count.ts";

/** What posteriors promised and what came of it, when the truth is drawn from their own prior. */
export interface Calibration {
  readonly intervals: MissCounts;
  /** Σ of the stated chances that the treatment is better, and how often it was. */
  readonly chances: { readonly stated: number; readonly happened: number; readonly runs: number };
}

const PRIOR = { mean: 0, variance: 0.3 ** 2 };

/** Normal effects: truth from the prior, an estimate of it, then the posterior's claims (Cook, Gelman & Rubin 2006). */
export function normalCalibration({ seed, runs }: { readonly seed: number; readonly runs: number }): Calibration {
  const rng = mersenneRng(seed);
  const [effect, noise] = [
    normalDraw(rng, { mean: PRIOR.mean, standardDeviation: Math.sqrt(PRIOR.variance) }),
    normalDraw(rng, { mean: 0, standardDeviation: 1 }),
  ];
  const chances = { stated: 0, happened: 0, runs: 0 };
  const intervals = countMisses(runs, () => {
    const [truth, standardError] = [effect(), 0.05 + 0.5 * rng.next()];
    const posterior = effectPosterior(
      { estimate: truth + standardError * noise(), standardError },
      { prior: PRIOR, credibility: 0.95 },
    );
    if (posterior.kind === "estimate") note(chances, posterior.chanceToWin, truth > 0);
    return { "normal effect": misses(posterior, truth) };
  });
  return { intervals, chances };
}

/** Conversion rates: both arms' rates from Beta(2, 8), 40 and 60 units, the interval of the control's rate and the chance to win. */
export function rateCalibration({ seed, runs }: { readonly seed: number; readonly runs: number }): Calibration {
  const rng = mersenneRng(seed);
  const rate = betaDraw(rng, { alpha: 2, beta: 8 });
  const posteriorOf = (p: number, n: number): { readonly alpha: number; readonly beta: number } => {
    const conversions = binomialDraw(rng, { n, rate: p })();
    return { alpha: 2 + conversions, beta: 8 + n - conversions };
  };
  const chances = { stated: 0, happened: 0, runs: 0 };
  const intervals = countMisses(runs, () => {
    const [a, b] = [rate(), rate()];
    const [control, treatment] = [posteriorOf(a, 40), posteriorOf(b, 60)];
    const comparison = betaCompare(control, treatment);
    if (comparison.kind === "estimate") note(chances, comparison.probabilityTreatmentBeatsControl, b > a);
    const [lower = NaN, upper = NaN] = [0.025, 0.975].map((p) => betaQuantile(p, control.alpha, control.beta));
    return { "beta-binomial rate": leavesOut({ lower, upper }, a) };
  });
  return { intervals, chances };
}

function note(sums: { stated: number; happened: number; runs: number }, stated: number, happened: boolean): void {
  sums.stated += stated;
  sums.happened += happened ? 1 : 0;
  sums.runs++;
}
