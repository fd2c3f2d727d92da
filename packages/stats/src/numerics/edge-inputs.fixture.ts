import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";
import { betaCdf, betaSf } from "./incomplete-beta.ts";
import { gammaP, gammaQ } from "./incomplete-gamma.ts";
import { lambertWm1 } from "./lambert-w.ts";
import { noncentralTSf } from "./noncentral-t.ts";
import { betaDraw, gammaDraw, mersenneRng, normalDraw } from "./random.ts";
import {
  betaQuantile,
  chiSquaredSf,
  digamma,
  fSf,
  kolmogorovSf,
  logBeta,
  logGamma,
  normalCdf,
  normalLogCdf,
  normalLogSf,
  normalPdf,
  normalQuantile,
  normalSf,
  tCdf,
  tQuantile,
  tSf,
  tTwoSidedP,
} from "./special-functions.ts";
import { pooledTDifference } from "./student-t.ts";

const NUMBERS = [0, -0, 1, -1, 0.5, 1e-300, 1e12, -1e12, 1e300, Infinity, -Infinity, NaN];
const SHAPES = [0, -1, 1e-300, 0.5, 1, 30, 1e5, 1e12, Infinity, NaN];

/** Every function of one number, at every edge. */
function one(f: (x: number) => number, xs: readonly number[] = NUMBERS): readonly (() => unknown)[] {
  return xs.map((x) => () => f(x));
}

function two(f: (x: number, a: number) => number): readonly (() => unknown)[] {
  return NUMBERS.flatMap((x) => SHAPES.map((a) => () => f(x, a)));
}

function three(f: (x: number, a: number, b: number) => number): readonly (() => unknown)[] {
  return NUMBERS.flatMap((x) => SHAPES.flatMap((a) => [0, 1, 40, 1e12, NaN].map((b) => () => f(x, a, b))));
}

/** A probability is in [0, 1] or not there at all: anything else fails the check. */
function probabilities(calls: readonly (() => unknown)[]): readonly (() => unknown)[] {
  return calls.map((call) => () => {
    const p = call();
    return typeof p === "number" && (p < 0 || p > 1) ? { kind: "refused", reason: "OUTSIDE", message: `${p}` } : p;
  });
}

/** Calls at the edge of every exported function of this family. */
export const numericsEdges: EdgeTable = {
  normalPdf: one(normalPdf),
  normalCdf: probabilities(one(normalCdf)),
  normalSf: probabilities(one(normalSf)),
  // ln 0 is −Infinity: finite arguments alone.
  normalLogCdf: one(normalLogCdf, [0, 1, -1, 38, -38, -1e12, 1e12, -1e150, NaN]),
  normalLogSf: one(normalLogSf, [0, 1, -1, 38, -38, -1e12, 1e12, 1e150, NaN]),
  normalQuantile: one(normalQuantile, [1e-300, 1e-17, 0.5, 1 - 1e-16, -1, 2, NaN, Infinity]),
  tCdf: probabilities(two(tCdf)),
  tSf: probabilities(two(tSf)),
  tTwoSidedP: probabilities(two(tTwoSidedP)),
  tQuantile: [1e-300, 1e-17, 0.5, 0.975, -1, 2, NaN].flatMap((p) =>
    [0, -1, 1, 2.5, 1e12, Infinity, NaN].map((df) => () => tQuantile(p, df)),
  ),
  betaCdf: probabilities(three(betaCdf)),
  betaSf: probabilities(three(betaSf)),
  betaQuantile: probabilities(
    [0, 1e-300, 0.5, 1, -1, 2, NaN].flatMap((p) =>
      [0, -1, 0.5, 1, 40, 1e6, 1e12, NaN].flatMap((a) => [0, 1, 1e6, NaN].map((b) => () => betaQuantile(p, a, b))),
    ),
  ),
  chiSquaredSf: probabilities(two(chiSquaredSf)),
  fSf: probabilities(three(fSf)),
  gammaP: probabilities(two((x, a) => gammaP(a, x))),
  gammaQ: probabilities(two((x, a) => gammaQ(a, x))),
  logGamma: one(logGamma, [1e-300, 0.5, 1, 2, 1e12, 1e300, NaN]),
  logBeta: [1e-300, 0.5, 1, 1e12, NaN].flatMap((a) => [1e-300, 1, 1e12, NaN].map((b) => () => logBeta(a, b))),
  digamma: one(digamma, [1e-300, 0.5, 1, 1e12, 1e300, -1, NaN]),
  kolmogorovSf: probabilities(one(kolmogorovSf)),
  lambertWm1: one(lambertWm1, [-1 / Math.E, -0.3, -1e-300, 0, -0.4, 1, NaN, -Infinity, Infinity]),
  noncentralTSf: probabilities(
    [0, 2, -3, 1e6, NaN, Infinity].flatMap((t) =>
      [0, 0.5, 1, 30, 1e12, Infinity, NaN].flatMap((df) =>
        [0, 5, -5, 1e6, NaN, Infinity].map((ncp) => () => noncentralTSf(t, df, ncp)),
      ),
    ),
  ),
  mersenneRng: [0, -1, 2 ** 40, Number.MAX_SAFE_INTEGER].map((seed) => () => mersenneRng(seed).next()),
  normalDraw: [1e-300, 1, 1e300].map(
    (standardDeviation) => () => normalDraw(mersenneRng(1), { mean: 0, standardDeviation })(),
  ),
  gammaDraw: [0.01, 1, 1e12].map((shape) => () => gammaDraw(mersenneRng(1), { shape, rate: 1 })()),
  betaDraw: [0.01, 1, 1e6].map((alpha) => () => betaDraw(mersenneRng(1), { alpha, beta: 2 })()),
  pooledTDifference: [
    { n: 0, mean: 0, m2: 0 },
    { n: 1, mean: 3, m2: 0 },
    { n: 2, mean: 3, m2: 0 },
    { n: 1e12, mean: 3, m2: 1e12 },
    { n: 5, mean: NaN, m2: 1 },
    { n: 5, mean: 1, m2: Infinity },
    { n: -1, mean: 1, m2: 1 },
  ].flatMap((arm) =>
    [0.95, 0, 1, NaN].flatMap((confidence) => [
      () => pooledTDifference(arm, arm, { confidence }),
      () => pooledTDifference({ n: 4, mean: 1, m2: 2 }, arm, { confidence }),
    ]),
  ),
};

const NUMERIC = "a function of plain numbers: NaN outside its domain, as in every library of special functions";

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const numericsArithmetic: Arithmetic = Object.fromEntries(
  Object.keys(numericsEdges)
    .filter((name) => !/Draw|Rng|pooledT/.test(name))
    .map((name) => [name, NUMERIC]),
);
