// Units that ask for decisions: a number that names each, and the place of its region among ten.
import { column, draws } from "./draws.mjs";

/** `n` units in ten regions. */
export function askingUnits({ n }, seed = 601) {
  const { uniform } = draws(seed);
  return { unit: column(n, (i) => i), region: column(n, () => Math.floor(10 * uniform())) };
}

/** Leads with 30 features each, one after the other: twenty numbers, five flags, five words. */
export function scoredLeads({ n, features }, seed = 602) {
  const { uniform, normal } = draws(seed);
  return {
    values: column(n * features, (i) => {
      const place = i % features;
      return place < 20 ? 100 + 50 * normal() : place < 25 ? Math.round(uniform()) : Math.floor(6 * uniform());
    }),
  };
}
