import { expect, it } from "vitest";
import { alarmShareBy, everAlarmed } from "./first-alarms.ts";
import { aboveTarget, fourStandardErrors, runsOf, TIME_MAX } from "./miss-count.contract.ts";
import { CONCENTRATIONS, sampleRatioLooks } from "./sample-ratio-looks.ts";

it(
  "an even split raises at most one alarm in a thousand runs of 20,000 units",
  () => {
    // At most 0.001 + 4·√(0.001·0.999/runs): 0.0038 with 2,000 runs, 0.0019 with 20,000.
    const counts = everAlarmed(sampleRatioLooks({ seed: 271, runs: runsOf(2000), units: 20_000, share: 0.5 }));
    expect(aboveTarget(counts, CONCENTRATIONS.map(String), 0.001)).toEqual([]);
  },
  TIME_MAX,
);

it(
  "a split of 52 to 48 is found in a median of about 10,000 units at alpha .001 with a concentration of 1,000",
  () => {
    // Half of the runs have alarmed by the median. By 8,000 units fewer and by 12,000 more have, by more than 4·√(¼/runs): 0.1 with
    // 400 runs, 0.032 with 4,000.
    const runs = runsOf(400);
    const alarms = sampleRatioLooks({ seed: 272, runs, units: 60_000, share: 0.52 });
    expect(alarmShareBy(alarms, "1000", 8000)).toBeLessThan(0.5 - fourStandardErrors(0.5, runs));
    expect(alarmShareBy(alarms, "1000", 12_000)).toBeGreaterThan(0.5 + fourStandardErrors(0.5, runs));
  },
  TIME_MAX,
);
