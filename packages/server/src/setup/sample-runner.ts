import type { FactsStore, Instant, StateStore } from "@ratchet/engine";

/** What the sample company is run with. */
export interface SampleTask {
  readonly stores: { readonly state: StateStore; readonly facts: FactsStore };
  /** Simulated time ends here, so that what follows in real time follows on. */
  readonly endsAt: Instant;
  /** null leaves it to the world. */
  readonly seed: number | null;
  /** Weeks of business; null leaves it to the world. */
  readonly cycles: number | null;
  readonly onProgress: (done: number, sentence: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Fills empty stores through the workspace's own functions, under a clock of its own. The server cannot import the simulator, so whoever
 * starts it brings one.
 */
export type SampleRunner = (task: SampleTask) => Promise<string>;
