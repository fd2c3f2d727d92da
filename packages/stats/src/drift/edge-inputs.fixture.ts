import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { adaptiveWindow } from "./adaptive-window.ts";
import { binnedDrift, stabilityThreshold } from "./binned-drift.ts";
import { initialDdm, stepDdm } from "./ddm.ts";
import { initialEDetector, stepEDetector } from "./e-detector.ts";
import { initialEddm, stepEddm } from "./eddm.ts";
import { initialHddm, stepHddm } from "./hddm-a.ts";
import { individualsLimits, initialRuns, stepRuns } from "./individuals-chart.ts";
import { effectTrend } from "./novelty-trend.ts";
import { initialPageHinkley, stepPageHinkley } from "./page-hinkley.ts";
import { proportionChart } from "./proportion-chart.ts";
import { twoSampleDrift } from "./two-sample-drift.ts";

/** Streams and samples that are empty, constant, huge, tiny, or not numbers. */
const STREAMS: readonly (readonly number[])[] = [
  [],
  [1],
  [NaN],
  [0, 0, 0],
  Array.from({ length: 100 }, () => 0),
  Array.from({ length: 100 }, () => 1),
  Array.from({ length: 100 }, (_, i) => i % 2),
  Array.from({ length: 200 }, (_, i) => Number(i > 100)),
  Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? NaN : i % 2)),
  Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? Infinity : -Infinity)),
  Array.from({ length: 100 }, (_, i) => 1e12 * (i % 7)),
  Array.from({ length: 100 }, (_, i) => 1e200 * (i % 2)),
  [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE, 1],
  [5e-324, 0, 5e-324, 0],
];

const COUNTS: readonly (readonly number[])[] = [
  [],
  [5],
  [0, 0],
  [5, 0],
  [0, 5],
  [10, 20],
  [1e12, 2e12],
  [1e300, 1e308],
  [1e308, 1e308],
  [5e-324, 1],
  [-1, 2],
  [NaN, 1],
  [Infinity, 1],
  [1, 2, 3],
];

const ODD: readonly number[] = [0, 1, -1, 0.5, 2, NaN, Infinity, -Infinity, 1e-300, 1e300];

function folded<S>(initial: S, step: (state: S, x: number) => S): readonly (() => S)[] {
  return STREAMS.map((xs) => () => xs.reduce(step, initial));
}

/** Calls at the edge of every exported function of this family. */
export const driftEdges: EdgeTable = {
  adaptiveWindow: STREAMS.flatMap((xs) =>
    [0.002, 0.999].map((delta) => () => {
      const window = adaptiveWindow({ delta });
      for (const x of xs) window.add(x);
      return window.read();
    }),
  ),
  binnedDrift: COUNTS.flatMap((a) =>
    COUNTS.map((b) => () => {
      const drift = binnedDrift(a, b);
      // An infinite index is the right one where a bin is empty on one side only, and it says so by a null p-value.
      return drift.kind === "estimate" && drift.stabilityPValue === null
        ? { ...drift, stabilityIndex: 0, divergence: 0 }
        : drift;
    }),
  ),
  stabilityThreshold: ODD.flatMap((x) => [
    () => stabilityThreshold({ reference: x, current: 100, bins: 10, alpha: 0.05 }),
    () => stabilityThreshold({ reference: 100, current: x, bins: 10, alpha: 0.05 }),
    () => stabilityThreshold({ reference: 100, current: 100, bins: x, alpha: 0.05 }),
    () => stabilityThreshold({ reference: 100, current: 100, bins: 10, alpha: x }),
  ]),
  twoSampleDrift: STREAMS.flatMap((a) => STREAMS.map((b) => () => twoSampleDrift(a, b))),
  individualsLimits: STREAMS.map((xs) => () => individualsLimits(xs)),
  stepRuns: STREAMS.flatMap((xs) =>
    [
      { centre: 0, upper: 3 },
      { centre: 0, upper: 0 },
      { centre: NaN, upper: 3 },
      { centre: 3, upper: 0 },
      { centre: 0, upper: Infinity },
    ].map((limits) => () => xs.reduce((s, x) => stepRuns(s, x, limits), initialRuns)),
  ),
  proportionChart: COUNTS.flatMap((ns) =>
    COUNTS.flatMap((cs) =>
      (["auto", "binomial", "laney"] as const).map(
        (spread) => () =>
          proportionChart(
            ns.map((n, i) => ({ n, conversions: cs[i] ?? 0 })),
            { spread },
          ),
      ),
    ),
  ),
  stepEDetector: [
    ...folded(initialEDetector, (s, x) => stepEDetector(s, x, { alpha: 0.01, limit: 0.2 })),
    ...folded(initialEDetector, (s, x) => stepEDetector(s, x, { alpha: 1e-300, limit: 1e-12, bets: [1] })),
  ],
  stepDdm: folded(initialDdm, (s, x) => stepDdm(s, x)).map((run) => () => {
    const { best, ...state } = run();
    // Nothing is best until the first test: infinite by definition.
    return state.n < 30 ? state : { ...state, best };
  }),
  stepEddm: folded(initialEddm, stepEddm),
  stepHddm: folded(initialHddm, (s, x) => stepHddm(s, x)),
  stepPageHinkley: folded(initialPageHinkley, (s, x) => stepPageHinkley(s, x)),
  effectTrend: STREAMS.flatMap((xs) => [
    () => effectTrend({ days: xs.map((_, i) => i), effects: xs, variances: xs.map(() => 1) }),
    () => effectTrend({ days: xs, effects: xs.map((_, i) => i), variances: xs.map(() => 1) }),
    () => effectTrend({ days: xs.map((_, i) => i), effects: xs.map((_, i) => i), variances: xs }),
    () => effectTrend({ days: xs.map(() => 3), effects: xs, variances: xs.map(() => 1) }),
    () => effectTrend({ days: xs, effects: [1], variances: [1] }, { time: "log-days" }),
  ]),
};

/** Functions of this family that are arithmetic on numbers, each with the reason: none. */
export const driftArithmetic: Arithmetic = {};
