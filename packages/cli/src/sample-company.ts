import { setImmediate } from "node:timers/promises";
import type { SampleRunner } from "@ratchet/server";
import { sampleCompany, simulateCompany } from "@ratchet/simulator";

/** Half a year of business, enough for a change that fails, one that holds, and one that waits for whoever looks. */
const CYCLES = 26;
const LEADS_PER_CYCLE = 1000;
/** From so far into the run on nobody approves any more. */
const ATTENDED_SHARE = 0.55;

/** The simulator's company, as the server asks for it. */
export const runSampleCompany: SampleRunner = async ({ stores, endsAt, seed, cycles: asked, onProgress, signal }) => {
  const cycles = asked ?? CYCLES;
  let decisions = 0;
  for await (const week of simulateCompany({
    world: sampleCompany(),
    ...stores,
    seed,
    endsAt,
    cycles,
    leadsPerCycle: LEADS_PER_CYCLE,
    unattendedFrom: Math.ceil(cycles * ATTENDED_SHARE) + 1,
  })) {
    signal.throwIfAborted();
    decisions = week.decisions;
    const sentence = `week ${week.cycle} of ${week.cycles}: ${decisions.toLocaleString("en-US")} decisions`;
    onProgress(week.cycle / week.cycles, sentence);
    // In memory a week is computed without a pause: let the server answer others in between.
    await setImmediate();
  }
  return `the sample company is ready: ${cycles} weeks, ${decisions.toLocaleString("en-US")} decisions`;
};
