import { measureDiscoveries } from "./measure-discoveries.ts";
import { measureBySize, measureIntervals } from "./measure-intervals.ts";
import { measureGroupSequential, measureLooks, measureRareOutcomes, measureSampleRatio } from "./measure-looks.ts";

/** Runs every simulation of the documentation's page and prints what came of them as JSON; some minutes. */
function main(): void {
  const measured = {
    rareOutcomes: measureRareOutcomes(),
    sampleRatio: measureSampleRatio(),
    discoveries: measureDiscoveries(),
    groupSequential: measureGroupSequential(),
    bySize: measureBySize(),
    intervals: measureIntervals(),
    looks: measureLooks(),
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

main();
