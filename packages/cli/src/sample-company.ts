import { setImmediate } from "node:timers/promises";
import type { SampleRunner } from "@ratchet/server";
import { SAMPLE_STORY, sampleCompany, simulateCompany } from "@ratchet/simulator";

/** The simulator's company, as the server asks for it. */
export const runSampleCompany: SampleRunner = async ({ stores, endsAt, seed, cycles, onProgress, signal }) => {
  const story = { ...SAMPLE_STORY, seed: seed ?? SAMPLE_STORY.seed, cycles: cycles ?? SAMPLE_STORY.cycles };
  let decisions = 0;
  for await (const week of simulateCompany({ world: sampleCompany(), ...stores, endsAt, ...story })) {
    signal.throwIfAborted();
    decisions = week.decisions;
    const sentence = `week ${week.cycle} of ${week.cycles}: ${decisions.toLocaleString("en-US")} decisions`;
    onProgress(week.cycle / week.cycles, sentence);
    // In memory a week is computed without a pause: let the server answer others in between.
    await setImmediate();
  }
  return `the sample company is ready: ${story.cycles} weeks, ${decisions.toLocaleString("en-US")} decisions`;
};
