import type { StateStore } from "@ratchet/engine";
import { openChdbFacts, type ChdbFactsStore } from "./facts/chdb-facts-store.ts";
import { openSqliteState } from "./state/sqlite-state-store.ts";

export interface EmbeddedStoresOptions {
  /** The data directory; made if absent, readable by its owner alone. */
  readonly directory: string;
  /** Memory that the analytics engine may take, in bytes; 1.5 GB unless told. */
  readonly factsMemoryBytes?: number;
}

/** Both stores of one data directory. */
export interface EmbeddedStores {
  readonly state: StateStore;
  readonly facts: ChdbFactsStore;
  /** Closes both; the directory is then free for another process. */
  close(): Promise<void>;
}

/**
 * Opens the stores that need no server: the state on SQLite, the facts on chDB.
 *
 * @throws DataDirectoryInUseError when another process has the directory open.
 */
export async function openEmbeddedStores({
  directory,
  factsMemoryBytes,
}: EmbeddedStoresOptions): Promise<EmbeddedStores> {
  // The state first: its lock answers at once, and frees itself with the process that held it.
  const state = await openSqliteState({ directory });
  try {
    const facts = await openChdbFacts({
      directory,
      ...(factsMemoryBytes === undefined ? {} : { memoryBytes: factsMemoryBytes }),
    });
    return {
      state,
      facts,
      close: async () => {
        await facts.close();
        await state.close();
      },
    };
  } catch (error) {
    await state.close();
    throw error;
  }
}
