import type { WorkspaceHolder } from "../context.ts";
import type { Log } from "../log.ts";
import { repeat, type Repeating } from "./repeat.ts";

/** How long a node may act on what it has in memory without hearing from the state store. */
const LEASE_MS = 30_000;
/** Three tries a lease. */
const EVERY_MS = 10_000;

/** Renews the lease on the playbook as long as it is not stopped; a node that cannot goes back to baselines. */
export function keepLease(workspace: WorkspaceHolder, log: Log): Repeating {
  let held = workspace.current();
  held.holdLease(LEASE_MS);
  return repeat(
    async () => {
      // Set up or filled meanwhile: another one is open.
      if (workspace.current() !== held) {
        held = workspace.current();
        held.holdLease(LEASE_MS);
      }
      await held.renew();
    },
    {
      everyMs: EVERY_MS,
      backOffMsMax: EVERY_MS,
      onError: (error, failures) => {
        if (failures === 1) log.error({ err: error }, "the playbook's lease could not be renewed; baselines follow");
      },
    },
  );
}
