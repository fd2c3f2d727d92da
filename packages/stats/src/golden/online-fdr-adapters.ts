import { addis, addisSpending, londDependent, lordDiscarding } from "../multiplicity/online-fdr-discarding.ts";
import {
  alphaInvesting,
  alphaSpending,
  beginTest,
  lond,
  lordPlusPlus,
  noOnlineTests,
  rememberOutcome,
  saffron,
  testOnline,
  type OnlineProcedure,
} from "../multiplicity/online-fdr.ts";
import type { Adapter, Adapters } from "./adapter.ts";
import { num, numOr, nums, type JsonObject } from "./json.ts";

function online(procedure: (alpha: number, inputs: JsonObject) => OnlineProcedure): Adapter {
  return (inputs) => {
    const alpha = num(inputs, "alpha");
    const rule = procedure(alpha, inputs);
    let tests = noOnlineTests;
    const decisions = nums(inputs, "p").map((p) => {
      const decision = testOnline(rule, tests, p);
      tests = decision.tests;
      return decision;
    });
    return { alphai: decisions.map((d) => d.level), R: decisions.map((d) => (d.rejected ? 1 : 0)) };
  };
}

/** dt[i] is the test at whose beginning p-value i is known: outcomes come late and out of order. */
function asynchronous(procedure: (alpha: number) => OnlineProcedure): Adapter {
  return (inputs) => {
    const rule = procedure(num(inputs, "alpha"));
    const [pValues, known] = [nums(inputs, "p"), nums(inputs, "dt")];
    let tests = noOnlineTests;
    const levels: number[] = [];
    pValues.forEach((_, i) => {
      const begun = beginTest(rule, tests);
      tests = begun.tests;
      levels.push(begun.level);
      pValues.forEach((pValue, j) => {
        if (known[j] !== i + 1) return;
        tests = rememberOutcome(rule, tests, { number: j + 1, pValue, level: levels[j] ?? NaN });
      });
    });
    return { alphai: levels, R: pValues.map((p, i) => (p <= (levels[i] ?? NaN) ? 1 : 0)) };
  };
}

/** onlineFDR's LOND* multiplies by max(discoveries, 1) where its LOND has discoveries + 1. */
function londOfOriginal(alpha: number): OnlineProcedure {
  const { lambda, level } = lond(alpha);
  return {
    lambda,
    level: (past) => (level(past) * Math.max(1, past.rejected.length)) / (past.rejected.length + 1),
  };
}

export const onlineFdrAdapters: Adapters = {
  "online.LORD++": online((alpha, inputs) => lordPlusPlus(alpha, numOr(inputs, "w0", alpha / 10))),
  "online.SAFFRON": online((alpha, inputs) =>
    saffron(alpha, { lambda: numOr(inputs, "lambda", 0.5), initialWealth: numOr(inputs, "w0", alpha / 2) }),
  ),
  "online.LOND": online((alpha) => lond(alpha)),
  "online.AlphaSpending": online((alpha) => alphaSpending(alpha)),
  "online.AlphaInvesting": online((alpha, inputs) => alphaInvesting(alpha, num(inputs, "w0"))),
  "online.ADDIS": online((alpha, inputs) =>
    addis(alpha, { lambda: num(inputs, "lambda"), tau: num(inputs, "tau"), initialWealth: num(inputs, "w0") }),
  ),
  "online.ADDISspending": online((alpha, inputs) =>
    addisSpending(alpha, { lambda: num(inputs, "lambda"), tau: num(inputs, "tau") }),
  ),
  "online.LORDdiscard": online((alpha, inputs) =>
    lordDiscarding(alpha, { tau: num(inputs, "tau"), initialWealth: num(inputs, "w0") }),
  ),
  "online.LONDdep": online((alpha) => londDependent(alpha)),
  "online.LORDstar.async": asynchronous((alpha) => lordPlusPlus(alpha)),
  "online.SAFFRONstar.async": asynchronous((alpha) => saffron(alpha)),
  "online.LONDstar.async": asynchronous(londOfOriginal),
};
