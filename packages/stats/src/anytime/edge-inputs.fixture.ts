import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { anytimeCoefficient, anytimeMultiplier, narrowestG } from "./anytime-valid-linear-model.ts";
import {
  asymptoticConfidenceSequence,
  asymptoticMargin,
  iteratedLogarithmMargin,
  mixingVariance,
  type Sides,
} from "./asymptotic-confidence-sequence.ts";
import {
  empiricalBernsteinSequence,
  hedgedLogCapital,
  hedgedSequence,
  hoeffdingSequence,
  predictablePlugIn,
} from "./bounded-mean.ts";
import { spentError, type ErrorSpending } from "./error-spending.ts";
import { groupSequentialBounds, wangTsiatisBounds } from "./group-sequential.ts";
import { mixturePrecision, normalLogMixture, normalMixtureBound } from "./normal-mixture.ts";
import { rateDifferenceSequence, rateRatioSequence } from "./rate-sequences.ts";
import { chiSquaredSampleRatio, sequentialSampleRatio } from "./sample-ratio-mismatch.ts";
import { twoByTwoDifference } from "./two-by-two-difference.ts";
import { initialTwoByTwo, stepTwoByTwo, twoByTwoEProcess, twoByTwoEvidence } from "./two-by-two-e-process.ts";
import {
  bernoulliConfidenceSequence,
  betaBinomialMixture,
  gammaExponentialMixture,
  mixtureBound,
  polyStitchingBound,
} from "./uniform-boundaries.ts";
import { unitsUntilConfidenceSequence } from "./units-until-confidence-sequence.ts";

/** Numbers that some input may not be, with two that any may. */
const NUMBERS = [0, 1, -1, 0.5, 1e-12, 1e12, NaN, Infinity, -Infinity];
const RATES = [0.05, 1e-12, 0, 0.5, 1, -1, NaN, Infinity];
const SIDES: readonly Sides[] = ["two", "lower", "upper"];

const ARMS = [
  { n: 0, conversions: 0 },
  { n: 1, conversions: 0 },
  { n: 1, conversions: 1 },
  { n: 100, conversions: 0 },
  { n: 100, conversions: 100 },
  { n: 100, conversions: 50 },
  { n: 1e12, conversions: 1 },
  { n: 1e12, conversions: 1e12 },
  { n: 1e12, conversions: 1e10 },
  { n: 100, conversions: 101 },
  { n: -1, conversions: 0 },
  { n: NaN, conversions: 0 },
  { n: 100, conversions: NaN },
  { n: Infinity, conversions: 1 },
];
const BATCHES = ARMS.flatMap((control) => ARMS.map((treatment) => ({ control, treatment })));
const TUNING = { alpha: 0.05, tunedFor: 1000 };

const OUTCOMES = [
  [],
  [0],
  [1],
  [0.5],
  Array.from({ length: 50 }, () => 0),
  Array.from({ length: 50 }, () => 1),
  Array.from({ length: 50 }, () => 0.5),
  [NaN],
  [0, 1.1],
  [Infinity, 0],
  [-1],
];

const SPENDING: readonly ErrorSpending[] = [
  { kind: "obrien-fleming" },
  { kind: "pocock" },
  ...[1, 0, -1, 1000, NaN, Infinity].map((exponent) => ({ kind: "power", exponent }) as const),
  ...[0, 1, -1, 1000, -1000, NaN, Infinity].map((rate) => ({ kind: "exponential", rate }) as const),
];
const SHARES = [
  [],
  [1],
  [0.5, 1],
  [1e-300, 1],
  [0.5, 0.5],
  [1, 0.5],
  [0.5, 2],
  [0, 1],
  [NaN, 1],
  [-1, 1],
  [0.5, 0.500001],
];
const PLANS = SHARES.flatMap((informationShares) =>
  RATES.flatMap((alpha) => ([1, 2] as const).map((sides) => ({ informationShares, alpha, sides }))),
);

const SPLITS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[5], [1]],
  [
    [0, 0],
    [1, 1],
  ],
  [
    [1, 0],
    [1, 1],
  ],
  [
    [1e12, 1e12 + 1e6],
    [1, 1],
  ],
  [
    [1e15, 0],
    [1, 1],
  ],
  [
    [5, 5, 0],
    [1, 1, 0],
  ],
  [
    [5, 5, 1],
    [1, 1, 0],
  ],
  [
    [5, 5],
    [0, 0],
  ],
  [
    [5, 5],
    [1, 1e-300],
  ],
  [
    [5, 5],
    [1, 1e-9],
  ],
  [
    [5, 5],
    [1e300, 1e300],
  ],
  [
    [5, NaN],
    [1, 1],
  ],
  [
    [5, Infinity],
    [1, 1],
  ],
  [
    [5, -1],
    [1, 1],
  ],
  [
    [5, 5],
    [1, NaN],
  ],
  [
    [5, 5],
    [1, Infinity],
  ],
  [[5, 5], [1]],
];

const around = <T extends object>(good: T, keys: readonly (keyof T)[]) =>
  keys.flatMap((key) => NUMBERS.map((x): T => ({ ...good, [key]: x })));

const SEQUENCE = { estimate: 0.1, standardError: 0.02, n: 1000, ...TUNING };
const COEFFICIENT = { estimate: 0.1, standardError: 0.02, n: 1000, degreesOfFreedom: 998, g: 10, alpha: 0.05 };

/** Calls at the edge of every exported function of this family. */
export const anytimeEdges: EdgeTable = {
  asymptoticConfidenceSequence: SIDES.flatMap((sides) =>
    around({ ...SEQUENCE, sides }, ["estimate", "standardError", "n", "alpha", "tunedFor"]).map(
      (input) => () => asymptoticConfidenceSequence(input),
    ),
  ),
  mixingVariance: (["exact", "approximate"] as const).flatMap((tuning) =>
    around({ ...TUNING, tuning }, ["alpha", "tunedFor"]).map((input) => () => mixingVariance(input)),
  ),
  asymptoticMargin: (["one", "two"] as const).flatMap((sided) =>
    around({ n: 100, rhoSquared: 0.01, alpha: 0.05, sided }, ["n", "rhoSquared", "alpha"]).map(
      (input) => () => asymptoticMargin(input),
    ),
  ),
  iteratedLogarithmMargin: NUMBERS.flatMap((n) => RATES.map((alpha) => () => iteratedLogarithmMargin(n, alpha))),
  anytimeCoefficient: around(COEFFICIENT, ["estimate", "standardError", "n", "degreesOfFreedom", "g", "alpha"]).map(
    (input) => () => anytimeCoefficient(input),
  ),
  anytimeMultiplier: around(COEFFICIENT, ["n", "degreesOfFreedom", "g", "alpha"]).map(
    (input) => () => openAtInfinity(anytimeMultiplier(input)),
  ),
  narrowestG: around({ n: 1000, coefficients: 2, alpha: 0.05 }, ["n", "coefficients", "alpha"]).map(
    (input) => () => narrowestG(input),
  ),
  empiricalBernsteinSequence: OUTCOMES.flatMap((xs) =>
    RATES.map((alpha) => () => empiricalBernsteinSequence(xs, { alpha })),
  ),
  hoeffdingSequence: OUTCOMES.flatMap((xs) => RATES.map((alpha) => () => hoeffdingSequence(xs, { alpha }))),
  hedgedSequence: [
    ...OUTCOMES.flatMap((xs) => RATES.map((alpha) => () => hedgedSequence(xs, { alpha, grid: 20 }))),
    ...NUMBERS.flatMap((x) => [
      () => hedgedSequence([0.5, 0.2], { alpha: 0.05, grid: x }),
      () => hedgedSequence([0.5, 0.2], { alpha: 0.05, grid: 20, theta: x }),
      () => hedgedSequence([0.5, 0.2], { alpha: 0.05, grid: 20, truncation: x }),
    ]),
  ],
  hedgedLogCapital: OUTCOMES.flatMap((xs) => NUMBERS.map((m) => () => hedgedLogCapital(xs, m, { alpha: 0.05 }))),
  predictablePlugIn: OUTCOMES.flatMap((xs) =>
    RATES.map((alpha) => () => predictablePlugIn(xs, { alpha, betMax: 0.5 })),
  ),
  spentError: SPENDING.flatMap((spending) => NUMBERS.map((share) => () => spentError(spending, share, 0.05))),
  groupSequentialBounds: [
    ...PLANS.map((plan) => () => groupSequentialBounds(plan, { kind: "pocock" })),
    ...SPENDING.map(
      (spending) => () => groupSequentialBounds({ informationShares: [0.5, 1], alpha: 0.05, sides: 2 }, spending),
    ),
  ].map((call) => () => finiteBounds(call())),
  wangTsiatisBounds: [
    ...PLANS.map((plan) => () => wangTsiatisBounds(plan, 0.5)),
    ...NUMBERS.map((delta) => () => wangTsiatisBounds({ informationShares: [0.5, 1], alpha: 0.05, sides: 2 }, delta)),
  ].map((call) => () => finiteBounds(call())),
  mixturePrecision: (["one", "two"] as const).flatMap((side) =>
    around({ vOpt: 100, alphaOpt: 0.05, side }, ["vOpt", "alphaOpt"]).map((input) => () => mixturePrecision(input)),
  ),
  normalLogMixture: NUMBERS.filter(Number.isFinite).flatMap((v) =>
    [0, 1, -1, 1e12, NaN].map((s) => () => normalLogMixture(s, Math.abs(v) > 1e12 ? 0 : v, { rho: 10, side: "one" })),
  ),
  normalMixtureBound: NUMBERS.flatMap((v) =>
    RATES.map((alpha) => () => normalMixtureBound(v, { alpha, rho: 10, side: "one" })),
  ),
  gammaExponentialMixture: NUMBERS.map((rho) => () => gammaExponentialMixture({ rho, c: 1 })),
  betaBinomialMixture: NUMBERS.map(
    (vOpt) => () => betaBinomialMixture({ vOpt, alphaOpt: 0.05, g: 0.5, h: 0.5, side: "two" }),
  ),
  mixtureBound: [
    ...[1e-6, 1, 1e6, 0, -1, NaN, Infinity].flatMap((v) => [
      () => mixtureBound(gammaExponentialMixture({ rho: 10, c: 1 }), v, 0.05),
      () => mixtureBound(betaBinomialMixture({ vOpt: 10, alphaOpt: 0.05, g: 0.5, h: 0.5, side: "two" }), v, 0.05),
    ]),
    ...RATES.map((alpha) => () => mixtureBound(gammaExponentialMixture({ rho: 10, c: 1 }), 10, alpha)),
    ...[0, -1, NaN, Infinity].flatMap((bad) => [
      () => mixtureBound(gammaExponentialMixture({ rho: bad, c: 1 }), 10, 0.05),
      () => mixtureBound(gammaExponentialMixture({ rho: 10, c: bad }), 10, 0.05),
      () => mixtureBound(betaBinomialMixture({ vOpt: bad, alphaOpt: 0.05, g: 0.5, h: 0.5, side: "two" }), 10, 0.05),
      () => mixtureBound(betaBinomialMixture({ vOpt: 10, alphaOpt: bad, g: 0.5, h: 0.5, side: "two" }), 10, 0.05),
      () => mixtureBound(betaBinomialMixture({ vOpt: 10, alphaOpt: 0.05, g: bad, h: 0.5, side: "one" }), 10, 0.05),
      () => mixtureBound(betaBinomialMixture({ vOpt: 10, alphaOpt: 0.05, g: 0.5, h: bad, side: "one" }), 10, 0.05),
    ]),
  ],
  polyStitchingBound: around({ alpha: 0.05, vMin: 1, c: 1, s: 1.4, eta: 2 }, [
    "alpha",
    "vMin",
    "c",
    "s",
    "eta",
  ]).flatMap((options) => [1, 0, -1, NaN, Infinity].map((v) => () => polyStitchingBound(v, options))),
  bernoulliConfidenceSequence: [
    ...ARMS.map((arm) => () => bernoulliConfidenceSequence(arm, TUNING)),
    ...around({ ...TUNING, alphaOpt: 0.05 }, ["alpha", "tunedFor", "alphaOpt"]).map(
      (options) => () => bernoulliConfidenceSequence({ n: 100, conversions: 10 }, options),
    ),
  ],
  unitsUntilConfidenceSequence: around({ standardDeviationPerUnit: 1, effect: 0.1, ...TUNING }, [
    "standardDeviationPerUnit",
    "effect",
    "alpha",
    "tunedFor",
  ]).map((question) => () => unitsUntilConfidenceSequence(question)),
  chiSquaredSampleRatio: SPLITS.map(
    ([counts, expected]) =>
      () =>
        chiSquaredSampleRatio({ counts, expected }),
  ),
  sequentialSampleRatio: SPLITS.flatMap(([counts, expected]) =>
    [1000, 1e-9, 1e12, 0, -1, NaN, Infinity].map(
      (concentration) => () => sequentialSampleRatio({ counts, expected, concentration }),
    ),
  ),
  rateDifferenceSequence: [
    ...BATCHES.map((arms) => () => rateDifferenceSequence({ ...arms, ...TUNING })),
    ...NUMBERS.flatMap((x) => [
      () =>
        rateDifferenceSequence({
          control: { n: 100, conversions: 50 },
          treatment: { n: 100, conversions: 50 },
          ...TUNING,
          burnIn: x,
        }),
      () =>
        rateDifferenceSequence({
          control: { n: 100, conversions: 50 },
          treatment: { n: 100, conversions: 50 },
          alpha: x,
          tunedFor: 100,
        }),
    ]),
  ],
  rateRatioSequence: BATCHES.map((arms) => () => rateRatioSequence({ ...arms, ...TUNING, burnIn: 1 })),
  twoByTwoDifference: [
    () => twoByTwoDifference([], { alpha: 0.05 }),
    ...BATCHES.map((batch) => () => twoByTwoDifference([batch, batch], { alpha: 0.05, grid: 20 })),
    ...RATES.map((alpha) => () => twoByTwoDifference(BATCHES.slice(0, 1), { alpha })),
  ],
  stepTwoByTwo: BATCHES.map((batch) => () => stepTwoByTwo(initialTwoByTwo, batch)),
  twoByTwoEProcess: [
    () => twoByTwoEProcess([]),
    ...BATCHES.map((batch) => () => twoByTwoEProcess([batch, batch, batch])),
  ],
  twoByTwoEvidence: [() => twoByTwoEvidence(initialTwoByTwo)],
};

/** Where Infinity is an answer: no t can reach the level yet. */
function openAtInfinity(x: number): unknown {
  return x === Infinity ? { bound: x } : x;
}

/** A critical value of Infinity means that nothing is spent at a look: it stops at no z. */
function finiteBounds(answer: ReturnType<typeof groupSequentialBounds>): unknown {
  return answer.kind === "refused"
    ? answer
    : answer.bounds.map(({ criticalValue, ...rest }) => ({ ...rest, bound: criticalValue }));
}

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const anytimeArithmetic: Arithmetic = {
  anytimeMultiplier: "a quantile: NaN out of its domain, Infinity while no t can reach it",
  asymptoticMargin: "a formula in n, ρ² and alpha: NaN out of its domain",
  iteratedLogarithmMargin: "a formula in n and alpha: NaN out of its domain",
  mixingVariance: "a formula in alpha and units: NaN out of its domain",
  mixturePrecision: "a formula in time and alpha: NaN out of its domain",
  mixtureBound: "a quantile: NaN out of its domain",
  normalLogMixture: "a logarithm of a density: NaN out of its domain",
  normalMixtureBound: "a quantile: NaN out of its domain",
  polyStitchingBound: "a formula in closed form: NaN out of its domain",
  spentError: "a spending function: NaN out of its domain",
};
