import { projectInbox, type FactsStore, type StateStore } from "@ratchet/engine";
import type { HealthView } from "@ratchet/protocol";
import type { Log } from "../log.ts";
import { repeat } from "./repeat.ts";

/** Moves acknowledged facts to the facts store, in the background. */
export interface Projector {
  /** So many more items wait. */
  readonly notice: (items: number) => void;
  readonly health: () => HealthView;
  readonly stop: () => Promise<void>;
}

const EVERY_MS = 500;
const WAITING_MAX = 1000;
const BACK_OFF_MS_MAX = 30_000;
/**
 * A segment is read and written on the thread that answers requests: 5,000 items hold it for some 20 ms. One run moves at most 200,000 and
 * then lets others have a turn.
 */
const LIMITS = { maxItems: 5_000, maxSegments: 40 };

/**
 * Runs every 500 ms, or at once when 1,000 items wait. A facts store that fails is tried again with growing pauses: what was acknowledged
 * stays in the inbox, and deciding and acknowledging go on without it.
 */
export function startProjector(
  stores: { readonly state: StateStore; readonly facts: FactsStore },
  log: Log,
): Projector {
  let waiting = 0;
  let failure: string | null = null;
  const loop = repeat(
    async () => {
      waiting = 0;
      await projectInbox(stores, LIMITS);
      if (failure !== null) log.info("the facts store answers again");
      failure = null;
    },
    {
      everyMs: EVERY_MS,
      backOffMsMax: BACK_OFF_MS_MAX,
      onError: (error, failures) => {
        failure = error instanceof Error ? error.message : String(error);
        if (failures === 1)
          log.error({ err: error }, "the facts store does not take what was acknowledged; it stays in the inbox");
      },
    },
  );
  return {
    notice: (items) => {
      waiting += items;
      if (waiting >= WAITING_MAX) loop.nudge();
    },
    health: () =>
      failure === null
        ? { check: "projection", state: "green", sentence: "what was acknowledged reaches the facts store" }
        : {
            check: "projection",
            state: "red",
            sentence: `the facts store does not take what was acknowledged (${failure}); nothing is lost, and it is tried again`,
          },
    stop: loop.stop,
  };
}

/** For commands that open a data directory for a moment: nothing runs in the background. */
export const NO_PROJECTOR: Projector = {
  notice: () => {},
  health: () => ({ check: "projection", state: "no_data", sentence: "nothing runs in the background here" }),
  stop: async () => {},
};
