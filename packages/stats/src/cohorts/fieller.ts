import { tQuantile } from "../numerics/special-functions.ts";
import { refuse, type Interval, type Refused } from "../refused.ts";
import { armFault, jointFreedom, type ArmMean } from "./arm-mean.ts";
import type { ComparisonRefusal } from "./welch.ts";

/** A lift with the interval of all lifts that a test at this level does not reject; not symmetric around the estimate. */
export interface FiellerLift {
  readonly kind: "estimate";
  /** (m_t − m_c)/|m_c|. */
  readonly lift: number;
  readonly degreesOfFreedom: number;
  readonly interval: Interval;
}

/**
 * Lift with Fieller's interval: exact for normal means, also where the control mean is only a few standard errors away from 0 and the
 * delta method's interval is too short.
 *
 * @returns `zero-baseline` when the control mean does not differ from 0 at this level: the set of lifts is then unbounded.
 * @formula all θ with (m_t − θ m_c)² ≤ t²(se_t² + θ² se_c²); lift = θ − 1
 * @assumes means are normal and independent
 * @see Fieller (1954), "Some problems in interval estimation", section 3
 * @example
 * const arm = (mean) => ({ kind: "mean", mean, standardError: 0.1, degreesOfFreedom: Infinity });
 * fieller(arm(1), arm(1.2), { confidence: 0.95 }) // => { lift: 0.2, interval: { lower: -0.06793, upper: 0.56381 } }
 */
export function fieller(
  control: ArmMean,
  treatment: ArmMean,
  { confidence }: { readonly confidence: number },
): FiellerLift | Refused<ComparisonRefusal | "zero-baseline"> {
  const fault = armFault(control) ?? armFault(treatment);
  if (fault !== null) return fault;
  if (!(confidence > 0 && confidence < 1))
    return refuse("invalid-input", `confidence must be in (0, 1), got ${confidence}`);
  const degreesOfFreedom = jointFreedom([control, 1], [treatment, 1]);
  const square = tQuantile((1 - confidence) / 2, degreesOfFreedom) ** 2;
  const base = control.mean ** 2;
  const [vc, vt] = [control.standardError ** 2 / base, treatment.standardError ** 2 / base];
  const unsettled = square * vc;
  if (!(unsettled < 1))
    return refuse("zero-baseline", `the control mean ${control.mean} does not differ from 0 at this confidence`);
  const ratio = treatment.mean / control.mean;
  const half = Math.sqrt(square * (vt * (1 - unsettled) + ratio * ratio * vc)) / (1 - unsettled);
  const centre = ratio / (1 - unsettled);
  const [low, high] = [centre - half - 1, centre + half - 1];
  if (!(low < high && high - low < Infinity))
    return refuse("invalid-input", `${control.mean} and ${treatment.mean} are too far apart for a ratio`);
  return {
    kind: "estimate",
    lift: (treatment.mean - control.mean) / Math.abs(control.mean),
    degreesOfFreedom,
    interval: control.mean > 0 ? { lower: low, upper: high } : { lower: -high, upper: -low },
  };
}
