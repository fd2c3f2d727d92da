/**
 * How the spread of the true effects is estimated: restricted or plain maximum likelihood (REML, ML), Paule-Mandel (PM; EB is the same),
 * DerSimonian-Laird (DL), Hedges (HE), Hunter-Schmidt (HS, biased down), Sidik-Jonkman (SJ, never 0). FE assumes there is none.
 */
export type HeterogeneityMethod = "REML" | "ML" | "PM" | "EB" | "DL" | "HE" | "HS" | "SJ" | "FE";

/** Effects with the variances of their measurements, both of the same length ≥ 2. */
interface Effects {
  readonly estimates: readonly number[];
  readonly variances: readonly number[];
}

/** Variance τ² of the true effects; null when a likelihood has no maximum. */
export function heterogeneity(effects: Effects, method: HeterogeneityMethod): number | null {
  switch (method) {
    case "FE":
      return 0;
    case "DL":
      return derSimonianLaird(effects);
    case "HE":
      return hedges(effects);
    case "HS":
      return hunterSchmidt(effects);
    case "SJ":
      return sidikJonkman(effects);
    // The empirical Bayes estimator of Morris has the same solution as Paule and Mandel's.
    case "PM":
    case "EB":
      return pauleMandel(effects);
    case "REML":
      return maximumLikelihood(effects, 1);
    case "ML":
      return maximumLikelihood(effects, 0);
  }
}

/** Σ (y − μ)²/(v + τ²) around the weighted mean at τ². */
export function dispersion(effects: Effects, tau2: number): number {
  const { mu } = weightedMean(effects, tau2);
  return sum(effects.estimates.map((y, i) => (y - mu) ** 2 / ((effects.variances[i] ?? 0) + tau2)));
}

/** Mean of the effects with weights 1/(v + τ²), and the sum of these. */
export function weightedMean(
  { estimates, variances }: Effects,
  tau2: number,
): { readonly mu: number; readonly totalWeight: number } {
  const weights = variances.map((v) => 1 / (v + tau2));
  const totalWeight = sum(weights);
  return { mu: sum(estimates.map((y, i) => y * (weights[i] ?? 0))) / totalWeight, totalWeight };
}

function derSimonianLaird(effects: Effects): number {
  const weights = effects.variances.map((v) => 1 / v);
  const total = sum(weights);
  const squares = sum(weights.map((w) => w * w));
  return Math.max(0, (dispersion(effects, 0) - (weights.length - 1)) / (total - squares / total));
}

/** Plain variance of the effects minus the mean of their measurement variances. */
function hedges({ estimates, variances }: Effects): number {
  return Math.max(0, squaresAround(estimates) / (estimates.length - 1) - sum(variances) / variances.length);
}

function hunterSchmidt(effects: Effects): number {
  return Math.max(0, (dispersion(effects, 0) - effects.variances.length) / sum(effects.variances.map((v) => 1 / v)));
}

/** One step from the crude variance of the effects, which keeps it above 0 unless all effects are equal. */
function sidikJonkman(effects: Effects): number {
  const crude = squaresAround(effects.estimates) / effects.estimates.length;
  return (crude * dispersion(effects, crude)) / (effects.estimates.length - 1);
}

/** Solves Σ (y_i − μ)²/(v_i + τ²) = k − 1; the left side falls in τ², so bisection cannot miss. */
function pauleMandel(effects: Effects): number {
  const excess = (tau2: number): number => dispersion(effects, tau2) - (effects.estimates.length - 1);
  if (excess(0) <= 0) return 0;
  let high = Math.max(...effects.variances);
  while (excess(high) > 0) high *= 2;
  return lastPositive(excess, 0, high);
}

/**
 * The likelihood may have several modes: the best of a grid is refined, so that a poor start cannot decide.
 *
 * @param restricted - 1 for the restricted likelihood, 0 for the plain one.
 */
function maximumLikelihood(effects: Effects, restricted: 0 | 1): number | null {
  const { estimates, variances } = effects;
  const objective = (tau2: number): number => {
    const logs = sum(variances.map((v) => Math.log(v + tau2)));
    return -0.5 * (logs + restricted * Math.log(weightedMean(effects, tau2).totalWeight) + dispersion(effects, tau2));
  };
  const scale = squaresAround(estimates) / (estimates.length - 1) + Math.max(...variances);
  const smallest = Math.min(...variances) * 1e-6;
  const steps = 120;
  const ratio = ((scale * 4) / smallest) ** (1 / steps);
  const grid = [0, ...Array.from({ length: steps + 1 }, (_, i) => smallest * ratio ** i)];
  const values = grid.map(objective);
  const best = values.reduce((at, value, i) => (value > (values[at] ?? NaN) ? i : at), 0);
  if (best === 0) return 0;
  const [low, high] = [grid[best - 1] ?? 0, grid[best + 1] ?? scale * 16];
  const score = (tau2: number): number => likelihoodScore(effects, tau2, restricted);
  if (score(low) <= 0) return low;
  return score(high) > 0 ? null : lastPositive(score, low, high);
}

/** Derivative of the log-likelihood in τ², times two. */
function likelihoodScore(effects: Effects, tau2: number, restricted: 0 | 1): number {
  const { mu, totalWeight } = weightedMean(effects, tau2);
  let [residuals, squares] = [0, 0];
  effects.estimates.forEach((y, i) => {
    const w = 1 / ((effects.variances[i] ?? 0) + tau2);
    residuals += w * w * (y - mu) ** 2;
    squares += w * w;
  });
  return residuals - totalWeight + (restricted * squares) / totalWeight;
}

/** Where a function that is positive at `low` and not at `high` changes its sign, by bisection. */
function lastPositive(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 200 && b - a > 1e-15 * b; i++) {
    const middle = (a + b) / 2;
    if (f(middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

function squaresAround(xs: readonly number[]): number {
  const mean = sum(xs) / xs.length;
  return sum(xs.map((x) => (x - mean) ** 2));
}

function sum(xs: readonly number[]): number {
  return xs.reduce((total, x) => total + x, 0);
}
