import type { Refused } from "../refused.ts";
import { pValueFromEValue } from "./e-values.ts";
import {
  logarithmicShare,
  testOnline,
  whenValid,
  type OnlineDecision,
  type OnlineProcedure,
  type OnlineRefusal,
  type OnlineTests,
} from "./online-tests.ts";

/**
 * LOND: levels in proportion to the discoveries so far, for an endless stream of tests.
 *
 * @formula α_t = α·g(t)·(discoveries before t + 1), g(j) = 0.0772·ln(max(j, 2))/(j·e^√ln j)
 * @assumes independent or positively dependent p-values
 * @see Javanmard & Montanari (2015), "On online control of false discovery rate", section 2.
 * @example
 * testOnline(lond(0.05), noOnlineTests, 0.001) // => { rejected: true, level: 0.00267584 }
 */
export function lond(alpha: number): OnlineProcedure {
  return whenValid(alpha > 0 && alpha < 1, {
    lambda: 0,
    level: ({ count, rejected }) => alpha * logarithmicShare(count + 1) * (rejected.length + 1),
  });
}

/**
 * LOND for any dependence of the p-values: the level of the t-th test divided by 1 + ½ + … + 1/t.
 *
 * @formula α_t = α·g(t)·(discoveries before t + 1)/Σ_{j≤t} 1/j, g as in LOND
 * @assumes nothing about the dependence of the p-values
 * @see Zrnic, Ramdas & Jordan (2021), "Asynchronous online testing of multiple hypotheses", section 5.
 * @example
 * const past = testOnline(londDependent(0.05), noOnlineTests, 0.5).tests;
 * testOnline(londDependent(0.05), past, 0.0001) // => { rejected: true, level: 0.00038794 }
 */
export function londDependent(alpha: number): OnlineProcedure {
  return whenValid(alpha > 0 && alpha < 1, {
    lambda: 0,
    level: ({ count, rejected }) => {
      let harmonic = 0;
      for (let j = 1; j <= count + 1; j++) harmonic += 1 / j;
      return (alpha * logarithmicShare(count + 1) * (rejected.length + 1)) / harmonic;
    },
  });
}

/**
 * e-LOND: decides the next hypothesis of a stream by its e-value, whatever the e-values share with each other.
 *
 * The best fit for a loop of e-processes: their stopping times may depend on each other and on earlier decisions. Outcomes that
 * come late need no second form: test a hypothesis when its e-process has stopped.
 *
 * @param logEValue - ln of the e-value, −Infinity for 0.
 * @formula reject when e_t ≥ 1/α_t, α_t = α·g(t)·(discoveries before t + 1), g as in LOND
 * @assumes e-values with expectation at most 1 under their null, given the decisions before; any dependence beyond that
 * @see Xu & Ramdas (2024), "Online multiple testing with e-values", section 3.
 * @example
 * eLond(noOnlineTests, Math.log(500), 0.05) // => { rejected: true, level: 0.00267584 }
 * eLond(noOnlineTests, Math.log(300), 0.05) // => { rejected: false }
 */
export function eLond(past: OnlineTests, logEValue: number, alpha: number): OnlineDecision | Refused<OnlineRefusal> {
  return testOnline(lond(alpha), past, pValueFromEValue(logEValue));
}
