import { logarithmicShare, whenValid, type OnlineProcedure } from "./online-tests.ts";

/**
 * Alpha spending: a level for every test of an endless stream, whatever happens; keeps the chance of any false discovery at alpha.
 *
 * @formula α_t = α·g(t), g(j) = 0.0772·ln(max(j, 2))/(j·e^√ln j)
 * @assumes nothing about the dependence of the p-values
 * @see Foster & Stine (2008), "α-investing: a procedure for sequential control of expected false discoveries", section 2.
 * @example
 * testOnline(alphaSpending(0.05), noOnlineTests, 0.001) // => { rejected: true, level: 0.00267584 }
 */
export function alphaSpending(alpha: number): OnlineProcedure {
  return whenValid(alpha > 0 && alpha < 1, { lambda: 0, level: ({ count }) => alpha * logarithmicShare(count + 1) });
}

/**
 * Online fallback: alpha spending in which a rejection hands its level on to the next test; never less powerful.
 *
 * With outcomes that come late, the test that begins next gets the levels of all rejections that have become known.
 *
 * @formula α_t = α·g(t) + α_{t−1}·1{test t − 1 rejected}, g as in alpha spending
 * @assumes nothing about the dependence of the p-values
 * @see Tian & Ramdas (2021), "Online control of the familywise error rate", section 2.
 * @example
 * const past = testOnline(onlineFallback(0.05), noOnlineTests, 0.001).tests;
 * testOnline(onlineFallback(0.05), past, 0.2) // => { rejected: false, level: 0.00325775 }
 */
export function onlineFallback(alpha: number): OnlineProcedure {
  return whenValid(alpha > 0 && alpha < 1, {
    lambda: 0,
    level: ({ count, freed }) => alpha * logarithmicShare(count + 1) + freed,
  });
}
