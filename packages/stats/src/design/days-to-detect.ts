import { refuse, type Refused } from "../refused.ts";
import { isPositive, type ArmSizes, type DesignRefusal } from "./power.ts";

/** How units arrive, and how long their outcomes take. */
export interface Traffic {
  /** New units a day, before the split, > 0. */
  readonly unitsPerDay: number;
  /** Share of them in each arm, each in (0, 1], together at most 1: the rest is held out or in other layers. */
  readonly shares: ArmSizes;
  /** Days after which a unit's outcome counts; the last units are waited for. 0 where outcomes are immediate. */
  readonly maturityDays?: number;
  /** Enrol whole weeks, so that every weekday counts alike. */
  readonly wholeWeeks?: boolean;
}

/** How long a test takes. */
export interface TestDuration {
  readonly kind: "estimate";
  /** From the first unit to the last matured outcome. */
  readonly days: number;
  readonly enrolmentDays: number;
  /** Units enrolled by then: at least what was asked for. */
  readonly units: ArmSizes;
}

/** Nobody waits for a hundred years. */
const DAYS_MAX = 36_500;

/**
 * Days until a test has the units that it needs, matured.
 *
 * @param sizes - from `twoProportionsSize`, `twoMeansSize`, `clustersNeeded`, or `sequentialUnits` split by the shares.
 * @returns `out-of-reach` beyond a hundred years; `invalid-input` for sizes or traffic that are not positive, or shares above 1 together.
 * @formula ⌈max(n_c/(r·s_c), n_t/(r·s_t))⌉ + maturity
 * @assumes units keep arriving at this rate, each once
 * @see Kohavi, Tang & Xu (2020), "Trustworthy online controlled experiments", chapter 2 (power and duration, whole weeks)
 * @example
 * const traffic = { unitsPerDay: 500, shares: { control: 0.5, treatment: 0.5 }, maturityDays: 14 };
 * daysToDetect({ control: 3841, treatment: 3841 }, traffic) // => { days: 30, enrolmentDays: 16 }
 */
export function daysToDetect(sizes: ArmSizes, traffic: Traffic): TestDuration | Refused<DesignRefusal> {
  const fault = trafficFault(traffic);
  if (fault !== null) return fault;
  const { unitsPerDay, shares, maturityDays = 0, wholeWeeks = false } = traffic;
  if (!isPositive(sizes.control) || !isPositive(sizes.treatment))
    return refuse("invalid-input", `sizes must be positive, got ${sizes.control} and ${sizes.treatment}`);
  const needed = Math.max(sizes.control / shares.control, sizes.treatment / shares.treatment) / unitsPerDay;
  const enrolmentDays = wholeWeeks ? 7 * Math.ceil(needed / 7) : Math.ceil(needed);
  if (!(enrolmentDays + maturityDays <= DAYS_MAX))
    return refuse("out-of-reach", `${Math.ceil(needed)} days of enrolment; look for a larger effect or more traffic`);
  return { kind: "estimate", days: enrolmentDays + maturityDays, enrolmentDays, units: after(enrolmentDays, traffic) };
}

/**
 * Units of each arm whose outcomes have matured after some days: what to ask a minimum detectable effect of.
 *
 * @returns `too-early` before the first outcomes mature; `invalid-input` as `daysToDetect`.
 * @part daysToDetect
 * @example
 * unitsAfter(30, { unitsPerDay: 500, shares: { control: 0.5, treatment: 0.5 }, maturityDays: 14 }) // => { units: { control: 4000 } }
 */
export function unitsAfter(
  days: number,
  traffic: Traffic,
): { readonly kind: "estimate"; readonly units: ArmSizes } | Refused<"invalid-input" | "too-early"> {
  const fault = trafficFault(traffic);
  if (fault !== null) return fault;
  if (!(days >= 0 && days < Infinity)) return refuse("invalid-input", `${days} days`);
  const matured = days - (traffic.maturityDays ?? 0);
  if (!(matured > 0)) return refuse("too-early", `outcomes take ${traffic.maturityDays ?? 0} days to mature`);
  return { kind: "estimate", units: after(matured, traffic) };
}

function after(days: number, { unitsPerDay, shares }: Traffic): ArmSizes {
  return { control: days * unitsPerDay * shares.control, treatment: days * unitsPerDay * shares.treatment };
}

function trafficFault({ unitsPerDay, shares, maturityDays = 0 }: Traffic): Refused<"invalid-input"> | null {
  const { control, treatment } = shares;
  const fine =
    isPositive(unitsPerDay) &&
    control > 0 &&
    treatment > 0 &&
    control + treatment <= 1 + 1e-9 &&
    maturityDays >= 0 &&
    maturityDays < Infinity;
  return fine
    ? null
    : refuse(
        "invalid-input",
        `${unitsPerDay} units a day in shares ${control} and ${treatment}, maturing in ${maturityDays} days`,
      );
}
