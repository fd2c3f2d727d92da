import { bisect } from "../numerics/bisect.ts";
import type { LoggedRounds, OffPolicyRefusal } from "./off-policy.ts";
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
  rewards.forEach((r, i) => {
    const w = weights[i] ?? NaN;
    w1 += w;
    ww += w * w;
    wr += w * r;
    wwr += w * w * r;
    wwrr += w * w * r * r;
    r1 += r;
  });
  return { n: rewards.length, w: w1, ww, wr, wwr, wwrr, r: r1 };
}

/**
 * Value by empirical likelihood with the Cressie-Read divergence of power −2: uses that true weights average 1.
 *
 * @see Karampatziakis, Langford & Mineiro (2020), "Empirical likelihood for contextual bandits", section 3.
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
 * Empirical-likelihood interval for the value of a policy (Cressie-Read, power −2), at one look.
 *
 * @see Karampatziakis, Langford & Mineiro (2020), section 4 and appendix C.
 */
export function cressieReadInterval(
  log: LoggedRounds,
  { confidence, ...range }: OffPolicyRange & { readonly confidence: number },
): Interval | Refused<OffPolicyRefusal> {
  const fault = rangeFault(log, range);
  if (fault !== null) return fault;
  const s = weightSums(log);
  const imagined = s.w < s.n ? range.weightMax : range.weightMin;
  const mean = (imagined + s.w) / (1 + s.n);
  const spread = (imagined * imagined + s.ww) / (1 + s.n) - mean * mean;
  const unconstrained = ((1 + s.n) * (mean - 1) ** 2) / spread;
  const phi = (-unconstrained - fUpperQuantile(1 - confidence, s.n)) / (2 * (1 + s.n));
  const clamp = (v: number): number => Math.min(range.rewardMax, Math.max(range.rewardMin, v));
  return {
    lower: clamp(extremeValue(s, range, { reward: range.rewardMin, sign: 1, phi })),
    upper: clamp(-extremeValue(s, range, { reward: range.rewardMax, sign: -1, phi })),
  };
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
 * Interval that takes Σwr/max w as successes among n/max w trials: for comparison only, **it is too narrow**.
 *
 * The sum varies as among n trials, not among n/max w: at weights 0 and 5 it missed the truth in 10 % of runs instead of 5 %, at
 * 200 as at 8,000 rounds. Use `cressieReadInterval` at one look and `offPolicyConfidenceSequence` for many.
 *
 * @see Clopper & Pearson (1934); the reduction is VowpalWabbit's.
 */
export function clopperPearsonInterval(
  { rewards, weights }: LoggedRounds,
  {
    confidence,
    rewardMin,
    rewardMax,
  }: Pick<OffPolicyRange, "rewardMin" | "rewardMax"> & { readonly confidence: number },
): Interval | Refused<OffPolicyRefusal> {
  const largest = weights.reduce((most, w) => Math.max(most, w), 0);
  if (largest === 0) return refuse("no-overlap", "the target policy never chooses a logged action");
  const successes =
    rewards.reduce((t, r, i) => t + ((weights[i] ?? NaN) * (r - rewardMin)) / (rewardMax - rewardMin), 0) / largest;
  const trials = rewards.length / largest;
  const answer = proportionInterval(
    { n: trials, conversions: Math.min(trials, successes) },
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
 * @see Karampatziakis, Mineiro & Ramdas (2021), "Off-policy confidence sequences", theorem 1 with a gamma-exponential mixture, ρ = 1.
 */
export function offPolicyConfidenceSequence(
  { rewards, weights }: LoggedRounds,
  { alpha, rewardMin, rewardMax }: Pick<OffPolicyRange, "rewardMin" | "rewardMax"> & { readonly alpha: number },
): Interval | Refused<OffPolicyRefusal> {
  if (rewards.length === 0) return refuse("too-few", "no rounds yet");
  if (!(rewardMax > rewardMin))
    return refuse("invalid-input", `rewardMax must be above rewardMin, got ${rewardMin} and ${rewardMax}`);
  const scaled = rewards.map((r) => (r - rewardMin) / (rewardMax - rewardMin));
  const lower = valueLowerBound(scaled, weights, alpha / 2);
  const upper =
    1 -
    valueLowerBound(
      scaled.map((r) => 1 - r),
      weights,
      alpha / 2,
    );
  return { lower: rewardMin + lower * (rewardMax - rewardMin), upper: rewardMin + upper * (rewardMax - rewardMin) };
}

/** Lower bound for rewards in [0, 1]; the intrinsic time is the squared error of a running prediction of w·r. */
function valueLowerBound(rewards: readonly number[], weights: readonly number[], alpha: number): number {
  const n = rewards.length;
  let [total, v] = [0, 0];
  rewards.forEach((r, t) => {
    const x = (weights[t] ?? NaN) * r;
    v += (x - (total + 0.5) / (t + 1)) ** 2;
    total += x;
  });
  const mixture = gammaExponentialMixture({ rho: 1, c: 1 });
  const excess = (mean: number): number => mixture.logValue(total - n * mean, v) + Math.log(alpha);
  const largest = Math.min(1, total / n);
  if (excess(0) <= 0) return 0;
  return excess(largest) >= 0 ? largest : bisect(excess, 0, largest);
}

function rangeFault({ rewards, weights }: LoggedRounds, range: OffPolicyRange): Refused<OffPolicyRefusal> | null {
  if (rewards.length === 0) return refuse("too-few", "no rounds yet");
  if (!(range.weightMin < 1 && range.weightMax > 1 && Number.isFinite(range.weightMax))) {
    return refuse(
      "invalid-input",
      `possible weights must span 1 and be bounded, got [${range.weightMin}, ${range.weightMax}]`,
    );
  }
  const bad = rewards.findIndex((r, i) => {
    const w = weights[i] ?? NaN;
    return !(
      r >= range.rewardMin &&
      r <= range.rewardMax &&
      w >= range.weightMin &&
      w <= range.weightMax * (1 + 1e-12)
    );
  });
  return bad < 0
    ? null
    : refuse(
        "invalid-input",
        `round ${bad} (reward ${rewards[bad]}, weight ${weights[bad]}) is outside the stated range`,
      );
}
