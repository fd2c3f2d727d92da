import { mersenneRng, sequentialSampleRatio } from "../index.ts";
import { binomialDraw } from "./draws.ts";
import { watch, type FirstAlarms } from "./first-alarms.ts";

/** Weights of the prior on the designed split: 1,000 is Ratchet's, 10,000 the one of the paper's own program. */
export const CONCENTRATIONS = [100, 1000, 10_000] as const;

const ALPHA = 0.001;
const UNITS_PER_LOOK = 50;

/**
 * Units at which the sequential test for sample ratio mismatch, at alpha = .001, first found that units are not split evenly; looked
 * at every 50 units. Methods are concentrations.
 *
 * @param options.share - of the units that really get the treatment; 0.5 is an A/A.
 */
export function sampleRatioLooks({
  seed,
  runs,
  units,
  share,
}: {
  readonly seed: number;
  readonly runs: number;
  readonly units: number;
  readonly share: number;
}): FirstAlarms {
  const draw = binomialDraw(mersenneRng(seed), { n: UNITS_PER_LOOK, rate: share });
  return watch(runs, CONCENTRATIONS.map(String), (raise) => {
    const open = new Set<number>(CONCENTRATIONS);
    let treated = 0;
    for (let n = UNITS_PER_LOOK; n <= units && open.size > 0; n += UNITS_PER_LOOK) {
      treated += draw();
      // |z| < 2 is no evidence at .001 for any prior.
      if ((treated - n / 2) ** 2 < n) continue;
      for (const concentration of open) {
        const found = sequentialSampleRatio({ counts: [n - treated, treated], expected: [1, 1], concentration });
        if (found.kind === "refused") throw new Error(found.message);
        if (found.logBayesFactor < -Math.log(ALPHA)) continue;
        raise(String(concentration), n);
        open.delete(concentration);
      }
    }
  });
}
