import type { Arithmetic, EdgeCalls, EdgeTable } from "../honest-answer.contract.ts";
import { aalenJohansen } from "./aalen-johansen.ts";
import { censoringWeights } from "./censoring-weights.ts";
import { cureFraction, cureIncidence } from "./cure-fraction.ts";
import { kaplanMeier, survivalAt, survivalPoint, survivalPoints, type SurvivalCurve } from "./kaplan-meier.ts";
import { logRank } from "./log-rank.ts";
import { maturityCurve, timeUntilMature } from "./maturity-curve.ts";
import { nelsonAalen } from "./nelson-aalen.ts";
import { proportionalHazards } from "./proportional-hazards.ts";
import type { SurvivalInput } from "./survival-data.ts";
import { survivalDistribution } from "./survival-distribution.ts";
import { restrictedMean, survivalQuantile } from "./survival-summaries.ts";

const count = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Nobody, one, all at one time, all or none converted, time 0, huge and tiny times, not finite, not matching. */
const FOLLOWED: readonly SurvivalInput[] = [
  { times: [], events: [] },
  { times: [1], events: [1] },
  { times: [1], events: [0] },
  { times: [0], events: [1] },
  { times: [0, 0, 1], events: [1, 0, 1] },
  { times: [2, 2, 2, 2], events: [1, 0, 1, 0] },
  { times: [2, 2, 2, 2], events: [1, 1, 1, 1] },
  { times: count(40), events: count(40).map(() => 1) },
  { times: count(40), events: count(40).map(() => 0) },
  { times: count(40), events: count(40).map((t) => Number(t < 12)) },
  { times: count(40).map((t) => 1e12 + t), events: count(40).map((t) => t % 2) },
  { times: count(40).map((t) => 1e300 * (t / 40)), events: count(40).map((t) => t % 2) },
  { times: count(40).map((t) => 1e-300 * t), events: count(40).map((t) => t % 2) },
  { times: [NaN, 1], events: [1, 0] },
  { times: [Infinity, 1], events: [1, 0] },
  { times: [-1, 1], events: [1, 0] },
  { times: [1, 2], events: [1, NaN] },
  { times: [1, 2], events: [1, 3] },
  { times: [1, 2, 3], events: [1] },
];

const each = (call: (input: SurvivalInput) => unknown): EdgeCalls => FOLLOWED.map((input) => () => call(input));

const onCurves = (call: (curve: SurvivalCurve) => unknown): EdgeCalls =>
  each((input) => {
    const curve = kaplanMeier(input, { confidence: 0.95 });
    return curve.kind === "refused" ? curve : call(curve);
  });

const PLACES = [-1, 0, 1, 1.5, 1e12, NaN, Infinity];
const good = { times: [1, 2, 3, 4, 5, 6], events: [1, 0, 1, 1, 0, 1] };

export const survivalEdges: EdgeTable = {
  kaplanMeier: [
    ...(["plain", "log", "log-log"] as const).flatMap((scale) =>
      each((input) => kaplanMeier(input, { confidence: 0.95, scale })),
    ),
    ...[0, 1, NaN, 1e-12, 1 - 1e-12].map((confidence) => () => kaplanMeier(good, { confidence })),
  ],
  survivalPoint: PLACES.flatMap((k) => onCurves((curve) => survivalPoint(curve, k))),
  survivalPoints: onCurves(survivalPoints),
  survivalAt: PLACES.flatMap((time) => onCurves((curve) => survivalAt(curve, time))),
  survivalQuantile: [0, 0.5, 1, NaN].flatMap((share) =>
    // Limits of a step function may fall on one step: only the time is held to the contract.
    onCurves((curve) => survivalQuantile(curve, share).time),
  ),
  restrictedMean: PLACES.flatMap((horizon) => onCurves((curve) => restrictedMean(curve, horizon))),
  nelsonAalen: each(nelsonAalen),
  aalenJohansen: [0, 1, 2, NaN].flatMap((causes) => each((input) => aalenJohansen(input, causes))),
  logRank: [
    ...each((input) => logRank({ ...input, groups: Array.from(input.times, (_, i) => i % 2) })),
    ...each((input) => logRank({ ...input, groups: Array.from(input.times, () => 0) })),
    () => logRank({ ...good, groups: [0, 1, 0, 1, 0, NaN] }),
    () => logRank({ ...good, groups: [0, 2, 0, 2, 0, 2] }),
    () => logRank({ ...good, groups: [0, 1, 0, 1, 0, 1], strata: [1, 1, 1, 2, 2, NaN] }),
    () => logRank({ ...good, groups: [0, 1, 0, 1, 0, 1], strata: [1, 2, 3, 4, 5, 6] }),
    ...[-1, NaN, Infinity, 1e12].map((rho) => () => logRank({ ...good, groups: [0, 1, 0, 1, 0, 1] }, { rho })),
  ],
  proportionalHazards: [
    ...(["efron", "breslow"] as const).flatMap((ties) => [
      ...each((input) => proportionalHazards({ ...input, rows: Array.from(input.times, (_, i) => [i % 3]) }, { ties })),
      ...[
        [1, 1, 1, 1, 1, 1],
        [1, 2, 3, 4, 5, 6],
        [6, 5, 4, 3, 2, 1],
        [1, 0, 1, 0, 0, 1],
        [1e12, 2e12, 1e12, 3e12, 0, 1e12],
        [1e300, -1e300, 0, 1e300, 0, 1],
        [1e-300, 2e-300, 0, 1e-300, 0, 3e-300],
        [1, NaN, 1, 1, 0, 0],
        [1, 2],
      ].map((column) => () => proportionalHazards({ ...good, rows: column.map((x) => [x]) }, { ties })),
    ]),
    () => proportionalHazards({ ...good, rows: [[], [], [], [], [], []] }),
    () => proportionalHazards({ ...good, rows: [[0], [1], [0], [1], [1], [0]], strata: [1, 2] }),
    () => proportionalHazards({ ...good, rows: [[0], [1], [0], [1], [1], [0]], strata: [1, 2, NaN, 1, 1, 1] }),
  ],
  survivalDistribution: (["exponential", "weibull", "log-normal"] as const).flatMap((family) =>
    each((input) => survivalDistribution(input, family)),
  ),
  cureFraction: [
    ...each((input) => cureFraction(input, { confidence: 0.95 })),
    ...[0, 1, NaN].map((confidence) => () => cureFraction(good, { confidence })),
    () => cureFraction({ times: [...count(15).map(() => 3), ...count(30).map(() => 90)], events: [...count(15).map(() => 1), ...count(30).map(() => 0)] }, { confidence: 0.95 }), // prettier-ignore
  ],
  cureIncidence: PLACES.map((time) => () => cureIncidence({ share: 0.3, shape: 1, scale: 5 }, time)),
  censoringWeights: [...PLACES, 40].flatMap((horizon) => each((input) => censoringWeights(input, horizon))),
  maturityCurve: [
    ...[...PLACES, 40].flatMap((horizon) => each((input) => maturityCurve(input, { horizon, confidence: 0.95 }))),
    ...[0, 1, NaN].map((confidence) => () => maturityCurve(good, { horizon: 5, confidence })),
  ],
  timeUntilMature: [0, 0.5, 1, 2, NaN].flatMap((share) =>
    [2, 40].flatMap((horizon) =>
      each((input) => {
        const curve = maturityCurve(input, { horizon, confidence: 0.95 });
        return curve.kind === "refused" ? curve : timeUntilMature(curve, share);
      }),
    ),
  ),
};

export const survivalArithmetic: Arithmetic = {
  cureIncidence: "a value of a fitted function; NaN for a negative age or NaN",
};
