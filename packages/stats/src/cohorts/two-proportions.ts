import { bisect } from "../numerics/bisect.ts";
import { countsFault, wilsonInterval } from "./one-proportion.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { normalQuantile, normalSf } from "../numerics/special-functions.ts";
import type { Conversions } from "../anytime/two-by-two-e-process.ts";
import type { ComparisonRefusal, DifferenceEstimate } from "./welch.ts";

/** How an interval for a difference of rates is made; `newcombe` is the default, `wald` needs many conversions in each arm. */
export type DifferenceMethod = "newcombe" | "wald" | "agresti-caffo" | "miettinen-nurminen";

/**
 * Difference of two conversion rates (treatment − control) at one look, with the pooled z-test's p-value.
 *
 * @returns `too-few` without units in an arm; `zero-variance` when nobody or everybody converted in both arms, where the
 * test is undefined (and Wald would have zero width).
 * @see Newcombe (1998), "Interval estimation for the difference between independent proportions", methods 1, 10; Agresti &
 * Caffo (2000); Miettinen & Nurminen (1985), eq. 9.
 * @formula Newcombe: d − √((p_t − l_t)² + (u_c − p_c)²) to d + √((u_t − p_t)² + (p_c − l_c)²), l and u Wilson's ends
 * @assumes independent units; one look
 * @example
 * const control = { n: 200, conversions: 9 };
 * const treatment = { n: 180, conversions: 30 };
 * twoProportionDifference(control, treatment, { confidence: 0.95 }) // => { estimate: 0.12167, pValue: 0.00009534 }
 */
export function twoProportionDifference(
  control: Conversions,
  treatment: Conversions,
  { confidence, method = "newcombe" }: { readonly confidence: number; readonly method?: DifferenceMethod },
): DifferenceEstimate | Refused<ComparisonRefusal> {
  const fault = comparisonFault(control, treatment, confidence);
  if (fault !== null) return fault;
  const test = pooledZ(control, treatment);
  if (test.kind === "refused") return test;
  const interval = differenceInterval(control, treatment, { alpha: 1 - confidence, method });
  if ("kind" in interval) return interval;
  const [p1, p2] = [control.conversions / control.n, treatment.conversions / treatment.n];
  return {
    kind: "estimate",
    estimate: p2 - p1,
    standardError: Math.sqrt((p1 * (1 - p1)) / control.n + (p2 * (1 - p2)) / treatment.n),
    degreesOfFreedom: Infinity,
    interval,
    pValue: test.pValue,
  };
}

/** z statistic and two-sided p-value. */
export interface ZTest {
  readonly kind: "estimate";
  readonly z: number;
  readonly pValue: number;
}

/**
 * z-test of equal conversion rates with the variance pooled under equality; z > 0 when treatment converts more.
 *
 * @formula z = (p_t − p_c)/√(p̄(1 − p̄)(1/n_c + 1/n_t))
 * @assumes independent units; about 5 of either outcome an arm; one look
 * @see Fleiss, Levin & Paik (2003), "Statistical methods for rates and proportions", section 3.1
 * @example
 * const control = { n: 200, conversions: 9 };
 * const treatment = { n: 180, conversions: 30 };
 * pooledZ(control, treatment) // => { z: 3.9022, pValue: 0.00009534 }
 */
export function pooledZ(control: Conversions, treatment: Conversions): ZTest | Refused<ComparisonRefusal> {
  const fault = countsFault(control, treatment);
  if (fault !== null) return fault;
  const pooled = (control.conversions + treatment.conversions) / (control.n + treatment.n);
  const variance = pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n);
  if (!(variance > 0))
    return refuse("zero-variance", "nobody or everybody converted in both arms; there is nothing to compare");
  const z = (treatment.conversions / treatment.n - control.conversions / control.n) / Math.sqrt(variance);
  return { kind: "estimate", z, pValue: 2 * normalSf(Math.abs(z)) };
}

/**
 * Interval for rate(treatment) − rate(control); alpha is the two-sided error.
 *
 * @returns `too-few` with an empty arm, `zero-variance` where a method has no width, `invalid-input` otherwise.
 * @part twoProportionDifference
 * @example
 * differenceInterval({ n: 200, conversions: 9 }, { n: 180, conversions: 30 }, { alpha: 0.05, method: "newcombe" }) // => { lower: 0.0608, upper: 0.1865 }
 */
export function differenceInterval(
  control: Conversions,
  treatment: Conversions,
  { alpha, method }: { readonly alpha: number; readonly method: DifferenceMethod },
): Interval | Refused<ComparisonRefusal> {
  const fault = comparisonFault(control, treatment, 1 - alpha);
  if (fault !== null) return fault;
  const interval = differenceEnds(control, treatment, { alpha, method });
  return interval.lower < interval.upper
    ? interval
    : refuse("zero-variance", `the ${method} interval has no width here; use newcombe`);
}

function differenceEnds(
  control: Conversions,
  treatment: Conversions,
  { alpha, method }: { readonly alpha: number; readonly method: DifferenceMethod },
): Interval {
  const [p1, p2] = [control.conversions / control.n, treatment.conversions / treatment.n];
  const z = -normalQuantile(alpha / 2);
  switch (method) {
    case "wald":
      return wald(control, treatment, z);
    case "agresti-caffo":
      return wald(addOneOfEach(control), addOneOfEach(treatment), z);
    case "newcombe": {
      const c = wilsonInterval(control, alpha);
      const t = wilsonInterval(treatment, alpha);
      return {
        lower: p2 - p1 - Math.hypot(p2 - t.lower, c.upper - p1),
        upper: p2 - p1 + Math.hypot(p1 - c.lower, t.upper - p2),
      };
    }
    case "miettinen-nurminen": {
      const excess = (delta: number): number => scoreOfDifference(control, treatment, delta) - z;
      const deficit = (delta: number): number => scoreOfDifference(control, treatment, delta) + z;
      const edge = 1 - 1e-12;
      return {
        lower: excess(-edge) <= 0 ? -1 : bisect(excess, -edge, p2 - p1),
        upper: deficit(edge) >= 0 ? 1 : bisect(deficit, p2 - p1, edge),
      };
    }
  }
}

/** How an interval for a ratio of rates is made; `log` needs conversions in both arms, `score` in one of them. */
export type RatioMethod = "log" | "log-adjusted" | "score";

/**
 * Interval for rate(treatment)/rate(control); alpha is the two-sided error.
 *
 * @returns `zero-baseline` when an arm has no conversions and the method needs them.
 * @see Katz et al. (1978); Walter (1975) for the adjustment by ½; Koopman (1984) and Miettinen & Nurminen (1985) for the score.
 * @formula score: all r with |p_t − r p_c| ≤ z·√(var at the rates likeliest under p_t = r p_c); log: exp(ln(p_t/p_c) ± z·√(1/x_t − 1/n_t + 1/x_c − 1/n_c))
 * @assumes independent units; one look
 * @example
 * const control = { n: 200, conversions: 9 };
 * const treatment = { n: 180, conversions: 30 };
 * ratioInterval(control, treatment, { alpha: 0.05, method: "score" }) // => { lower: 1.8431, upper: 7.5153 }
 */
export function ratioInterval(
  control: Conversions,
  treatment: Conversions,
  { alpha, method }: { readonly alpha: number; readonly method: RatioMethod },
): Interval | Refused<ComparisonRefusal | "zero-baseline"> {
  const fault = comparisonFault(control, treatment, 1 - alpha);
  if (fault !== null) return fault;
  const interval = ratioEnds(control, treatment, { alpha, method });
  return "kind" in interval || interval.lower < interval.upper
    ? interval
    : refuse("zero-variance", `the ${method} interval has no width where everybody converted`);
}

function ratioEnds(
  control: Conversions,
  treatment: Conversions,
  { alpha, method }: { readonly alpha: number; readonly method: RatioMethod },
): Interval | Refused<"zero-baseline"> {
  if (method === "log-adjusted") {
    const [c, t] = [halfMore(control), halfMore(treatment)];
    return logRatioInterval(c, t, alpha);
  }
  const [none, noneTreated] = [control.conversions === 0, treatment.conversions === 0];
  if ((none && noneTreated) || (method === "log" && (none || noneTreated))) {
    return refuse(
      "zero-baseline",
      `a ratio needs conversions, got ${control.conversions} and ${treatment.conversions}`,
    );
  }
  if (method === "log") return logRatioInterval(control, treatment, alpha);
  const z = -normalQuantile(alpha / 2);
  // In ln(ratio), where both ends lie within a few dozen units of any ratio that the data allow; an arm without conversions leaves one
  // side open, and any ratio on that side of the end will do to start from.
  const middle =
    none || noneTreated
      ? none
        ? 50
        : -50
      : Math.log(treatment.conversions / treatment.n / (control.conversions / control.n));
  const score = (logRatio: number): number => scoreOfRatio(control, treatment, Math.exp(logRatio));
  return {
    lower: noneTreated ? 0 : Math.exp(bisect((x) => score(x) - z, middle - 100, middle)),
    upper: none ? Infinity : Math.exp(bisect((x) => score(x) + z, middle, middle + 100)),
  };
}

function logRatioInterval(control: Conversions, treatment: Conversions, alpha: number): Interval {
  const center = Math.log(treatment.conversions / treatment.n / (control.conversions / control.n));
  const variance = 1 / treatment.conversions - 1 / treatment.n + 1 / control.conversions - 1 / control.n;
  const half = -normalQuantile(alpha / 2) * Math.sqrt(variance);
  return { lower: Math.exp(center - half), upper: Math.exp(center + half) };
}

function wald(control: Conversions, treatment: Conversions, z: number): Interval {
  const [p1, p2] = [control.conversions / control.n, treatment.conversions / treatment.n];
  const half = z * Math.sqrt((p1 * (1 - p1)) / control.n + (p2 * (1 - p2)) / treatment.n);
  return { lower: p2 - p1 - half, upper: p2 - p1 + half };
}

/** Score statistic of difference = delta, variance at the rates that are likeliest under it (a cubic, solved in closed form). */
export function scoreOfDifference(control: Conversions, treatment: Conversions, delta: number): number {
  const [n0, x0, n1, x1] = [control.n, control.conversions, treatment.n, treatment.conversions];
  const n = n0 + n1;
  const c2 = (n1 + 2 * n0) * delta - n - x0 - x1;
  const c1 = (n0 * delta - n - 2 * x0) * delta + x0 + x1;
  const c0 = x0 * delta * (1 - delta);
  const q = (c2 / (3 * n)) ** 3 - (c1 * c2) / (6 * n * n) + c0 / (2 * n);
  const p = (q < 0 ? -1 : 1) * Math.sqrt(Math.max(0, (c2 / (3 * n)) ** 2 - c1 / (3 * n)));
  const angle = (Math.PI + Math.acos(p === 0 ? 0 : Math.max(-1, Math.min(1, q / p ** 3)))) / 3;
  const rate0 = clamp(2 * p * Math.cos(angle) - c2 / (3 * n));
  const rate1 = clamp(rate0 + delta);
  return standardised(
    x1 / n1 - x0 / n0 - delta,
    ((rate1 * (1 - rate1)) / n1 + (rate0 * (1 - rate0)) / n0) * (n / (n - 1)),
  );
}

/** Score statistic of ratio = r, likewise (a quadratic). */
function scoreOfRatio(control: Conversions, treatment: Conversions, r: number): number {
  const [n0, x0, n1, x1] = [control.n, control.conversions, treatment.n, treatment.conversions];
  const n = n0 + n1;
  const b = n1 * r + x1 + n0 + x0 * r;
  const rate0 = clamp((2 * (x0 + x1)) / (b + Math.sqrt(Math.max(0, b * b - 4 * n * r * (x0 + x1)))));
  const rate1 = clamp(rate0 * r);
  return standardised(
    x1 / n1 - (r * x0) / n0,
    ((rate1 * (1 - rate1)) / n1 + (r * r * rate0 * (1 - rate0)) / n0) * (n / (n - 1)),
  );
}

function standardised(difference: number, variance: number): number {
  if (difference === 0) return 0;
  return difference / Math.sqrt(variance);
}

function clamp(p: number): number {
  return Math.min(1, Math.max(0, p));
}

function addOneOfEach({ n, conversions }: Conversions): Conversions {
  return { n: n + 2, conversions: conversions + 1 };
}

function halfMore({ n, conversions }: Conversions): Conversions {
  return { n: n + 0.5, conversions: conversions + 0.5 };
}

function comparisonFault(
  control: Conversions,
  treatment: Conversions,
  confidence: number,
): Refused<"invalid-input" | "too-few"> | null {
  return (
    countsFault(control, treatment) ??
    (confidence > 0 && confidence < 1
      ? null
      : refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`))
  );
}
