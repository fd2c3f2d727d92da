/** The ports of the engine, implemented: the state on SQLite, the facts on chDB, both in one data directory. */
export { DataDirectoryInUseError, StorageClosedError } from "./errors.ts";
export { openEmbeddedStores, type EmbeddedStores, type EmbeddedStoresOptions } from "./embedded-stores.ts";
export { openAccounts, type AccountRow, type Accounts } from "./accounts/open-accounts.ts";
export { openSqliteState, type SqliteStateOptions } from "./state/sqlite-state-store.ts";
export {
  openChdbFacts,
  type ChdbFactsOptions,
  type ChdbFactsStore,
  type FactsHealth,
} from "./facts/chdb-facts-store.ts";
export { ChdbDiedError, ChdbError } from "./facts/chdb-child-handle.ts";
export { RowsMissingError, SegmentConflictError } from "./facts/load-segment.ts";
export { OldPartsRemainError } from "./facts/erase-facts.ts";
