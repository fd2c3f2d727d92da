import { ipsScores, lowerBounds, mersenneRng, proportionInterval } from "../index.ts";
import { drawRounds, POLICY_VALUE, WEIGHT_MAX } from "./drawn-rounds.ts";
import { countMisses, type MissCounts } from "./miss-count.ts";

/**
 * How often one-sided lower bounds at level delta lie above the truth: on importance-weighted rewards in [0, 4] (Hoeffding, Maurer and
 * Pontil's empirical Bernstein, Student's t), and on a plain rate (Clopper-Pearson).
 */
export function lowerBoundsHold({
  seed,
  runs,
  rounds,
  delta,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly rounds: number;
  readonly delta: number;
}): MissCounts {
  const rng = mersenneRng(seed);
  return countMisses(runs, () => {
    const log = drawRounds(rng, rounds);
    const bounds = lowerBounds(ipsScores(log), { max: WEIGHT_MAX, delta });
    let conversions = 0;
    for (let i = 0; i < rounds; i++) if (rng.next() < POLICY_VALUE) conversions++;
    const exact = proportionInterval(
      { n: rounds, conversions },
      { confidence: 1 - 2 * delta, method: "clopper-pearson" },
    );
    return {
      Hoeffding: bounds.kind === "refused" ? null : bounds.hoeffding > POLICY_VALUE,
      "Maurer-Pontil": bounds.kind === "refused" ? null : bounds.bernstein > POLICY_VALUE,
      "Student's t": bounds.kind === "refused" ? null : bounds.studentT > POLICY_VALUE,
      "Clopper-Pearson": exact.kind === "refused" ? null : exact.interval.lower > POLICY_VALUE,
    };
  });
}
