import { statfs } from "node:fs/promises";
import type { StateStore } from "@ratchet/engine";
import { OverloadedError } from "../http/problem-error.ts";

/** Refuses work while there is still room to say so. */
export interface BackPressure {
  /** @throws OverloadedError with the seconds after which to try again. */
  readonly admit: () => Promise<void>;
}

/** More than the facts store takes in about half a minute waits in the inbox. */
const BACKLOG_MAX = 2_000_000;
/** Below this share of free space a commit may fail before the next look. */
const FREE_SHARE_MIN = 0.05;
const LOOK_AGAIN_MS = 2_000;
const RETRY_AFTER_S = 5;

/**
 * Looks at the inbox's backlog and the disk's free space, at most every two seconds, and refuses before either runs out.
 *
 * @param directory - where the data are; null for memory stores, which have no disk.
 */
export function openBackPressure(state: StateStore, directory: string | null, now: () => number): BackPressure {
  let lookedAt = -Infinity;
  let reason: string | null = null;
  return {
    admit: async () => {
      if (now() - lookedAt >= LOOK_AGAIN_MS) {
        lookedAt = now();
        reason = await reasonToRefuse(state, directory);
      }
      if (reason !== null)
        throw new OverloadedError(`${reason}; nothing was taken, send it again later`, RETRY_AFTER_S);
    },
  };
}

async function reasonToRefuse(state: StateStore, directory: string | null): Promise<string | null> {
  const backlog = await state.backlog();
  if (backlog > BACKLOG_MAX) return `${backlog} signals wait to be stored, more than ${BACKLOG_MAX}`;
  if (directory === null) return null;
  const { bavail, blocks } = await statfs(directory);
  const free = bavail / blocks;
  return free < FREE_SHARE_MIN
    ? `the disk has ${(free * 100).toFixed(1)} % free, less than ${FREE_SHARE_MIN * 100} %`
    : null;
}
