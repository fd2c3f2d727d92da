import { Workspace, type Surrogates, type WorkspaceStores } from "@ratchet/engine";
import type { AccessControl } from "./access/access-control.ts";
import type { ImportRuns } from "./imports/import-runs.ts";
import type { AccountMatching } from "./crm/account-matching.ts";
import type { CrmRows } from "./crm/crm-rows.ts";
import type { Opportunities } from "./crm/opportunities.ts";
import type { BackPressure } from "./ingest/back-pressure.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { RequestLog } from "./ingest/request-log.ts";
import type { Vendors } from "./ingest/webhook-source.ts";
import type { SourceRegistry } from "./ingest/source-keys.ts";
import type { JobBoard } from "./jobs/job-board.ts";
import type { CycleClock } from "./jobs/cycle-clock.ts";
import type { DataWatch } from "./jobs/data-watch.ts";
import type { Projector } from "./jobs/projector.ts";
import type { Log } from "./log.ts";
import type { Notes } from "./notes/open-notes.ts";
import type { UnitMerges } from "./people/unit-merges.ts";
import type { People } from "./people/people.ts";
import type { SampleRunner } from "./setup/sample-runner.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

/** The open workspace. Replaced as a whole when something else wrote its ledger: the sample company, with a clock of its own. */
export interface WorkspaceHolder {
  readonly current: () => Workspace;
  /** Reads the ledger again. */
  readonly reload: () => Promise<void>;
}

export async function holdWorkspace(stores: WorkspaceStores): Promise<WorkspaceHolder> {
  let current = await Workspace.open(stores);
  return {
    current: () => current,
    reload: async () => {
      current = await Workspace.open(stores);
    },
  };
}

/** Everything that a route may use. Made once, in `compose.ts`; in tests, of memory stores. */
export interface AppContext {
  readonly stores: WorkspaceStores;
  /** What the stores are, for the status page. */
  readonly storeNames: { readonly state: string; readonly facts: string };
  /** Where the data are; null for memory stores. */
  readonly directory: string | null;
  /** Where uploads are kept. */
  readonly uploadDirectory: string;
  readonly workspace: WorkspaceHolder;
  readonly access: AccessControl;
  readonly projector: Projector;
  readonly sources: SourceRegistry;
  readonly requestLog: RequestLog;
  readonly backPressure: BackPressure;
  readonly ingest: Ingest;
  readonly surrogates: Surrogates;
  readonly people: People;
  readonly merges: UnitMerges;
  readonly notes: Notes;
  readonly crm: CrmRows;
  readonly matching: AccountMatching;
  readonly opportunities: Opportunities;
  /** Who outside is told what happens. */
  readonly webhooks: Webhooks;
  readonly vendors: Vendors;
  /** Calls a vendor's own address to say that we want its events. */
  readonly confirmSubscription: (url: string) => Promise<void>;
  readonly jobs: JobBoard;
  readonly imports: ImportRuns;
  readonly cycles: CycleClock;
  readonly data: DataWatch;
  /** Fills an empty workspace with the sample company; null where this installation has none. */
  readonly sample: SampleRunner | null;
  readonly log: Log;
  readonly startedAt: string;
}
