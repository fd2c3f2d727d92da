/** @ratchet/server: HTTP routes, ingestion, jobs and the one composition root. Start reading at `compose.ts`, then `create-app.ts`. */
export { createApp, type AppOptions } from "./create-app.ts";
export {
  compose,
  openDirectory,
  type Composed,
  type ComposeOptions,
  type OpenDirectory,
  type OpenDirectoryOptions,
} from "./compose.ts";
export type { AppContext } from "./context.ts";
export { listen, startServer, type Listening, type RunningServer, type ServerOptions } from "./start-server.ts";
export { elsewhereFault, groupRoleFrom, type ElsewhereSettings } from "./access/elsewhere-settings.ts";
export { WEEKLY, type CycleRhythm } from "./jobs/cycle-clock.ts";
export { openLog, type Log } from "./log.ts";
export { parseTrustedProxies, type TrustedProxies } from "./access/trusted-proxies.ts";
export { agentServer } from "./mcp/agent-server.ts";
export { LOCAL_AGENT, type Agent, type AgentCall } from "./mcp/agent.ts";
export { labellerFault, type LabellerSettings } from "./notes/provider.ts";
export type { SampleRunner, SampleTask } from "./setup/sample-runner.ts";
export { VERSION } from "./version.ts";
export { DataDirectoryInUseError, openEmbeddedStores } from "@ratchet/storage";

export { faultText, loadYaml, parseYaml, type DocumentFault, type LoadResult } from "./documents/load-yaml.ts";
export { policyFromDocument } from "./documents/policy-from-document.ts";
export { policySchema } from "./documents/policy-schema.ts";

export { dryRunFile, type DryRun } from "./imports/dry-run-file.ts";
export { importFile, type ImportedFile, type ImportFileTask } from "./imports/import-file.ts";
export type { ImportProgress } from "./import/import-log.ts";
export { importMappingFrom, type ImportMapping } from "./import/import-mapping.ts";
export { LogFileError } from "./import/log-file-error.ts";
export { readLog, readLogBatches, type LogItem, type ReadLogTask } from "./import/read-log.ts";
export {
  DocumentError,
  loadImportMap,
  loadMapping,
  loadPlaybook,
  loadPolicy,
  parsePlaybook,
  yamlText,
  type PlaybookLevers,
} from "./documents/load-documents.ts";
export { playbookDifferences } from "@ratchet/engine";
export { profileLog, rowsInOrder, type LogFile, type LogProfile } from "./import/log-profile.ts";
