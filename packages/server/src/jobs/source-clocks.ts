import { watchClocks, type WorkspaceStores } from "@ratchet/engine";
import type { Log } from "../log.ts";
import { repeat } from "./repeat.ts";

/** Looks after the sources' clocks, in the background. */
export interface SourceClocks {
  readonly stop: () => Promise<void>;
}

const EVERY_MS = 60_000;
const BACK_OFF_MS_MAX = 15 * 60_000;

/** Looks once a minute, where signals came since the last look. Rows are appended, so what was known at a time stays known. */
export function startSourceClocks(stores: WorkspaceStores, log: Log, everyMs = EVERY_MS): SourceClocks {
  let seen = -1;
  return repeat(
    async () => {
      const { signals } = await stores.facts.counts();
      if (signals === seen) return;
      for (const { source, shiftMs, estimate } of await watchClocks(stores))
        log.info(
          { source, shiftMs, uncertaintyMs: estimate.uncertaintyMs, deliveries: estimate.n },
          shiftMs === 0 ? "a source's clock is right" : "a source's clock is off; its times are read corrected",
        );
      seen = signals;
    },
    {
      everyMs,
      backOffMsMax: BACK_OFF_MS_MAX,
      onError: (error) => log.error({ err: error }, "the sources' clocks were not looked at; it is tried again"),
    },
  );
}

/** Nothing runs in the background. */
export const NO_SOURCE_CLOCKS: SourceClocks = { stop: async () => {} };
