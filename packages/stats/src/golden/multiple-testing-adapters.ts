import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  storeyQValues,
  type AdjustedPValues,
} from "../multiplicity/multiple-testing.ts";
import { accepted, type Adapter, type Adapters } from "./adapter.ts";
import { num, nums } from "./json.ts";

type Method = (p: readonly number[]) => AdjustedPValues;

function adjusted(method: Method): Adapter {
  return (inputs) => ({ adjusted: accepted(method(nums(inputs, "p"))) });
}

export const multipleTestingAdapters: Adapters = {
  "padjust.BH": adjusted(benjaminiHochberg),
  "padjust.BY": adjusted(benjaminiYekutieli),
  "padjust.holm": adjusted(holm),
  "padjust.hochberg": adjusted(hochberg),
  "padjust.hommel": adjusted(hommel),
  "padjust.bonferroni": adjusted(bonferroni),
  "multitest.reject": (inputs) => {
    const [p, alpha] = [nums(inputs, "p"), num(inputs, "alpha")];
    const reject = (method: Method): readonly boolean[] => accepted(method(p)).map((x) => x <= alpha);
    return { bh: reject(benjaminiHochberg), by: reject(benjaminiYekutieli), holm: reject(holm) };
  },
  ebh: (inputs) => {
    const reject = accepted(eBenjaminiHochberg(nums(inputs, "e"), num(inputs, "alpha")));
    return { reject, n_reject: reject.filter(Boolean).length };
  },
  qvalue: (inputs) => {
    const { nullShare, qValues } = accepted(storeyQValues(nums(inputs, "p"), { lambda: num(inputs, "lambda") }));
    return { pi0: nullShare, qvalues: qValues };
  },
};
