// How time grows with units: n, 4n and 16n of them, and the exponent of the power law through the three.
import { quickest } from "./measure.mjs";
import { WORK } from "./ours/scaled.mjs";
import { startWorker } from "./worker.mjs";

/** Sorting makes about 1.1 between these sizes, caches that overflow a little more; what compares all pairs makes 2. */
const EXPONENT_MAX = 1.5;

/**
 * Slow ones start lower, so that 16n takes seconds at most. Those that make much garbage a unit start higher: below that no
 * garbage is collected yet, and its beginning would look like growth.
 */
const FIRST_SIZES = {
  linearRegression: 24_000,
  clusteredMean: 24_000,
  crossFittedAipw: 500,
  logisticElasticNet: 4000,
  proportionalHazards: 4000,
};
const FIRST_SIZE = 8000;

/** Every estimator with the sizes that it is tried at. */
export const SCALED = Object.keys(WORK).map((name) => ({
  name,
  sizes: [1, 4, 16].map((times) => times * (FIRST_SIZES[name] ?? FIRST_SIZE)),
}));

/** Shortest processor time at each size, each in a process of its own, and the exponent. */
export async function measureScaling({ name, sizes }) {
  const ms = [];
  for (const n of sizes) {
    const worker = await startWorker("ours");
    try {
      const [kind, message] = await worker.ask("scale", name, n);
      if (kind !== "answer") return { name, sizes, ms, exponent: NaN, verdict: "failed", label: message };
      ms.push(await quickest(worker));
    } finally {
      worker.stop();
    }
  }
  const exponent = slope(sizes.map(Math.log), ms.map(Math.log));
  return { name, sizes, ms, exponent, verdict: exponent <= EXPONENT_MAX ? "met" : "missed" };
}

/** Least-squares slope of y on x. */
export function slope(x, y) {
  const [mx, my] = [x, y].map((values) => values.reduce((t, value) => t + value, 0) / values.length);
  const products = x.reduce((t, value, i) => t + (value - mx) * (y[i] - my), 0);
  return products / x.reduce((t, value) => t + (value - mx) ** 2, 0);
}
