import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { betaBest, betaCompare, type BetaPosterior } from "./beta-best.ts";
import { betaBinomial } from "./beta-binomial.ts";
import { effectPosterior, expectedPositivePart } from "./effect-posterior.ts";
import { cochranQ, normalNormal } from "./empirical-bayes.ts";
import { normalNormalPosterior } from "./normal-normal-posterior.ts";
import { normalBest, topTwoAllocation } from "./normal-best.ts";

const POSTERIORS: readonly BetaPosterior[] = [
  { alpha: 3, beta: 5 },
  { alpha: 0, beta: 1 },
  { alpha: 1, beta: 0 },
  { alpha: -1, beta: 1 },
  { alpha: NaN, beta: 1 },
  { alpha: 1, beta: Infinity },
  { alpha: 1e-9, beta: 1e-9 },
  { alpha: 1e-300, beta: 1 },
  { alpha: 1e6, beta: 1e8 },
  { alpha: 1e12, beta: 1e12 },
  { alpha: 1, beta: 1e12 },
  { alpha: 1e12, beta: 1 },
];

const GROUPS = [
  [],
  [{ n: 10, conversions: 3 }],
  [
    { n: 0, conversions: 0 },
    { n: 0, conversions: 0 },
  ],
  [
    { n: 10, conversions: 0 },
    { n: 20, conversions: 0 },
  ],
  [
    { n: 10, conversions: 10 },
    { n: 20, conversions: 20 },
  ],
  [
    { n: 10, conversions: 5 },
    { n: 20, conversions: 10 },
  ],
  [
    { n: 10, conversions: 0 },
    { n: 20, conversions: 20 },
  ],
  [
    { n: 1, conversions: 1 },
    { n: 1, conversions: 0 },
  ],
  [
    { n: 1e12, conversions: 1e11 },
    { n: 1e12, conversions: 2e11 },
    { n: 1e12, conversions: 4e11 },
  ],
  [
    { n: 1e12, conversions: 1 },
    { n: 10, conversions: 1 },
  ],
  [
    { n: NaN, conversions: 1 },
    { n: 10, conversions: 1 },
  ],
  [
    { n: 10, conversions: NaN },
    { n: 10, conversions: 1 },
  ],
  [
    { n: Infinity, conversions: 1 },
    { n: 10, conversions: 1 },
  ],
  [
    { n: 10, conversions: -1 },
    { n: 10, conversions: 1 },
  ],
  [
    { n: 10, conversions: 11 },
    { n: 10, conversions: 1 },
  ],
];

/** Effects and variances: none, one, alike, far apart in scale, not finite, of different length. */
const EFFECTS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[1], [1]],
  [
    [1, 1, 1],
    [0.1, 0.2, 0.3],
  ],
  [
    [0, 0],
    [1, 1],
  ],
  [
    [1, 2],
    [0, 1],
  ],
  [
    [1, 2],
    [-1, 1],
  ],
  [
    [1e12, 1e12 + 1, 1e12 + 5],
    [1, 1, 2],
  ],
  [
    [1e12, -1e12, 5e11],
    [1e24, 1e23, 1e22],
  ],
  [
    [1e-12, 2e-12, 9e-12],
    [1e-26, 1e-25, 1e-24],
  ],
  [
    [1e200, -1e200, 1],
    [1, 1, 1],
  ],
  [
    [1, 2, 3],
    [1e-300, 1, 1e300],
  ],
  [
    [1, NaN],
    [1, 1],
  ],
  [
    [1, Infinity],
    [1, 1],
  ],
  [
    [1, 2],
    [1, NaN],
  ],
  [
    [1, 2],
    [1, Infinity],
  ],
  [[1, 2, 3], [1]],
];

const ARMS = [
  [],
  [{ mean: 1, standardDeviation: 1 }],
  [
    { mean: 0, standardDeviation: 1 },
    { mean: 0, standardDeviation: 0 },
  ],
  [
    { mean: 0, standardDeviation: 1 },
    { mean: NaN, standardDeviation: 1 },
  ],
  [
    { mean: 0, standardDeviation: 1 },
    { mean: Infinity, standardDeviation: 1 },
  ],
  [
    { mean: 0, standardDeviation: 1 },
    { mean: 0, standardDeviation: Infinity },
  ],
  [
    { mean: 1e12, standardDeviation: 1 },
    { mean: 1e12, standardDeviation: 2 },
  ],
  [
    { mean: 1e12, standardDeviation: 1e-9 },
    { mean: 0, standardDeviation: 1 },
  ],
  [
    { mean: 1, standardDeviation: 1e-300 },
    { mean: 0, standardDeviation: 1e300 },
  ],
];

const NUMBERS = [0, 1, -1, 0.05, 1e12, -1e12, 1e300, 1e-300, NaN, Infinity, -Infinity];

/** Calls at the edge of every exported function of this family. */
export const bayesEdges: EdgeTable = {
  betaCompare: POSTERIORS.flatMap((p) => [
    () => betaCompare(p, { alpha: 2, beta: 9 }),
    () => betaCompare({ alpha: 2, beta: 9 }, p),
    () => betaCompare(p, p),
  ]),
  betaBest: [
    () => betaBest([]),
    ...POSTERIORS.flatMap((a) => [() => betaBest([a]), () => betaBest([a, { alpha: 2, beta: 9 }, a])]),
  ],
  betaBinomial: GROUPS.map((groups) => () => betaBinomial(groups)),
  effectPosterior: [
    ...NUMBERS.flatMap((x) =>
      NUMBERS.map(
        (y) => () =>
          effectPosterior({ estimate: x, standardError: y }, { prior: { mean: 0, variance: 1 }, credibility: 0.95 }),
      ),
    ),
    ...NUMBERS.flatMap((x) => [
      () => effectPosterior({ estimate: 1, standardError: 1 }, { prior: null, credibility: x }),
      () => effectPosterior({ estimate: 1, standardError: x }, { prior: null, credibility: 0.95 }),
      () => effectPosterior({ estimate: 1, standardError: 1 }, { prior: { mean: x, variance: 1 }, credibility: 0.95 }),
      () => effectPosterior({ estimate: 1, standardError: 1 }, { prior: { mean: 0, variance: x }, credibility: 0.95 }),
    ]),
  ],
  expectedPositivePart: NUMBERS.flatMap((x) => [
    () => expectedPositivePart(x, 1),
    () => expectedPositivePart(1, x),
    () => expectedPositivePart(-1, x),
  ]).concat([() => expectedPositivePart(-40, 1), () => expectedPositivePart(-1e200, 1)]),
  normalNormalPosterior: EFFECTS.map(
    ([estimates, variances]) =>
      () =>
        normalNormalPosterior({ estimates, variances }),
  ),
  normalNormal: EFFECTS.flatMap(([estimates, variances]) =>
    (["REML", "ML", "PM", "EB", "DL", "HE", "HS", "SJ", "FE"] as const).map(
      (method) => () => normalNormal({ estimates, variances, method }),
    ),
  ),
  cochranQ: EFFECTS.map(
    ([estimates, variances]) =>
      () =>
        cochranQ(estimates, variances),
  ),
  normalBest: ARMS.map((arms) => () => normalBest(arms)),
  topTwoAllocation: [
    [],
    [1],
    [1, 0],
    [0.5, 0.5],
    [1 - 1e-16, 1e-16],
    [0.5, 0.6],
    [-0.5, 1.5],
    [NaN, 1],
    [Infinity, 0],
  ].flatMap((ps) => [0, 0.5, 1, 2, NaN].map((share) => () => topTwoAllocation(ps, share))),
};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const bayesArithmetic: Arithmetic = {
  expectedPositivePart: "a moment of a normal variable; NaN where mean or deviation is none",
  cochranQ: "a sum of squares; normalNormal is the estimator that refuses",
};
