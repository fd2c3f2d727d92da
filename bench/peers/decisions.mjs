// The same question put to GrowthBook's own SDK: an experiment of three variations with a condition on the region. It logs nothing.
import { GrowthBook } from "@growthbook/growthbook";

const experimentIn = (region) => ({
  key: `first-email-${region}`,
  variations: ["plain", "story", "offer"],
  weights: [0.5, 0.3, 0.2],
  coverage: 0.9,
  condition: { region },
});

/** One evaluation a unit, as a server makes them: an instance a request, with that request's attributes. */
export function perRequest({ unit, region }) {
  const regions = Array.from(region, (i) => `region-${i}`);
  const experiments = new Map(regions.map((name) => [name, experimentIn(name)]));
  return {
    run: () => {
      let evaluated = 0;
      for (let i = 0; i < unit.length; i++) {
        const attributes = { id: `account-${unit[i]}`, region: regions[i] };
        const result = new GrowthBook({ attributes }).run(experiments.get(regions[i]));
        if (result.hashValue !== "") evaluated += 1;
      }
      return evaluated;
    },
    note: (evaluated) => `${evaluated} evaluations`,
    digest: (evaluated) => [evaluated],
  };
}
