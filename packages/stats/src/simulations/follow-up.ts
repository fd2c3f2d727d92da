import type { Rng } from "../index.ts";
import { exponentialDraw } from "./draws.ts";

/** Units followed until they were won (1), lost (2) or last seen (0); every other unit is in the treatment. */
export interface Followed {
  readonly times: readonly number[];
  readonly causes: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

/** Exponential times to a win (rate 1, times the hazard ratio for treated units) and to a loss, censored uniformly over (0.5, 3). */
export function followUp(
  rng: Rng,
  { units, hazardRatio, lostRate }: { readonly units: number; readonly hazardRatio: number; readonly lostRate: number },
): Followed {
  const standard = exponentialDraw(rng, 1);
  const drawn = Array.from({ length: units }, (_, i) => {
    const won = standard() / (i % 2 === 1 ? hazardRatio : 1);
    const lost = lostRate > 0 ? standard() / lostRate : Infinity;
    const time = Math.min(won, lost, 0.5 + 2.5 * rng.next());
    return { time, cause: time === won ? 1 : time === lost ? 2 : 0, row: [i % 2] };
  });
  return {
    times: drawn.map(({ time }) => time),
    causes: drawn.map(({ cause }) => cause),
    rows: drawn.map(({ row }) => row),
  };
}
