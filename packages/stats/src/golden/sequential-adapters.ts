import {
  asymptoticConfidenceSequence,
  asymptoticMargin,
  iteratedLogarithmMargin,
  mixingVariance,
  type Sides,
} from "../anytime/asymptotic-confidence-sequence.ts";
import {
  bernoulliConfidenceSequence,
  betaBinomialMixture,
  gammaExponentialMixture,
  mixtureBound,
  polyStitchingBound,
} from "../anytime/uniform-boundaries.ts";
import {
  empiricalBernsteinSequence,
  hedgedLogCapital,
  hedgedSequence,
  hoeffdingSequence,
} from "../anytime/bounded-mean.ts";
import { liftMoments } from "../cohorts/lift.ts";
import { addObservation, emptyMoments } from "../cohorts/moments.ts";
import { mixturePrecision, normalLogMixture, normalMixtureBound } from "../anytime/normal-mixture.ts";
import { twoByTwoDifference } from "../anytime/two-by-two-difference.ts";
import {
  initialTwoByTwo,
  stepTwoByTwo,
  twoByTwoEvidence,
  type TwoByTwoBatch,
  type TwoByTwoPrior,
} from "../anytime/two-by-two-e-process.ts";
import { welchDifference } from "../cohorts/welch.ts";
import { accepted, pair, type Adapter, type Adapters } from "./adapter.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { bool, num, numOr, nums, obj, str, type JsonObject } from "./json.ts";

/** The sequential answer of gbstats for an estimate with a standard error. */
export function gbSequential(
  { estimate, standardError }: { readonly estimate: number; readonly standardError: number },
  { n, inputs, sides }: { readonly n: number; readonly inputs: JsonObject; readonly sides: Sides },
): ReturnType<Adapter> {
  const alpha = num(inputs, "alpha");
  const tunedFor = num(inputs, "tuning");
  const answer = asymptoticConfidenceSequence({
    estimate,
    standardError,
    n,
    alpha,
    tunedFor,
    sides,
    tuning: "approximate",
  });
  if (answer.kind === "refused") return answer;
  return {
    point_estimate: estimate,
    standard_error: standardError,
    ci: pair(answer),
    p_value: answer.pValue,
    // gbstats finds the one-sided p-value by bisection on alpha in [1e-5, 0.4999]; ours is closed, cut to its range here.
    p_value_bisected: Math.min(0.4999, Math.max(1e-5, answer.pValue)),
    rho: Math.sqrt(mixingVariance({ alpha: sides === "two" ? alpha : 2 * alpha, tunedFor, tuning: "approximate" })),
    n_used: n,
  };
}

function gbSequentialMeans(sides: Sides): Adapter {
  return (inputs) => {
    const control = gbstatsMoments(obj(inputs, "control"));
    const treatment = gbstatsMoments(obj(inputs, "treatment"));
    const answer =
      str(inputs, "difference_type") === "relative"
        ? liftMoments(control, treatment)
        : welchDifference(control, treatment, { confidence: 0.95 });
    return answer.kind === "refused" ? answer : gbSequential(answer, { n: control.n + treatment.n, inputs, sides });
  };
}

const side = (inputs: JsonObject): "one" | "two" => (bool(inputs, "one_sided") ? "one" : "two");

/** At every time: running mean ± running standard deviation (divided by n − 1) times the margin; open where the variance is undefined. */
function runningSequence(
  xs: readonly number[],
  { rhoSquared, alpha, lyapunov }: { readonly rhoSquared: number; readonly alpha: number; readonly lyapunov: boolean },
) {
  let moments = emptyMoments;
  const ends = xs.map((x) => {
    moments = addObservation(moments, x);
    if (moments.n < 2) return { lower: -Infinity, upper: Infinity };
    const variance = moments.m2 / (moments.n - 1);
    const half = lyapunov
      ? asymptoticMargin({ n: moments.n, rhoSquared: rhoSquared * variance, alpha, sided: "two" }) * Math.sqrt(variance)
      : asymptoticMargin({ n: moments.n, rhoSquared, alpha, sided: "two" }) * Math.sqrt(variance);
    return { lower: moments.mean - half, upper: moments.mean + half };
  });
  return { lower: ends.map((e) => e.lower), upper: ends.map((e) => e.upper) };
}

type Sizes = (key: "na" | "nb", i: number) => number;

function twoByTwoBatches(inputs: JsonObject, sizes: Sizes): readonly TwoByTwoBatch[] {
  const xb = nums(inputs, "xb");
  return nums(inputs, "xa").map((xa, i) => ({
    control: { n: sizes("na", i), conversions: xa },
    treatment: { n: sizes("nb", i), conversions: xb[i] ?? 0 },
  }));
}

function twoByTwoPrior(inputs: JsonObject): TwoByTwoPrior {
  const shape = (arm: "A" | "B") => ({
    conversions: num(obj(inputs, "prior"), `beta${arm}1`),
    others: num(obj(inputs, "prior"), `beta${arm}2`),
  });
  return { control: shape("A"), treatment: shape("B") };
}

function twoByTwoSeries(inputs: JsonObject, sizes: Sizes): ReturnType<Adapter> {
  let state = initialTwoByTwo;
  return {
    e_value: twoByTwoBatches(inputs, sizes).map((batch) => {
      const next = stepTwoByTwo(state, batch, twoByTwoPrior(inputs));
      if ("kind" in next) throw new Error(next.message);
      state = next;
      return twoByTwoEvidence(state).eValue;
    }),
  };
}

/** safestats reports the outermost points of its own grid that are left; ours are the ends between its points. */
function twoByTwoDifferenceOnGrid(inputs: JsonObject): ReturnType<Adapter> {
  const points = num(inputs, "precision");
  const { lower, upper } = accepted(
    twoByTwoDifference(
      twoByTwoBatches(inputs, (key) => num(inputs, key)),
      { alpha: num(inputs, "alpha"), prior: twoByTwoPrior(inputs) },
    ),
  );
  const left = Array.from({ length: points }, (_, k) => -0.99 + (1.98 * k) / (points - 1)).filter(
    (delta) => delta >= lower && delta <= upper,
  );
  return { lower: left[0] ?? lower, upper: left.at(-1) ?? upper };
}

export const sequentialAdapters: Adapters = {
  "gb.sequential_two_sided": gbSequentialMeans("two"),
  "gb.seq_greater": gbSequentialMeans("lower"),
  "gb.seq_lesser": gbSequentialMeans("upper"),
  "gb.halfwidth": (inputs) => {
    const [n, alpha, tunedFor, sd] = [
      num(inputs, "n"),
      num(inputs, "alpha"),
      num(inputs, "tuning"),
      Math.sqrt(num(inputs, "s2")),
    ];
    const two = mixingVariance({ alpha, tunedFor, tuning: "approximate" });
    const one = mixingVariance({ alpha: 2 * alpha, tunedFor, tuning: "approximate" });
    return {
      rho_two_sided: Math.sqrt(two),
      rho_one_sided: Math.sqrt(one),
      halfwidth_two_sided: sd * asymptoticMargin({ n, rhoSquared: two, alpha, sided: "two" }),
      halfwidth_one_sided: sd * asymptoticMargin({ n, rhoSquared: one, alpha, sided: "one" }),
    };
  },
  "confseq.normal_mixture_bound": (inputs) => {
    const rho = mixturePrecision({
      vOpt: num(inputs, "v_opt"),
      alphaOpt: num(inputs, "alpha_opt"),
      side: side(inputs),
    });
    return {
      bound: nums(inputs, "v").map((v) =>
        normalMixtureBound(v, { alpha: num(inputs, "alpha"), rho, side: side(inputs) }),
      ),
    };
  },
  "confseq.normal_log_mixture": (inputs) => {
    const rho = mixturePrecision({
      vOpt: num(inputs, "v_opt"),
      alphaOpt: num(inputs, "alpha_opt"),
      side: side(inputs),
    });
    const vs = nums(inputs, "v");
    return {
      log_mixture: nums(inputs, "s").map((s, i) => normalLogMixture(s, vs[i] ?? 0, { rho, side: side(inputs) })),
    };
  },
  "confseq.gamma_exponential_bound": (inputs) => {
    const mixture = gammaExponentialMixture({
      rho: mixturePrecision({ vOpt: num(inputs, "v_opt"), alphaOpt: num(inputs, "alpha_opt"), side: "one" }),
      c: num(inputs, "c"),
    });
    return { bound: nums(inputs, "v").map((v) => mixtureBound(mixture, v, num(inputs, "alpha"))) };
  },
  "confseq.beta_binomial_bound": (inputs) => {
    const mixture = betaBinomialMixture({
      vOpt: num(inputs, "v_opt"),
      alphaOpt: num(inputs, "alpha_opt"),
      g: num(inputs, "g"),
      h: num(inputs, "h"),
      side: side(inputs),
    });
    return { bound: nums(inputs, "v").map((v) => mixtureBound(mixture, v, num(inputs, "alpha"))) };
  },
  "confseq.poly_stitching_bound": (inputs) => {
    const options = {
      alpha: num(inputs, "alpha"),
      vMin: num(inputs, "v_min"),
      c: num(inputs, "c"),
      s: num(inputs, "s"),
      eta: num(inputs, "eta"),
    };
    return { bound: nums(inputs, "v").map((v) => polyStitchingBound(v, options)) };
  },
  "confseq.bernoulli_confidence_interval": (inputs) => {
    const sample = { n: num(inputs, "trials"), conversions: num(inputs, "successes") };
    return {
      ci: pair(
        accepted(
          bernoulliConfidenceSequence(sample, {
            alpha: num(inputs, "alpha"),
            tunedFor: num(inputs, "t_opt"),
            alphaOpt: num(inputs, "alpha_opt"),
          }),
        ),
      ),
    };
  },
  "confseq.predmix_empirical_bernstein": (inputs) =>
    atLooks(inputs, accepted(empiricalBernsteinSequence(nums(inputs, "x"), { alpha: num(inputs, "alpha") })).intervals),
  "confseq.predmix_hoeffding": (inputs) =>
    atLooks(inputs, accepted(hoeffdingSequence(nums(inputs, "x"), { alpha: num(inputs, "alpha") })).intervals),
  "confseq.hedged_capital": (inputs) => {
    // The generator passed its own bets, sized for alpha, upwards only; confseq then sized the others for alpha·(1 − theta).
    const betAlphas = { above: num(inputs, "alpha"), below: num(inputs, "alpha") * (1 - num(inputs, "theta")) };
    return {
      capital: nums(inputs, "m").map((m) => {
        const logs = hedgedLogCapital(nums(inputs, "x"), m, {
          alpha: num(inputs, "alpha"),
          theta: num(inputs, "theta"),
          truncation: num(inputs, "trunc_scale"),
          betAlphas,
        });
        if ("kind" in logs) throw new Error(logs.message);
        return nums(inputs, "at").map((t) => Math.exp(logs[t - 1] ?? NaN));
      }),
    };
  },
  "confseq.hedged_cs": (inputs) =>
    atLooks(
      inputs,
      accepted(
        hedgedSequence(nums(inputs, "x"), {
          alpha: num(inputs, "alpha"),
          grid: num(inputs, "breaks"),
          theta: numOr(inputs, "theta", 0.5),
          truncation: numOr(inputs, "trunc_scale", 0.5),
        }),
      ).intervals,
    ),
  "asympcs.std_conjmix_margin": (inputs) => ({
    margin: nums(inputs, "t").map((n) =>
      asymptoticMargin({ n, rhoSquared: num(inputs, "rho2"), alpha: num(inputs, "alpha"), sided: "two" }),
    ),
  }),
  "asympcs.lil_margin": (inputs) => ({
    margin: nums(inputs, "t").map((n) => iteratedLogarithmMargin(n, num(inputs, "alpha"))),
  }),
  // safestats' two-sample z: the e-value mixes over ±phi; its interval is the normal mixture with precision sigma²/phi².
  safe_z: (inputs) => {
    const [n1, n2, phi, sigma, z] = [
      num(inputs, "n1"),
      num(inputs, "n2"),
      num(inputs, "phi"),
      num(inputs, "sigma"),
      num(inputs, "z"),
    ];
    const effective = 1 / (1 / n1 + 1 / n2);
    const half = normalMixtureBound(effective, { alpha: num(inputs, "alpha"), rho: (sigma / phi) ** 2, side: "two" });
    const mean = num(inputs, "mean");
    return {
      e_value:
        Math.exp((-effective * phi * phi) / (2 * sigma * sigma)) * Math.cosh((Math.sqrt(effective) * phi * z) / sigma),
      ci: [mean - (half / effective) * sigma, mean + (half / effective) * sigma],
    };
  },
  "asympcs.best_rho2": (inputs) => {
    const at = { alpha: num(inputs, "alpha"), tunedFor: num(inputs, "t_opt") };
    return {
      exact: mixingVariance({ ...at, tuning: "exact" }),
      approx: mixingVariance({ ...at, tuning: "approximate" }),
    };
  },
  "asympcs.series": (inputs) => {
    const alpha = num(inputs, "alpha");
    return runningSequence(nums(inputs, "x"), {
      rhoSquared: mixingVariance({ alpha, tunedFor: num(inputs, "t_opt"), tuning: "exact" }),
      alpha,
      lyapunov: false,
    });
  },
  "asympcs.lyapunov": (inputs) =>
    runningSequence(nums(inputs, "x"), {
      rhoSquared: num(inputs, "rho2"),
      alpha: num(inputs, "alpha"),
      lyapunov: true,
    }),
  "asympcs.ate_known_propensity": (inputs) => {
    const [w, e, alpha] = [nums(inputs, "w"), num(inputs, "e"), num(inputs, "alpha")];
    const scores = nums(inputs, "y").map((y, i) => (w[i] === 1 ? y / e : -y / (1 - e)));
    return runningSequence(scores, {
      rhoSquared: mixingVariance({ alpha, tunedFor: num(inputs, "t_opt"), tuning: "exact" }),
      alpha,
      lyapunov: false,
    });
  },
  "safe2x2.e_process": (inputs) => twoByTwoSeries(inputs, (key) => num(inputs, key)),
  "safe2x2.difference_ci": twoByTwoDifferenceOnGrid,
  "safe2x2.batches": (inputs) => twoByTwoSeries(inputs, (key, i) => nums(inputs, key)[i] ?? 0),
};

function atLooks(
  inputs: JsonObject,
  intervals: readonly { readonly lower: number; readonly upper: number }[],
): ReturnType<Adapter> {
  const looks = nums(inputs, "at").map((t) => intervals[t - 1] ?? { lower: NaN, upper: NaN });
  return { lower: looks.map((look) => look.lower), upper: looks.map((look) => look.upper) };
}
