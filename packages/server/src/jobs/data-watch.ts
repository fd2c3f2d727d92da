import { lookAtData, type DataLook, type GoodLooks, type IdentityConflicts } from "@ratchet/engine";
import type { WorkspaceHolder } from "../context.ts";
import type { Log } from "../log.ts";

/** Looks at the data now and then, and whenever asked to. */
export interface DataWatch {
  /** The last look in this process; null before the first. */
  readonly last: () => DataLook | null;
  /** Looks now. One look after the other. */
  readonly look: () => Promise<DataLook>;
  /** Looks where the last look is long enough ago. */
  readonly lookWhenDue: () => Promise<void>;
}

/** Between looks, unless they take so long that the facts store would hardly do anything else: then twenty times as long as one takes. */
const EVERY_MS = 5 * 60_000;
const REST = 20;
/** The people table is gone through so often. */
const IDENTITIES_EVERY_MS = 60 * 60_000;

/** @param elapsedMs - a stopwatch, for how long a look takes. */
export function openDataWatch(holder: WorkspaceHolder, log: Log, elapsedMs: () => number): DataWatch {
  let last: DataLook | null = null;
  let good: GoodLooks = new Map();
  let identities: { readonly at: number; readonly found: IdentityConflicts } | null = null;
  let tookMs = 0;
  let running: Promise<unknown> = Promise.resolve();
  const identitiesNow = async (now: number): Promise<IdentityConflicts> => {
    if (identities === null || now - identities.at >= IDENTITIES_EVERY_MS || now < identities.at)
      identities = { at: now, found: await holder.current().stores.state.identityConflicts() };
    return identities.found;
  };
  const lookOnce = async (): Promise<DataLook> => {
    const workspace = holder.current();
    const begun = elapsedMs();
    const found = await lookAtData(workspace, { good, identities: await identitiesNow(workspace.stores.clock()) });
    tookMs = elapsedMs() - begun;
    good = found.good;
    last = found;
    for (const event of found.events) {
      if (event.kind === "incident.resolved")
        log.info({ incident: event.incidentId, how: event.how }, "an incident is over");
      else log.warn({ incident: event.incidentId, severity: event.severity }, event.sentence);
    }
    return found;
  };
  const look = (): Promise<DataLook> => {
    const run = running.then(lookOnce);
    running = run.catch(() => undefined);
    return run;
  };
  return {
    last: () => last,
    look,
    lookWhenDue: async () => {
      const now = holder.current().stores.clock();
      if (last === null || now < last.at || now - last.at >= Math.max(EVERY_MS, REST * tookMs)) await look();
    },
  };
}
