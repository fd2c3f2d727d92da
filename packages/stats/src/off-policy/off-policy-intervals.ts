import { bisect } from "../numerics/bisect.ts";
import { roundsFault, type LoggedRounds } from "./logged-rounds.ts";
import type { OffPolicyRefusal } from "./off-policy.ts";
import { proportionInterval } from "../cohorts/one-proportion.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { betaCdf } from "../numerics/special-functions.ts";
import { gammaExponentialMixture } from "../anytime/uniform-boundaries.ts";

/** What is known beforehand: smallest and largest possible weight and reward (not the smallest and largest seen). */
export interface OffPolicyRange {
  readonly weightMin: number;
  readonly weightMax: number;
  readonly rewardMin: number;
  readonly rewardMax: number;
}

/** Sums over the log that empirical likelihood needs. */
interface WeightSums {
  readonly n: number;
  readonly w: number;
  readonly ww: number;
  readonly wr: number;
  readonly wwr: number;
  readonly wwrr: number;
  readonly r: number;
}

function weightSums({ rewards, weights }: LoggedRounds): WeightSums {
  let [w1, ww, wr, wwr, wwrr, r1] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rewards.length; i++) {
    const [w, r] = [weights[i] ?? NaN, rewards[i] ?? NaN];
    w1 += w;
    ww += w * w;
    wr += w * r;
    wwr += w * w * r;
    wwrr += w * w * r * r;
    r1 += r;
  }
  return { n: rewards.length, w: w1, ww, wr, wwr, wwrr, r: r1 };
}

/**
 * Value of a target policy by empirical likelihood (Cressie-Read divergence, power −2): uses that true weights average 1.
 *
 * @formula Σ q_i w_i r_i + (1 − Σ q_i w_i)·r̄, with the q_i nearest to 1/n under which the weights average 1
 * @assumes Weights in [weightMin, weightMax] and rewards in [rewardMin, rewardMax], all known beforehand.
 * @returns `too-few` without rounds, `invalid-input` for values outside the stated range or a range of weights that does not span 1.
 * @see Karampatziakis, Langford & Mineiro (2020), "Empirical likelihood for contextual bandits", section 3.
 * @example
 * const range = { weightMin: 0, weightMax: 4, rewardMin: 0, rewardMax: 1 };
 * cressieReadEstimate({ rewards: [1, 0, 1, 0], weights: [1, 2, 0.5, 0.5] }, range) // => 0.304348
 */
export function cressieReadEstimate(log: LoggedRounds, range: OffPolicyRange): number | Refused<OffPolicyRefusal> {
  const fault = rangeFault(log, range);
  if (fault !== null) return fault;
  const s = weightSums(log);
  // One imagined round with the extreme weight makes "weights average 1" feasible.
  const imagined = s.w < s.n ? range.weightMax : range.weightMin;
  const mean = (imagined + s.w) / (1 + s.n);
  const square = (imagined * imagined + s.ww) / (1 + s.n);
  const spread = square - mean * mean;
  const gamma = (mean - square) / spread;
  const beta = (mean - 1) / spread;
  const explained = (-gamma * s.wr - beta * s.wwr) / (1 + s.n);
  const missing = Math.max(0, 1 - (-gamma * s.w - beta * s.ww) / (1 + s.n));
  return explained + (missing * s.r) / s.n;
}

/**
 * Interval for the value of a policy by empirical likelihood (Cressie-Read, power −2), at one look: stays in the range of the rewards.
 *
 * @formula extremes of Σ q_i w_i r_i over distributions q with Σ q_i w_i = 1 within the divergence that F(1, n) allows
 * @assumes Weights and rewards in ranges known beforehand; one look.
 * @returns as `cressieReadEstimate`, and `zero-variance` where the interval has no width.
 * @see Karampatziakis, Langford & Mineiro (2020), "Empirical likelihood for contextual bandits", section 4 and appendix C.
 * @example
 * const range = { weightMin: 0, weightMax: 4, rewardMin: 0, rewardMax: 1 };
 * const rounds = { rewards: [1, 0, 1, 0, 1, 0], weights: [1, 2, 0.5, 0.5, 1, 1] };
 * cressieReadInterval(rounds, { ...range, confidence: 0.9 }).lower // => 0.040826
 */
export function cressieReadInterval(
  log: LoggedRounds,
  { confidence, ...range }: OffPolicyRange & { readonly confidence: number },
): Interval | Refused<OffPolicyRefusal> {
  const fault = rangeFault(log, range);
  if (fault !== null) return fault;
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const s = weightSums(log);
  const imagined = s.w < s.n ? range.weightMax : range.weightMin;
  const mean = (imagined + s.w) / (1 + s.n);
  const spread = (imagined * imagined + s.ww) / (1 + s.n) - mean * mean;
  const unconstrained = ((1 + s.n) * (mean - 1) ** 2) / spread;
  const phi = (-unconstrained - fUpperQuantile(1 - confidence, s.n)) / (2 * (1 + s.n));
  const clamp = (v: number): number => Math.min(range.rewardMax, Math.max(range.rewardMin, v));
  const interval = {
    lower: clamp(extremeValue(s, range, { reward: range.rewardMin, sign: 1, phi })),
    upper: clamp(-extremeValue(s, range, { reward: range.rewardMax, sign: -1, phi })),
  };
  return interval.lower < interval.upper
    ? interval
    : refuse("zero-variance", "weights and rewards vary too little for an interval");
}

/** Smallest signed value among distributions within the divergence phi, over both imagined extreme weights. */
function extremeValue(
  s: WeightSums,
  range: OffPolicyRange,
  { reward, sign, phi }: { readonly reward: number; readonly sign: 1 | -1; readonly phi: number },
): number {
  const candidates: number[] = [];
  for (const imagined of [range.weightMin, range.weightMax]) {
    const of = (total: number, extra: number): number => (extra + total) / (1 + s.n);
    const w = of(s.w, imagined);
    const spread = of(s.ww, imagined ** 2) - w * w;
    if (!(spread > 0)) continue;
    const wr = sign * of(s.wr, imagined * reward);
    const covariance = sign * of(s.wwr, imagined ** 2 * reward) - w * wr;
    const centre = wr + ((1 - w) * covariance) / spread;
    const y = (covariance * covariance) / spread - (of(s.wwrr, (imagined * reward) ** 2) - wr * wr);
    const z = phi + (1 - w) ** 2 / (2 * spread);
    if (Math.abs(y * z) <= 1e-18) candidates.push(centre);
    else if (z <= 0 && y * z > 0) candidates.push(centre - Math.sqrt(2 * y * z));
  }
  return candidates.length > 0 ? Math.min(...candidates) : sign * reward;
}

/** The x that Fisher's F with 1 and df degrees of freedom exceeds with probability p. */
function fUpperQuantile(p: number, df: number): number {
  // F(1, df) > x exactly when Beta(½, df/2) > x/(x + df).
  const u = bisect((v) => 1 - betaCdf(v, 0.5, df / 2) - p, 0, 1);
  return (df * u) / (1 - u);
}

/**
 * Interval for the value of a policy that takes Σwr/max w as successes among n/max w trials: for comparison only, **it is too narrow**.
 *
 * The sum varies as among n trials, not among n/max w: at weights 0 and 5 it missed the truth in 10 % of runs instead of 5 %, at
 * 200 as at 8,000 rounds. Use `cressieReadInterval` at one look and `offPolicyConfidenceSequence` for many.
 *
 * @formula Clopper-Pearson limits of Σ w r/max w successes among n/max w trials
 * @assumes What does not hold: that a weighted sum varies like a count. Kept to compare with VowpalWabbit.
 * @returns `no-overlap` when no weight is positive; `too-few`; `invalid-input` for rewards outside the range.
 * @see Clopper & Pearson (1934), "The use of confidence or fiducial limits"; the reduction is VowpalWabbit's.
 * @example
 * const rounds = { rewards: [1, 0, 1, 0], weights: [2, 0, 0, 2] };
 * clopperPearsonInterval(rounds, { rewardMin: 0, rewardMax: 1, confidence: 0.95 }).upper // => 0.9874
 */
export function clopperPearsonInterval(
  log: LoggedRounds,
  {
    confidence,
    rewardMin,
    rewardMax,
  }: Pick<OffPolicyRange, "rewardMin" | "rewardMax"> & { readonly confidence: number },
): Interval | Refused<OffPolicyRefusal> {
  const fault = rewardRangeFault(log, { rewardMin, rewardMax });
  if (fault !== null) return fault;
  const { rewards, weights } = log;
  let [largest, weighted] = [0, 0];
  for (let i = 0; i < rewards.length; i++) {
    const w = weights[i] ?? NaN;
    if (w > largest) largest = w;
    weighted += (w * ((rewards[i] ?? NaN) - rewardMin)) / (rewardMax - rewardMin);
  }
  if (largest === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const trials = rewards.length / largest;
  const answer = proportionInterval(
    { n: trials, conversions: Math.min(trials, weighted / largest) },
    { confidence, method: "clopper-pearson" },
  );
  if (answer.kind === "refused") return refuse("invalid-input", answer.message);
  const back = (p: number): number => rewardMin + p * (rewardMax - rewardMin);
  return { lower: back(answer.interval.lower), upper: back(answer.interval.upper) };
}

/**
 * Confidence sequence for the value of a policy: holds at every look, needs no bound on the weights, wide below thousands of rounds.
 *
 * @param log - rounds in time order.
 * @formula smallest m whose gamma-exponential mixture of Σ(w r − m), over the squared error of a running prediction, stays below 2/α
 * @assumes Exact propensities, which may depend on the past; rewards in a range known beforehand.
 * @returns `too-few` without rounds, `invalid-input` for rewards outside the range or alpha outside (0, 1).
 * @see Karampatziakis, Mineiro & Ramdas (2021), "Off-policy confidence sequences", theorem 1 with a gamma-exponential mixture, ρ = 1.
 * @example
 * const rounds = { rewards: [1, 0, 1, 0], weights: [1, 2, 0.5, 0.5] };
 * offPolicyConfidenceSequence(rounds, { alpha: 0.05, rewardMin: 0, rewardMax: 1 }) // => { lower: 0, upper: 1 }
 */
export function offPolicyConfidenceSequence(
  log: LoggedRounds,
  { alpha, rewardMin, rewardMax }: Pick<OffPolicyRange, "rewardMin" | "rewardMax"> & { readonly alpha: number },
): Interval | Refused<OffPolicyRefusal> {
  const fault = rewardRangeFault(log, { rewardMin, rewardMax });
  if (fault !== null) return fault;
  if (!(alpha > 0 && alpha < 1)) return refuse("invalid-input", `alpha must be in (0, 1), got ${alpha}`);
  const width = rewardMax - rewardMin;
  const lower = valueLowerBound(log, { alpha: alpha / 2, scale: (r) => (r - rewardMin) / width });
  const upper = 1 - valueLowerBound(log, { alpha: alpha / 2, scale: (r) => (rewardMax - r) / width });
  // Both bounds hold at once with probability 1 − α; where they cross, the stated propensities or ranges cannot be right.
  return lower < upper
    ? { lower: rewardMin + lower * width, upper: rewardMin + upper * width }
    : refuse("invalid-input", "the bounds cross: check the logged propensities and the range of the rewards");
}

/** Lower bound for rewards scaled to [0, 1]; the intrinsic time is the squared error of a running prediction of w·r. */
function valueLowerBound(
  { rewards, weights }: LoggedRounds,
  { alpha, scale }: { readonly alpha: number; readonly scale: (reward: number) => number },
): number {
  const n = rewards.length;
  let [total, v] = [0, 0];
  for (let t = 0; t < n; t++) {
    const x = (weights[t] ?? NaN) * scale(rewards[t] ?? NaN);
    const error = x - (total + 0.5) / (t + 1);
    v += error * error;
    total += x;
  }
  const mixture = gammaExponentialMixture({ rho: 1, c: 1 });
  const excess = (mean: number): number => mixture.logValue(total - n * mean, v) + Math.log(alpha);
  const largest = Math.min(1, total / n);
  if (excess(0) <= 0) return 0;
  return excess(largest) >= 0 ? largest : bisect(excess, 0, largest);
}

function rewardRangeFault(
  log: LoggedRounds,
  { rewardMin, rewardMax }: Pick<OffPolicyRange, "rewardMin" | "rewardMax">,
): Refused<OffPolicyRefusal> | null {
  if (log.rewards.length === 0) return refuse("too-few", "no rounds yet");
  if (!(rewardMax > rewardMin) || !Number.isFinite(rewardMin) || !Number.isFinite(rewardMax))
    return refuse("invalid-input", `rewardMax must be above rewardMin, got ${rewardMin} and ${rewardMax}`);
  for (let i = 0; i < log.rewards.length; i++) {
    const r = log.rewards[i] ?? NaN;
    if (!(r >= rewardMin && r <= rewardMax))
      return refuse("invalid-input", `reward ${r} of round ${i} is outside [${rewardMin}, ${rewardMax}]`);
  }
  return roundsFault(log);
}

function rangeFault(log: LoggedRounds, range: OffPolicyRange): Refused<OffPolicyRefusal> | null {
  if (!(range.weightMin >= 0 && range.weightMin < 1 && range.weightMax > 1 && range.weightMax < Infinity)) {
    return refuse(
      "invalid-input",
      `possible weights must span 1 and be bounded, got [${range.weightMin}, ${range.weightMax}]`,
    );
  }
  const fault = rewardRangeFault(log, range);
  if (fault !== null) return fault;
  for (let i = 0; i < log.weights.length; i++) {
    const w = log.weights[i] ?? NaN;
    if (!(w >= range.weightMin * (1 - 1e-12) && w <= range.weightMax * (1 + 1e-12)))
      return refuse("invalid-input", `weight ${w} of round ${i} is outside [${range.weightMin}, ${range.weightMax}]`);
  }
  return null;
}
