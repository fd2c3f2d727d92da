import {
  alphaSpending,
  lond,
  lordPlusPlus,
  noOnlineTests,
  saffron,
  testOnline,
  type OnlineProcedure,
} from "../online-fdr.ts";
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

export const onlineFdrAdapters: Adapters = {
  "online.LORD++": online((alpha, inputs) => lordPlusPlus(alpha, numOr(inputs, "w0", alpha / 10))),
  "online.SAFFRON": online((alpha, inputs) =>
    saffron(alpha, { lambda: numOr(inputs, "lambda", 0.5), initialWealth: numOr(inputs, "w0", alpha / 2) }),
  ),
  "online.LOND": online((alpha) => lond(alpha)),
  "online.AlphaSpending": online((alpha) => alphaSpending(alpha)),
};
