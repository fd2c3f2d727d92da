import { adaptiveWindow } from "../drift/adaptive-window.ts";
import { binnedDrift } from "../drift/binned-drift.ts";
import { initialDdm, stepDdm } from "../drift/ddm.ts";
import { initialEddm, stepEddm } from "../drift/eddm.ts";
import { initialHddm, stepHddm } from "../drift/hddm-a.ts";
import { initialPageHinkley, stepPageHinkley, type DriftSignal } from "../drift/page-hinkley.ts";
import { twoSampleDrift } from "../drift/two-sample-drift.ts";
import { accepted, type Adapters } from "./adapter.ts";
import { bool, num, nums, type Produced } from "./json.ts";

/** Positions of alarms and warnings of a detector folded over a stream. */
function alarms<S extends { readonly signal: DriftSignal }>(
  xs: readonly number[],
  initial: S,
  step: (state: S, x: number) => S,
): { readonly detections: readonly number[]; readonly warnings: readonly number[] } {
  const [detections, warnings]: [number[], number[]] = [[], []];
  let state = initial;
  xs.forEach((x, i) => {
    state = step(state, x);
    if (state.signal === "drift") detections.push(i);
    if (state.signal === "warning") warnings.push(i);
  });
  return { detections, warnings };
}

export const driftAdapters: Adapters = {
  binned_divergence: (inputs) => {
    const drift = accepted(binnedDrift(nums(inputs, "expected_counts"), nums(inputs, "actual_counts")));
    return {
      psi: drift.stabilityIndex,
      kl_actual_expected: drift.divergence,
      js_distance: drift.jensenShannonDistance,
      js_distance_base2: drift.jensenShannonDistance / Math.sqrt(Math.LN2),
      chi2: drift.chiSquared,
      chi2_p: drift.pValue,
    };
  },
  two_sample: (inputs) => {
    const drift = accepted(twoSampleDrift(nums(inputs, "x"), nums(inputs, "y")));
    return {
      ks: drift.statistic,
      ks_p_asymptotic: drift.approximatePValue,
      ks_p_exact: drift.pValue,
      wasserstein: drift.wasserstein,
    };
  },
  adwin: (inputs) => {
    const window = adaptiveWindow({ delta: num(inputs, "delta"), variant: "scikit-multiflow" });
    const found: { readonly at: number; readonly width: number }[] = [];
    nums(inputs, "x").forEach((x, i) => {
      if (window.add(x)) found.push({ at: i, width: window.read().width });
    });
    return {
      detections: found.map(({ at }) => at),
      width_after: found.map(({ width }) => width),
      final_width: window.read().width,
      final_mean: window.read().mean,
    };
  },
  ddm: (inputs) =>
    alarms(nums(inputs, "x"), initialDdm, (state, x) =>
      stepDdm(state, x, {
        minimum: num(inputs, "min_instances"),
        warningLevel: num(inputs, "warning_level"),
        driftLevel: num(inputs, "out_control_level"),
      }),
    ),
  eddm: (inputs) => alarms(nums(inputs, "x"), initialEddm, stepEddm),
  hddm_a: (inputs) =>
    alarms(nums(inputs, "x"), initialHddm, (state, x) =>
      stepHddm(state, x, {
        drift: num(inputs, "drift_confidence"),
        warning: num(inputs, "warning_confidence"),
        twoSided: bool(inputs, "two_side"),
      }),
    ),
  page_hinkley: (inputs) => {
    const options = {
      minimum: num(inputs, "min_instances"),
      delta: num(inputs, "delta"),
      threshold: num(inputs, "threshold"),
      forgetting: num(inputs, "alpha"),
    };
    const sums: number[] = [];
    const { detections } = alarms(nums(inputs, "x"), initialPageHinkley, (state, x) => {
      const next = stepPageHinkley(state, x, options);
      sums.push(next.sum);
      return next;
    });
    const kept: Produced = [49, 199, 599].flatMap((i) => sums.slice(i, i + 1));
    return { detections, sum_at_49_199_599: kept };
  },
};
