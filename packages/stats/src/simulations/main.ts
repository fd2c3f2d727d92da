import { measureDiscoveries } from "./measure-discoveries.ts";
import { measureBySize, measureIntervals } from "./measure-intervals.ts";
import { measureGroupSequential, measureLooks, measureRareOutcomes, measureSampleRatio } from "./measure-looks.ts";

/** The parts of the documentation's page. */
const PARTS: Readonly<Record<string, () => unknown>> = {
  rareOutcomes: measureRareOutcomes,
  sampleRatio: measureSampleRatio,
  discoveries: measureDiscoveries,
  groupSequential: measureGroupSequential,
  bySize: measureBySize,
  intervals: measureIntervals,
  looks: measureLooks,
};

/** Runs the parts that are named (all when none is) and prints what came of them as JSON; all together take some minutes. */
function main(asked: readonly string[]): void {
  const names = asked.length > 0 ? asked : Object.keys(PARTS);
  const measured = names.map((name) => {
    const measure = PARTS[name];
    if (measure === undefined) throw new Error(`no part "${name}"; there are ${Object.keys(PARTS).join(", ")}`);
    return [name, measure()];
  });
  process.stdout.write(`${JSON.stringify(Object.fromEntries(measured))}\n`);
}

main(process.argv.slice(2));
