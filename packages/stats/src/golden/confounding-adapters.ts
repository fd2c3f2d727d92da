import {
  confoundingEValue,
  riskDifferenceEValue,
  riskRatioFromHazardRatio,
  riskRatioFromMeanDifference,
  riskRatioFromOddsRatio,
  type RiskRatio,
} from "../observational/confounding-e-value.ts";
import { accepted, type Adapter, type Adapters } from "./adapter.ts";
import { bool, num, numOr, type JsonObject } from "./json.ts";

function answer(ratio: RiskRatio, inputs: JsonObject): ReturnType<Adapter> {
  const e = accepted(confoundingEValue(ratio, numOr(inputs, "true", 1)));
  return {
    rr: [ratio.estimate, ratio.lower, ratio.upper],
    evalue: [e.estimate, e.nearer === "lower" ? e.limit : null, e.nearer === "upper" ? e.limit : null],
  };
}

function ratio(convert: (x: number, inputs: JsonObject) => number): Adapter {
  return (inputs) => {
    const [estimate, lower, upper] = ["est", "lo", "hi"].map((key) => convert(num(inputs, key), inputs));
    return answer({ estimate: estimate ?? NaN, lower: lower ?? NaN, upper: upper ?? NaN }, inputs);
  };
}

export const confoundingAdapters: Adapters = {
  "evalue.RR": ratio((x) => x),
  "evalue.OR": ratio((x, inputs) => riskRatioFromOddsRatio(x, { rare: bool(inputs, "rare") })),
  "evalue.HR": ratio((x, inputs) => riskRatioFromHazardRatio(x, { rare: bool(inputs, "rare") })),
  "evalue.MD": (inputs) => answer(accepted(riskRatioFromMeanDifference(num(inputs, "est"), num(inputs, "se"))), inputs),
  "evalue.RD": (inputs) => {
    const table = {
      exposedWith: num(inputs, "n11"),
      exposedWithout: num(inputs, "n10"),
      unexposedWith: num(inputs, "n01"),
      unexposedWithout: num(inputs, "n00"),
    };
    const e = accepted(
      riskDifferenceEValue(table, { confidence: 1 - num(inputs, "alpha"), grid: num(inputs, "grid") }),
    );
    return { est: e.estimate, lower: e.lower };
  },
};
