import type { Refused } from "../refused.ts";
import { byTime, survivalFault, type SurvivalInput, type SurvivalRefusal } from "./survival-data.ts";

/** Share that has ended for each cause by `time`, in the order of the causes; the rest is still open. */
export interface IncidencePoint {
  readonly time: number;
  readonly incidence: readonly number[];
  readonly standardErrors: readonly number[];
}

/** What a unit adds to an incidence curve once it has left: a + h·(incidence of the cause). Sums of their squares. */
interface Leavers {
  aa: number;
  ah: number;
  hh: number;
}

/**
 * Cumulative incidence of competing ends, for example won and lost (Aalen-Johansen). O(n log n + times·causes).
 *
 * Standard errors by the infinitesimal jackknife: the sum of squared influences of the units.
 *
 * @param input.events - 0 for censored, 1 to `causes` for the cause.
 * @returns `too-few` without units, `invalid-input` otherwise.
 * @formula F_k(t) = Σ_{tⱼ ≤ t} S(tⱼ−)·d_kj/nⱼ, S Kaplan-Meier of any end
 * @assumes censoring tells nothing about the ends
 * @see Aalen & Johansen (1978); Therneau, Crowson & Atkinson, "Multi-state models and competing risks", for the variance.
 * @example
 * const { points } = aalenJohansen({ times: [1, 2, 3, 4], events: [1, 2, 0, 1] }, 2);
 * points[1].incidence // => [0.25, 0.25]
 */
export function aalenJohansen(
  { times, events }: SurvivalInput,
  causes: number,
): { readonly kind: "estimate"; readonly points: readonly IncidencePoint[] } | Refused<SurvivalRefusal> {
  const fault = survivalFault(times, events, causes);
  if (fault !== null) return fault;
  const order = byTime(times);
  const incidence = Array.from({ length: causes }, () => 0);
  // Influence of one who is still at risk: on each incidence, and on the log of survival.
  const common = Array.from({ length: causes }, () => 0);
  const leavers = incidence.map((): Leavers => ({ aa: 0, ah: 0, hh: 0 }));
  let [survival, commonLog] = [1, 0];
  const points: IncidencePoint[] = [];
  for (let start = 0; start < order.length;) {
    const n = order.length - start;
    const time = times[order[start] ?? 0] ?? NaN;
    const tally = Array.from({ length: causes + 1 }, () => 0);
    for (; start < order.length && times[order[start] ?? 0] === time; start++) {
      const cause = events[order[start] ?? 0] ?? 0;
      tally[cause] = (tally[cause] ?? 0) + 1;
    }
    const [censored = 0, ...ended] = tally;
    const all = ended.reduce((t, d) => t + d, 0);
    // Once nobody is left, survival is 0 and what it does to later increments no longer matters.
    const perLog = n > all ? 1 / (n - all) : 0;
    const stayLog = commonLog + (all / n) * perLog;
    ended.forEach((_, k) => {
      const dk = ended[k] ?? 0;
      const stay = (common[k] ?? 0) + (survival * ((commonLog - 1 / n) * dk)) / n;
      const after = (incidence[k] ?? 0) + (survival * dk) / n;
      const sums = leavers[k];
      if (sums === undefined) return;
      leave(sums, { units: censored, influence: stay, log: stayLog, incidence: after });
      ended.forEach((d, cause) => {
        const own = cause === k ? survival / n : 0;
        leave(sums, { units: d, influence: stay + own, log: stayLog - perLog, incidence: after });
      });
      common[k] = stay;
      incidence[k] = after;
    });
    survival *= 1 - all / n;
    commonLog = stayLog;
    points.push({
      time,
      incidence: [...incidence],
      standardErrors: incidence.map((c, k) => {
        const { aa, ah, hh } = leavers[k] ?? { aa: 0, ah: 0, hh: 0 };
        return Math.sqrt(Math.max(0, aa + 2 * c * ah + c * c * hh + (order.length - start) * (common[k] ?? 0) ** 2));
      }),
    });
  }
  return { kind: "estimate", points };
}

function leave(
  sums: Leavers,
  {
    units,
    influence,
    log,
    incidence,
  }: { readonly units: number; readonly influence: number; readonly log: number; readonly incidence: number },
): void {
  const a = influence - log * incidence;
  sums.aa += units * a * a;
  sums.ah += units * a * log;
  sums.hh += units * log * log;
}
