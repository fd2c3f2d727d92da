// The same question put to GrowthBook's own SDK: a feature whose experiment has other weights in each of ten regions. It logs nothing.
import { GrowthBook } from "@growthbook/growthbook";

const features = {
  "first-email": {
    defaultValue: "plain",
    rules: Array.from({ length: 10 }, (_, i) => ({
      key: `first-email-${i}`,
      condition: { region: `region-${i}` },
      variations: ["plain", "story", "offer"],
      weights: [0.5 - 0.02 * i, 0.3, 0.2 + 0.02 * i],
      coverage: 0.9,
    })),
  },
};

/** One evaluation a unit, as a server makes them: an instance a request, with that request's attributes. */
export function perRequest({ unit, region }) {
  const regions = Array.from(region, (i) => `region-${i}`);
  return {
    run: () => {
      let evaluated = 0;
      for (let i = 0; i < unit.length; i++) {
        const attributes = { id: `account-${unit[i]}`, region: regions[i] };
        const { value } = new GrowthBook({ attributes, features }).evalFeature("first-email");
        if (value !== null) evaluated += 1;
      }
      return evaluated;
    },
    note: (evaluated) => `${evaluated} evaluations`,
    digest: (evaluated) => [evaluated],
  };
}
