import {
  benjaminiHochberg,
  benjaminiYekutieli,
  bonferroni,
  eBenjaminiHochberg,
  hochberg,
  holm,
  hommel,
  storeyQValues,
} from "../multiplicity/multiple-testing.ts";
import type { Adapter, Adapters } from "./adapter.ts";
import { num, nums } from "./json.ts";

function adjusted(method: (p: readonly number[]) => readonly number[]): Adapter {
  return (inputs) => ({ adjusted: method(nums(inputs, "p")) });
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
    const reject = (method: (p: readonly number[]) => readonly number[]): readonly boolean[] =>
      method(p).map((x) => x <= alpha);
    return { bh: reject(benjaminiHochberg), by: reject(benjaminiYekutieli), holm: reject(holm) };
  },
  ebh: (inputs) => {
    const reject = eBenjaminiHochberg(nums(inputs, "e"), num(inputs, "alpha"));
    return { reject, n_reject: reject.filter(Boolean).length };
  },
  qvalue: (inputs) => {
    const { nullShare, qValues } = storeyQValues(nums(inputs, "p"), { lambda: num(inputs, "lambda") });
    return { pi0: nullShare, qvalues: qValues };
  },
};
