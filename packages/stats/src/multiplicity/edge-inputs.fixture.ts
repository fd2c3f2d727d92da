import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { addis, addisSpending } from "./addis.ts";
import {
  batchBenjaminiHochberg,
  batchPositivelyDependent,
  batchStorey,
  testBatch,
  type BatchProcedure,
} from "./batch-fdr.ts";
import { averageEValues, eValueFromPValue, multiplyEValues, pValueFromEValue } from "./e-values.ts";
import { eLond, lond, londDependent } from "./lond.ts";
import { lordDependent, lordDiscarding, lordPlusPlus, lordThree } from "./lord.ts";
import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  storeyQValues,
} from "./multiple-testing.ts";
import { alphaSpending, onlineFallback } from "./online-familywise.ts";
import { beginTest, noOnlineTests, rememberOutcome, testOnline, type OnlineProcedure } from "./online-tests.ts";
import { alphaInvesting, saffron } from "./saffron.ts";

const P_VALUES = [
  [],
  [0],
  [1],
  [0, 0, 0],
  [1, 1, 1],
  [0.5, 0.5],
  [1e-300, 1],
  [NaN],
  [0.1, NaN, 0.2],
  [Infinity],
  [-1, 0.1],
  Array.from({ length: 50 }, () => 1e-12),
];
const RATES = [0.05, 1e-12, 1 - 1e-12, 0, 1, -1, NaN, Infinity];

const adjusted = (method: (p: readonly number[]) => unknown) => P_VALUES.map((p) => () => method(p));

/** A whole stream by one procedure: the last decision or the first refusal. */
function stream(procedure: OnlineProcedure, pValues: readonly number[]): unknown {
  let tests = noOnlineTests;
  let answer: unknown = tests;
  for (const p of pValues) {
    const decision = testOnline(procedure, tests, p);
    answer = decision;
    if (decision.kind === "refused") break;
    tests = decision.tests;
  }
  return answer;
}

const streams = (procedure: (alpha: number) => OnlineProcedure) =>
  RATES.flatMap((alpha) => P_VALUES.map((p) => () => stream(procedure(alpha), p)));

function batches(procedure: BatchProcedure, pValues: readonly number[]): unknown {
  const first = testBatch(procedure, [], pValues);
  return first.kind === "refused" ? first : testBatch(procedure, first.past, pValues);
}

const inBatches = (procedure: (alpha: number) => BatchProcedure) =>
  RATES.flatMap((alpha) => P_VALUES.map((p) => () => batches(procedure(alpha), p)));

/** Calls at the edge of every exported function of this family. */
export const multiplicityEdges: EdgeTable = {
  benjaminiHochberg: adjusted(benjaminiHochberg),
  benjaminiYekutieli: adjusted(benjaminiYekutieli),
  bonferroni: adjusted(bonferroni),
  hochberg: adjusted(hochberg),
  holm: adjusted(holm),
  hommel: adjusted(hommel),
  eBenjaminiHochberg: [[], [0], [0, 0], [Infinity, 1], [NaN], [-1], [1e300, 1e-300]].flatMap((e) =>
    RATES.map((alpha) => () => eBenjaminiHochberg(e, alpha)),
  ),
  storeyQValues: P_VALUES.flatMap((p) =>
    [0, 0.5, 0.999, 1, -1, NaN].map((lambda) => () => storeyQValues(p, { lambda })),
  ),
  lordPlusPlus: [
    ...streams(lordPlusPlus),
    ...streams((alpha) => lordPlusPlus(alpha, 0)),
    ...streams((alpha) => lordPlusPlus(alpha, NaN)),
  ],
  lordThree: [...streams(lordThree), () => stream(lordThree(0.05, { initialWealth: 0.04, payout: 0.04 }), [0])],
  lordDependent: streams(lordDependent),
  lordDiscarding: [...streams(lordDiscarding), () => stream(lordDiscarding(0.05, { tau: NaN }), [0.1])],
  saffron: [...streams(saffron), () => stream(saffron(0.05, { lambda: 1 }), [0.1, 0.1])],
  alphaInvesting: streams(alphaInvesting),
  addis: [...streams(addis), () => stream(addis(0.05, { lambda: 0.5, tau: 0.25 }), [0.1])],
  addisSpending: streams(addisSpending),
  lond: streams(lond),
  londDependent: streams(londDependent),
  alphaSpending: streams(alphaSpending),
  onlineFallback: streams(onlineFallback),
  eLond: RATES.flatMap((alpha) =>
    [0, 1e12, -1e12, Infinity, -Infinity, NaN].map((logE) => () => eLond(noOnlineTests, logE, alpha)),
  ),
  testOnline: P_VALUES.flatMap((p) => p.map((pValue) => () => testOnline(lond(0.05), noOnlineTests, pValue))),
  beginTest: [
    () => beginTest(lond(0.05), { ...noOnlineTests, count: 1e12 }),
    () => beginTest(lond(NaN), noOnlineTests),
    () => beginTest(lond(0.5), { ...noOnlineTests, count: NaN }),
    () => beginTest(lond(0.5), { ...noOnlineTests, rejected: Array.from({ length: 100 }, () => 0) }),
  ],
  rememberOutcome: [
    { number: 1, pValue: 0, level: 0.05 },
    { number: 1, pValue: NaN, level: 0.05 },
    { number: 1, pValue: 0.1, level: NaN },
    { number: 2, pValue: 0.1, level: 0.05 },
    { number: 0, pValue: 0.1, level: 0.05 },
  ].map((outcome) => () => rememberOutcome(lond(0.05), { ...noOnlineTests, count: 1 }, outcome)),
  batchBenjaminiHochberg: inBatches(batchBenjaminiHochberg),
  batchPositivelyDependent: inBatches(batchPositivelyDependent),
  batchStorey: [
    ...inBatches(batchStorey),
    ...RATES.map((lambda) => () => batches(batchStorey(0.05, { lambda }), [0.1, 0.7])),
  ],
  testBatch: P_VALUES.map((p) => () => testBatch(batchStorey(0.05), [], p)),
  multiplyEValues: [[], [0], [1e12, 1e300], [NaN], [Infinity, -Infinity]].map((e) => () => multiplyEValues(e)),
  averageEValues: [
    ...[[], [0], [1e300, 1e300], [NaN], [1, -Infinity]].map((e) => () => averageEValues(e)),
    () => averageEValues([1, 2], [1]),
    () => averageEValues([1, 2], [0, 0]),
    () => averageEValues([1, 2], [NaN, 1]),
    () => averageEValues([1, 2], [-1, 1]),
    () => averageEValues([1, 2], [Infinity, 1]),
  ],
  pValueFromEValue: [0, 1e300, -1e300, Infinity, -Infinity, NaN].map((logE) => () => pValueFromEValue(logE)),
  eValueFromPValue: [1, 0.5, 1e-300, -1, 2, NaN].flatMap((p) => [
    () => eValueFromPValue(p),
    ...[0.5, 0, 1, NaN].map((kappa) => () => eValueFromPValue(p, kappa)),
  ]),
};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const multiplicityArithmetic: Arithmetic = {
  multiplyEValues: "a sum of logarithms: NaN in, NaN out, and 0·∞ is neither",
  averageEValues: "a mean of numbers: NaN of NaN, of nothing and of weights that are none",
  pValueFromEValue: "1/e of a number: NaN in, NaN out",
  eValueFromPValue: "a formula in p: NaN outside [0, 1]",
};
