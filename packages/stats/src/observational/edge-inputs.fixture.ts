import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { mersenneRng } from "../numerics/random.ts";
import { aipw } from "./aipw.ts";
import { balancingWeights } from "./balancing-weights.ts";
import {
  confoundingEValue,
  riskDifferenceEValue,
  riskRatioFromHazardRatio,
  riskRatioFromMeanDifference,
  riskRatioFromOddsRatio,
} from "./confounding-e-value.ts";
import { covariateBalance } from "./covariate-balance.ts";
import { crossFittedAipw } from "./cross-fitted-aipw.ts";
import { crossFittedContrast } from "./cross-fitted-contrast.ts";
import { differenceInDifferences, twoWayFixedEffects } from "./difference-in-differences.ts";
import { negativeControls } from "./negative-control.ts";
import { overlapReport } from "./overlap.ts";
import { permutationTest } from "./permutation-test.ts";
import { placeboInSpace } from "./placebo-in-space.ts";
import { placeboInTime } from "./placebo-in-time.ts";
import { trimByPropensity } from "./propensity-trimming.ts";
import { syntheticControl } from "./synthetic-control.ts";
import { weightedContrast } from "./weighted-contrast.ts";

/** Units whose outcomes are odd in every way that outcomes can be. */
const OUTCOMES: readonly (readonly number[])[] = [
  [],
  [1],
  [1, 2],
  [3, 3, 3, 3],
  [0, 0, 0, 0],
  [1, 1, 1, 1],
  [1e12, -1e12, 1, 2],
  [1e200, 2, 3, 4],
  [Number.MAX_VALUE, -Number.MAX_VALUE, 3, 4],
  [1e-300, 2e-300, 3e-300, 5e-300],
  [NaN, 1, 2, 3],
  [Infinity, 1, 2, 3],
  [-Infinity, 1, 2, 3],
  [1, 5, 2, 9],
];

/** Propensities at and beyond their ends, and of another length. */
const PROPENSITIES: readonly (readonly number[])[] = [
  [0.5, 0.5, 0.5, 0.5],
  [0, 1, 0.5, 0.5],
  [0, 0, 0, 0],
  [1, 1, 1, 1],
  [1e-300, 0.5, 1 - 2 ** -53, 0.5],
  [5e-324, 0.5, 5e-324, 0.5],
  [NaN, 0.5, 0.5, 0.5],
  [-1, 2, 0.5, 0.5],
  [0.5],
];

const ARMS: readonly (readonly number[])[] = [
  [1, 0, 1, 0],
  [1, 1, 1, 1],
  [0, 0, 0, 0],
  [NaN, 0, 1, 0],
  [0.5, 2, 1, 0],
];

function first<T>(xs: readonly T[], n: number): readonly T[] {
  return xs.slice(0, n);
}

/** Every mix of outcomes, arms and propensities, the lists cut to the outcomes' length where they reach. */
function assignments(): readonly {
  readonly outcomes: readonly number[];
  readonly treated: readonly number[];
  readonly propensities: readonly number[];
}[] {
  return OUTCOMES.flatMap((outcomes) =>
    ARMS.flatMap((arms) =>
      PROPENSITIES.map((es) => ({
        outcomes,
        treated: first(arms, outcomes.length),
        propensities: first(es, outcomes.length),
      })),
    ),
  );
}

const MODELS: readonly (readonly number[])[] = [[0, 0, 0, 0], [1e200, 1, 1, 1], [NaN, 0, 0, 0], [1]];

/** Twelve units with covariates that are constant, huge, tiny, or not numbers. */
const TABLES: readonly (readonly (readonly number[])[])[] = [
  [],
  [[1]],
  Array.from({ length: 12 }, () => [7]),
  Array.from({ length: 12 }, (_, i) => [i, 1e12 * i, 1e-200 * i]),
  Array.from({ length: 12 }, (_, i) => [i % 2, i % 2]),
  Array.from({ length: 12 }, (_, i) => [i === 3 ? NaN : i]),
  Array.from({ length: 12 }, (_, i) => [i === 3 ? Infinity : i]),
  Array.from({ length: 12 }, () => []),
];

const TWELVE_OUTCOMES: readonly (readonly number[])[] = [
  Array.from({ length: 12 }, (_, i) => i % 5),
  Array.from({ length: 12 }, () => 1),
  Array.from({ length: 12 }, () => 0),
  Array.from({ length: 12 }, (_, i) => 1e200 * (i % 5)),
  Array.from({ length: 12 }, () => NaN),
];

const fits = TABLES.flatMap((rows) =>
  TWELVE_OUTCOMES.flatMap((outcomes) =>
    [0, 1].map((same) => ({
      rows,
      outcomes: first(outcomes, Math.max(1, rows.length)),
      treated: rows.map((_, i) => (same === 1 ? 1 : i % 2)),
    })),
  ),
);

const SERIES: readonly {
  readonly treated: readonly number[];
  readonly donors: readonly (readonly number[])[];
  readonly before: number;
}[] = [
  { treated: [], donors: [], before: 0 },
  { treated: [1], donors: [[1]], before: 1 },
  { treated: [1, 2, 3, 4], donors: [[], [], [], []], before: 2 },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
    before: 3,
  },
  {
    treated: [5, 5, 5, 5],
    donors: [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    before: 3,
  },
  {
    treated: [0, 0, 0, 0],
    donors: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    before: 3,
  },
  {
    treated: [1e12, 2e12, 1e12, 5e12],
    donors: [
      [1, 2],
      [3, 1],
      [2, 2],
      [1, 1],
    ],
    before: 3,
  },
  {
    treated: [1e200, 2, 3, 4],
    donors: [
      [1e200, 2],
      [3, 1e200],
      [2, 2],
      [1, 1],
    ],
    before: 3,
  },
  {
    treated: [NaN, 2, 3, 4],
    donors: [
      [1, 2],
      [3, 1],
      [2, 2],
      [1, 1],
    ],
    before: 3,
  },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 2],
      [3, Infinity],
      [2, 2],
      [1, 1],
    ],
    before: 3,
  },
  { treated: [1, 2, 3, 4], donors: [[1, 2], [3], [2, 2], [1, 1]], before: 3 },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 2],
      [3, 1],
    ],
    before: 3,
  },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 2],
      [3, 1],
      [2, 5],
      [1, 1],
    ],
    before: NaN,
  },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 2],
      [3, 1],
      [2, 5],
      [1, 1],
    ],
    before: 4,
  },
  {
    treated: [1, 2, 3, 4],
    donors: [
      [1, 2],
      [3, 1],
      [2, 5],
      [1, 1],
    ],
    before: -1,
  },
];

const RATIOS: readonly number[] = [0, -1, NaN, Infinity, 1e-300, 1e300, 1, 1e12];

const panels = OUTCOMES.flatMap((outcomes) =>
  ARMS.map((arms) => ({
    outcomes: [...outcomes, ...outcomes],
    treated: [...first(arms, outcomes.length), ...first(arms, outcomes.length)],
    units: [...outcomes.keys(), ...outcomes.keys()].map((k) => k % 2),
    post: [...outcomes.map(() => 0), ...outcomes.map(() => 1)],
  })),
);

/** Calls at the edge of every exported function of this family. */
export const observationalEdges: EdgeTable = {
  aipw: assignments().flatMap((data) =>
    MODELS.map((model) => () => aipw({ ...data, ifTreated: model, ifControl: [0, 0, 0, 0] }, { limits: "accept" })),
  ),
  balancingWeights: assignments().flatMap((data) =>
    (["all", "treated", "overlap"] as const).map((population) => () => balancingWeights(data, population)),
  ),
  weightedContrast: assignments().flatMap((data) =>
    (["treated", "overlap"] as const).flatMap((population) => [
      () => weightedContrast(data, { population, limits: "accept" }),
      () => weightedContrast(data, { population }),
      () => weightedContrast({ ...data, models: { ifTreated: [1], ifControl: [NaN] } }, { population }),
    ]),
  ),
  overlapReport: assignments().flatMap((data) =>
    [0.05, 0, 0.5, NaN].map((margin) => () => overlapReport(data, margin)),
  ),
  trimByPropensity: [...PROPENSITIES, []].flatMap((es) =>
    [0.1, 0, 0.5, -1, NaN, "optimal" as const].map((margin) => () => trimByPropensity(es, margin)),
  ),
  covariateBalance: TABLES.flatMap((rows) => [
    () =>
      covariateBalance(
        rows,
        rows.map((_, i) => i % 2),
      ),
    () =>
      covariateBalance(
        rows,
        rows.map(() => 1),
      ),
    () =>
      covariateBalance(
        rows,
        rows.map((_, i) => i % 2),
        rows.map(() => 0),
      ),
    () =>
      covariateBalance(
        rows,
        rows.map((_, i) => i % 2),
        rows.map(() => NaN),
      ),
    () =>
      covariateBalance(
        rows,
        rows.map((_, i) => i % 2),
        rows.map((_, i) => (i === 0 ? 1e300 : 1e-300)),
      ),
    () => covariateBalance(rows, [1]),
  ]),
  crossFittedAipw: fits.flatMap((data) => [
    () => crossFittedAipw(data, { rng: mersenneRng(1), folds: 2, repeats: 1, limits: "accept" }),
    () => crossFittedAipw(data, { rng: mersenneRng(1), folds: NaN }),
    () => crossFittedAipw(data, { rng: mersenneRng(1), penalty: -1 }),
    () => crossFittedAipw(data, { rng: mersenneRng(1), folds: 2, penalty: 0, repeats: 1 }),
  ]),
  crossFittedContrast: fits.flatMap((data) =>
    (["treated", "overlap"] as const).map(
      (population) => () =>
        crossFittedContrast(data, { rng: mersenneRng(1), folds: 2, repeats: 1, population, limits: "accept" }),
    ),
  ),
  permutationTest: OUTCOMES.flatMap((outcomes) =>
    ARMS.flatMap((arms) => {
      const data = { outcomes, treated: first(arms, outcomes.length) };
      return [
        () => permutationTest(data, { rng: mersenneRng(1) }),
        () => permutationTest(data, { rng: mersenneRng(1), exactMax: 1, draws: 9 }),
        () => permutationTest(data, { rng: mersenneRng(1), draws: NaN }),
        () => permutationTest({ ...data, strata: outcomes.map((_, i) => i % 2) }, { rng: mersenneRng(1) }),
        () => permutationTest({ ...data, clusters: [1] }, { rng: mersenneRng(1) }),
      ];
    }),
  ),
  negativeControls: [
    () => negativeControls([], { margin: 1 }),
    ...RATIOS.flatMap((x) => [
      () => negativeControls([{ estimate: x, standardError: 1 }], { margin: 1 }),
      () => negativeControls([{ estimate: 1, standardError: x }], { margin: 1 }),
      () => negativeControls([{ estimate: 1, standardError: 1 }], { margin: x }),
      () => negativeControls([{ estimate: 1, standardError: 1 }], { margin: 1, confidence: x }),
    ]),
  ],
  syntheticControl: SERIES.map(
    ({ treated, donors }) =>
      () =>
        syntheticControl(treated, donors),
  ),
  placeboInSpace: SERIES.flatMap((s) => [() => placeboInSpace(s), () => placeboInSpace(s, { levels: "removed" })]),
  placeboInTime: SERIES.flatMap((s) => [() => placeboInTime(s), () => placeboInTime(s, { levels: "removed" })]),
  differenceInDifferences: panels.map((panel) => () => differenceInDifferences(panel)),
  twoWayFixedEffects: panels.map((panel) => () => twoWayFixedEffects({ ...panel, periods: panel.post })),
  confoundingEValue: RATIOS.flatMap((x) => [
    () => confoundingEValue({ estimate: x, lower: x, upper: x }),
    () => confoundingEValue({ estimate: 2, lower: 1, upper: x }),
    () => confoundingEValue({ estimate: 2, lower: x, upper: 3 }),
    () => confoundingEValue({ estimate: 2, lower: 1, upper: 3 }, x),
  ]),
  riskDifferenceEValue: RATIOS.flatMap((x) => {
    const table = { exposedWith: 20, exposedWithout: 80, unexposedWith: 10, unexposedWithout: 90 };
    return [
      () => riskDifferenceEValue({ ...table, exposedWith: x }, { confidence: 0.95 }),
      () => riskDifferenceEValue({ ...table, unexposedWith: x }, { confidence: 0.95 }),
      () => riskDifferenceEValue({ ...table, unexposedWithout: x }, { confidence: 0.95 }),
      () => riskDifferenceEValue(table, { confidence: x }),
      () => riskDifferenceEValue(table, { confidence: 0.95, grid: x }),
    ];
  }),
  riskRatioFromHazardRatio: RATIOS.flatMap((x) => [
    () => riskRatioFromHazardRatio(x, { rare: true }),
    () => riskRatioFromHazardRatio(x, { rare: false }),
  ]),
  riskRatioFromOddsRatio: RATIOS.flatMap((x) => [
    () => riskRatioFromOddsRatio(x, { rare: true }),
    () => riskRatioFromOddsRatio(x, { rare: false }),
  ]),
  riskRatioFromMeanDifference: RATIOS.flatMap((x) => [
    () => riskRatioFromMeanDifference(x, 1),
    () => riskRatioFromMeanDifference(1, x),
  ]),
};

const RATIO = "a conversion of one ratio into another: not a number unless the ratio is positive and finite";

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const observationalArithmetic: Arithmetic = {
  riskRatioFromHazardRatio: RATIO,
  riskRatioFromOddsRatio: RATIO,
};
