// Time until conversion.
import { kaplanMeier, logRank, proportionalHazards, survivalAt } from "@ratchet/stats";
import { accepted } from "./accepted.mjs";
import { rowsOf } from "./prediction.mjs";

const TIMES = [0.1, 0.5, 1, 2];

export function kaplanMeierCurve({ times, events }) {
  const input = { times: Array.from(times), events: Array.from(events) };
  return {
    run: () => accepted(kaplanMeier(input, { confidence: 0.95 })),
    digest: (curve) =>
      TIMES.flatMap((time) => {
        const { survival, standardError, interval } = survivalAt(curve, time);
        return [survival, standardError, interval.lower, interval.upper];
      }),
  };
}

export function logRankTest({ times, events, groups }) {
  const input = { times: Array.from(times), events: Array.from(events), groups: Array.from(groups) };
  return { run: () => accepted(logRank(input)), digest: ({ chiSquared, observed }) => [chiSquared, ...observed] };
}

export function coxRegression({ times, events, x }) {
  const input = { times: Array.from(times), events: Array.from(events), rows: rowsOf(x, times.length) };
  return {
    run: () => accepted(proportionalHazards(input)),
    digest: ({ coefficients, standardErrors }) => [...coefficients, ...standardErrors],
  };
}
