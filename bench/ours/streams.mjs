// Many tests, streams, boundaries and special functions.
import {
  adaptiveWindow,
  benjaminiHochberg,
  groupSequentialBounds,
  lordPlusPlus,
  mixturePrecision,
  noOnlineTests,
  normalCdf,
  normalMixtureBound,
  normalNormal,
  normalQuantile,
  saffron,
  tCdf,
  testOnline,
  tQuantile,
  welchDifference,
} from "@ratchet/stats";
import { accepted } from "./accepted.mjs";

export const lord = online(() => lordPlusPlus(0.05));
export const saffronProcedure = online(() => saffron(0.05));

export function falseDiscoveryRate({ pValues }) {
  const p = Array.from(pValues);
  return { run: () => benjaminiHochberg(p), digest: sumAndEnds };
}

export function adwin({ stream }) {
  return {
    run: () => {
      const window = adaptiveWindow({ delta: 0.002 });
      let changes = 0;
      for (const x of stream) if (window.add(x)) changes++;
      return { changes, ...window.read() };
    },
    digest: ({ changes, width, mean }) => [changes, width, mean],
  };
}

export function restrictedMaximumLikelihood({ estimates, variances }) {
  const input = { estimates: Array.from(estimates), variances: Array.from(variances), method: "REML" };
  return {
    run: () => accepted(normalNormal(input)),
    digest: ({ tau2, mu, muStandardError }) => [tau2, mu, muStandardError],
  };
}

export function spendingBoundaries() {
  const informationShares = Array.from({ length: 10 }, (_, k) => (k + 1) / 10);
  return {
    run: () =>
      accepted(groupSequentialBounds({ informationShares, alpha: 0.05, sides: 2 }, { kind: "obrien-fleming" })),
    digest: ({ bounds }) => bounds.map(({ criticalValue }) => criticalValue),
  };
}

export function mixtureBounds({ v }) {
  const rho = mixturePrecision({ vOpt: 1000, alphaOpt: 0.05, side: "two" });
  return {
    run: () => v.map((time) => normalMixtureBound(time, { alpha: 0.05, rho, side: "two" })),
    digest: sumAndEnds,
  };
}

export function welchTests({ meanA, meanB, sdA, sdB, nA, nB }) {
  const arm = (mean, sd, n) => ({ n, mean, m2: sd * sd * (n - 1) });
  const pairs = Array.from(nA, (n, i) => [arm(meanA[i], sdA[i], n), arm(meanB[i], sdB[i], nB[i])]);
  return {
    run: () => pairs.map(([a, b]) => accepted(welchDifference(a, b, { confidence: 0.95 }))),
    digest: (answers) => sumAndEnds(answers.map(({ pValue }) => pValue)),
  };
}

export const normalCdfs = mapped("points", normalCdf);
export const normalQuantiles = mapped("probabilities", normalQuantile);
export const tCdfs = mapped("points", (x) => tCdf(x, 30));
export const tQuantiles = mapped("probabilities", (p) => tQuantile(p, 30));

function mapped(name, f) {
  return ({ [name]: values }) => ({ run: () => values.map((x) => f(x)), digest: sumAndEnds });
}

function online(procedure) {
  return ({ pValues }) => ({
    run: () => {
      const rule = procedure();
      let tests = noOnlineTests;
      return Array.from(pValues, (p) => {
        const decision = accepted(testOnline(rule, tests, p));
        tests = decision.tests;
        // Without the state after it: nobody keeps all 10,000 of them.
        return { level: decision.level, rejected: decision.rejected };
      });
    },
    digest: (decisions) => [
      decisions.filter(({ rejected }) => rejected).length,
      ...sumAndEnds(decisions.map(({ level }) => level)),
    ],
  });
}

/** Sum, first and last of many numbers. */
function sumAndEnds(values) {
  return [values.reduce((t, x) => t + x, 0), values[0], values.at(-1)];
}
