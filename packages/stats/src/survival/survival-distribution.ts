import { bisect } from "../numerics/bisect.ts";
import { momentsOf, sampleVariance } from "../cohorts/moments.ts";
import { refuse, type Refused } from "../refused.ts";
import { normalLogSf, normalPdf } from "../numerics/special-functions.ts";
import { survivalFault, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** log T = location + scale·W. Weibull: shape 1/scale, characteristic time e^location; log-normal: W standard normal. */
export interface SurvivalDistribution {
  readonly kind: "estimate";
  readonly location: number;
  readonly scale: number;
  /** Of the times, not of their logarithms. */
  readonly logLikelihood: number;
}

/** Family of the times. */
export type SurvivalFamily = "exponential" | "weibull" | "log-normal";

/**
 * Maximum likelihood for a parametric distribution of times with censoring.
 *
 * For forecasting only: it says what happens beyond the data by assumption. All units are taken to have the event some day; use a
 * cure fraction where most never convert.
 *
 * @returns `too-few` with fewer events than parameters, or all at one time; `invalid-input` also for a time of 0.
 * @formula maximise Σ d·log f(t) + (1 − d)·log S(t)
 * @assumes every unit has the event some day; the family is right; censoring that tells nothing
 * @see Kalbfleisch & Prentice (2002), chapter 3; Olsen (1978) for the concave form of the log-normal likelihood.
 * @example
 * survivalDistribution({ times: [1, 2, 3], events: [1, 1, 0] }, "exponential").location // => 1.098612
 */
export function survivalDistribution(
  input: SurvivalInput,
  family: SurvivalFamily,
): SurvivalDistribution | Refused<SurvivalRefusal> {
  const fault = survivalFault(input.times, input.events, 1);
  if (fault !== null) return fault;
  const units = { times: Array.from(input.times), events: Array.from(input.events) };
  if (!units.times.every((t) => t > 0)) return refuse("invalid-input", "times must be positive");
  const found = new Set(units.times.filter((_, i) => units.events[i] === 1)).size;
  if (found < (family === "exponential" ? 1 : 2))
    return refuse("too-few", `${found} distinct event times cannot fit the ${family} distribution`);
  switch (family) {
    case "exponential":
      return weibullAt(units, 1);
    case "weibull":
      return weibull(units);
    case "log-normal":
      return logNormal(units);
  }
}

interface Units {
  readonly times: readonly number[];
  readonly events: readonly number[];
}

/** Solves the profile score of the shape: Σtᵏ ln t/Σtᵏ − 1/k = mean ln t of the events. */
function weibull(input: Units): SurvivalDistribution | Refused<"too-few"> {
  const logs = input.times.map(Math.log);
  const longest = logs.reduce((m, x) => Math.max(m, x), -Infinity);
  const seen = logs.filter((_, i) => input.events[i] === 1);
  const meanSeen = seen.reduce((t, x) => t + x, 0) / seen.length;
  const score = (logShape: number): number => {
    const shape = Math.exp(logShape);
    let [weights, weighted] = [0, 0];
    for (const x of logs) {
      const w = Math.exp(shape * (x - longest));
      weights += w;
      weighted += w * x;
    }
    return weighted / weights - 1 / shape - meanSeen;
  };
  if (!(score(-12) < 0 && score(12) > 0)) return refuse("too-few", "the times differ too little to tell their spread");
  return weibullAt(input, Math.exp(bisect(score, -12, 12)));
}

function weibullAt({ times, events }: Units, shape: number): SurvivalDistribution {
  const deaths = events.reduce((t, e) => t + e, 0);
  const longest = times.reduce((m, t) => Math.max(m, t), 0);
  const exposure = times.reduce((t, x) => t + (x / longest) ** shape, 0);
  const location = Math.log(longest) + Math.log(exposure / deaths) / shape;
  const logs = times.reduce((t, x, i) => t + (events[i] === 1 ? Math.log(x) : 0), 0);
  return {
    kind: "estimate",
    location,
    scale: 1 / shape,
    // At the maximum the cumulative hazards of all units sum to the number of events.
    logLikelihood: deaths * (Math.log(shape) - shape * location) + (shape - 1) * logs - deaths,
  };
}

/** Newton on a = 1/σ and b = μ/σ, in which the likelihood is concave. */
function logNormal({ times, events }: Units): SurvivalDistribution | Refused<"too-few"> {
  const logs = times.map(Math.log);
  const start = momentsOf(logs);
  let [a, b] = [1 / Math.sqrt(sampleVariance(start) ?? 1), 0];
  b = start.mean * a;
  let at = logNormalAt(logs, events, { a, b });
  for (let iteration = 0; iteration < 100; iteration++) {
    const determinant = at.haa * at.hbb - at.hab * at.hab;
    const [da, db] = [(at.hbb * at.ga - at.hab * at.gb) / determinant, (at.haa * at.gb - at.hab * at.ga) / determinant];
    let share = 1;
    let next = at;
    for (let halving = 0; halving < 60; halving++, share /= 2) {
      const tried = { a: a - share * da, b: b - share * db };
      if (!(tried.a > 0)) continue;
      next = logNormalAt(logs, events, tried);
      if (next.value >= at.value - 1e-12 * Math.abs(at.value)) break;
    }
    [a, b, at] = [a - share * da, b - share * db, next];
    if (Math.abs(share * da) <= 1e-12 * a && Math.abs(share * db) <= 1e-12 * (a + Math.abs(b)))
      return {
        kind: "estimate",
        location: b / a,
        scale: 1 / a,
        logLikelihood: at.value - logs.reduce((t, x, i) => t + (events[i] === 1 ? x : 0), 0),
      };
  }
  return refuse("too-few", "the log-normal likelihood has no clear maximum on these units");
}

interface Curvature {
  readonly value: number;
  readonly ga: number;
  readonly gb: number;
  readonly haa: number;
  readonly hab: number;
  readonly hbb: number;
}

function logNormalAt(
  logs: readonly number[],
  events: readonly number[],
  { a, b }: { readonly a: number; readonly b: number },
): Curvature {
  let [value, ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0, 0];
  logs.forEach((x, i) => {
    const z = a * x - b;
    let [slope, curve] = [-z, -1];
    if (events[i] === 1) {
      value += Math.log(a) - (z * z + Math.log(2 * Math.PI)) / 2;
      ga += 1 / a;
      haa -= 1 / (a * a);
    } else {
      const logSf = normalLogSf(z);
      const hazard = normalPdf(z) === 0 ? Math.max(0, z) : Math.exp(Math.log(normalPdf(z)) - logSf);
      value += logSf;
      slope = -hazard;
      curve = -hazard * (hazard - z);
    }
    ga += slope * x;
    gb -= slope;
    haa += curve * x * x;
    hab -= curve * x;
    hbb += curve;
  });
  return { value, ga, gb, haa, hab, hbb };
}
