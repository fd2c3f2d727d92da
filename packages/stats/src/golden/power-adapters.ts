import { liftMoments } from "../cohorts/lift.ts";
import { midExperimentPower, unitsStillNeeded, type RunningExperiment } from "../design/mid-experiment-power.ts";
import {
  cohenH,
  standardisedPower,
  standardisedSize,
  twoMeansPower,
  twoMeansSize,
  twoProportionsPower,
  twoProportionsSize,
  type TwoMeans,
  type TwoRates,
} from "../design/power.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { gbstatsMoments } from "./gbstats.ts";
import { num, numOr, obj, str, type JsonObject } from "./json.ts";

const rates = (inputs: JsonObject): TwoRates => ({
  control: num(inputs, "p1"),
  treatment: num(inputs, "p2"),
  alpha: num(inputs, "alpha"),
});
const means = (inputs: JsonObject): TwoMeans => ({
  delta: num(inputs, "delta"),
  standardDeviation: num(inputs, "sd"),
  alpha: num(inputs, "alpha"),
});

function sizes(answer: ReturnType<typeof twoProportionsSize>): {
  readonly control: number;
  readonly treatment: number;
} {
  if ("kind" in answer) throw new Error(answer.message);
  return answer;
}

function reading(inputs: JsonObject): RunningExperiment["reading"] {
  switch (str(inputs, "kind")) {
    case "sequential":
      return { kind: "sequential", tunedFor: num(inputs, "tuning") };
    case "prior":
      return {
        kind: "bayesian",
        prior: { mean: num(obj(inputs, "prior"), "mean"), variance: num(obj(inputs, "prior"), "variance") },
      };
    default:
      return { kind: "fixed" };
  }
}

export const powerAdapters: Adapters = {
  "power.normal_ind": (inputs) => ({
    nobs1: accepted(
      standardisedSize(num(inputs, "effect_size"), {
        alpha: num(inputs, "alpha"),
        power: num(inputs, "power"),
        ratio: numOr(inputs, "ratio", 1),
      }),
    ),
  }),
  "power.two_proportions_n": (inputs) => {
    const { control } = sizes(twoProportionsSize(rates(inputs), { power: num(inputs, "power") }));
    return { n: control, power: twoProportionsPower(rates(inputs), control) };
  },
  "power.two_proportions_power": (inputs) => ({
    n: num(inputs, "n"),
    power: twoProportionsPower(rates(inputs), num(inputs, "n")),
  }),
  "power.rpact_two_proportions": (inputs) => {
    const { control, treatment } = sizes(
      twoProportionsSize(rates(inputs), { power: num(inputs, "power"), ratio: num(inputs, "ratio") }),
    );
    return { n_total: control + treatment, n_treat: treatment, n_control: control };
  },
  "power.cohen_h": (inputs) => {
    const h = cohenH(num(inputs, "p1"), num(inputs, "p2"));
    return {
      h,
      power: standardisedPower(h, {
        control: num(inputs, "n1"),
        treatment: num(inputs, "n2"),
        alpha: num(inputs, "alpha"),
      }),
    };
  },
  "power.two_means_n": (inputs) => {
    const n = accepted(twoMeansSize(means(inputs), { power: num(inputs, "power") }));
    return { n, power: twoMeansPower(means(inputs), n) };
  },
  "power.two_means_power": (inputs) => ({ n: num(inputs, "n"), power: twoMeansPower(means(inputs), num(inputs, "n")) }),
  "gb.midexperiment_power": (inputs) => {
    const control = gbstatsMoments(obj(inputs, "control"));
    const treatment = gbstatsMoments(obj(inputs, "treatment"));
    const { standardError } = accepted(liftMoments(control, treatment));
    const n = control.n + treatment.n;
    const experiment = {
      standardError,
      n,
      effect: num(inputs, "target_mde"),
      alpha: num(inputs, "alpha"),
      reading: reading(inputs),
    };
    const { units } = accepted(unitsStillNeeded(experiment, { power: num(inputs, "target_power") }));
    return {
      power_now: midExperimentPower(experiment, 1),
      power_if_doubled: midExperimentPower(experiment, 2),
      scaling_factor: units / n,
      additional_users: units,
      message: "successful",
    };
  },
};
