/** @ratchet/simulator: replay of real logs, and worlds with a known truth, driving the same engine as the server. */
export type { ValueEstimate } from "./replay/log-tally.ts";
export type { ReplayInput } from "./replay/replay-input.ts";
export { replay, type ReplayCycle } from "./replay/replay.ts";
export type { PromotionCheck, ReplaySummary } from "./replay/summarise.ts";
export { SAMPLE_STORY, sampleCompany, type SampleWorld, type TrueEffect } from "./worlds/sample-company.ts";
export { simulateCompany, type SimulatedCycle, type SimulationInput } from "./worlds/simulate-company.ts";
export { replayPolicy, type LogBasics } from "./replay/replay-policy.ts";
