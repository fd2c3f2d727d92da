import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  actorId,
  hearConsents,
  instant,
  isoOf,
  surrogatesOf,
  type Clock,
  type FactsStore,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import { openEmbeddedStores } from "@ratchet/storage";
import { openAccessControl, type AccessControl } from "./access/access-control.ts";
import type { ElsewhereSettings } from "./access/elsewhere-settings.ts";
import { NO_PROXIES, type TrustedProxies } from "./access/trusted-proxies.ts";
import { openBackPressure } from "./ingest/back-pressure.ts";
import { openAccountMatching } from "./crm/account-matching.ts";
import { openCrmRows } from "./crm/crm-rows.ts";
import { openOpportunities } from "./crm/opportunities.ts";
import { openIngest } from "./ingest/ingest.ts";
import { openRequestLog } from "./ingest/request-log.ts";
import { openSourceRegistry } from "./ingest/source-keys.ts";
import { holdWorkspace, type AppContext, type WorkspaceHolder } from "./context.ts";
import { openImportRuns } from "./imports/import-runs.ts";
import { manualCycles, startCycles, type CycleRhythm } from "./jobs/cycle-clock.ts";
import { openDataWatch } from "./jobs/data-watch.ts";
import { keepLease } from "./jobs/lease-keeper.ts";
import { openJobBoard } from "./jobs/job-board.ts";
import { NO_PROJECTOR, startProjector } from "./jobs/projector.ts";
import { NO_SOURCE_CLOCKS, startSourceClocks } from "./jobs/source-clocks.ts";
import { openNotes } from "./notes/open-notes.ts";
import type { LabellerSettings } from "./notes/provider.ts";
import { namelessState } from "./people/nameless-state.ts";
import { openUnitMerges } from "./people/unit-merges.ts";
import { openPeople } from "./people/people.ts";
import { allVendors } from "./vendors/all-vendors.ts";
import { confirmSubscription, fetchCertificate } from "./vendors/call-vendor.ts";
import type { Log } from "./log.ts";
import type { SampleRunner } from "./setup/sample-runner.ts";
import { openWebhooks, type WebhookSettings } from "./webhooks/webhooks.ts";

/** What an open workspace is put together from. */
export interface ComposeOptions {
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly storeNames: AppContext["storeNames"];
  readonly directory: string | null;
  readonly uploadDirectory: string;
  readonly clock?: Clock;
  readonly sample: SampleRunner | null;
  /** When cycles end by themselves; null runs nothing in the background. */
  readonly rhythm: CycleRhythm | null;
  /** A service that also reads notes; none where absent. */
  readonly labeller?: LabellerSettings | null;
  /** How those outside are told what happens. */
  readonly webhooks?: WebhookSettings;
  /** How browsers and vendors reach the server from outside. */
  readonly publicUrl?: string | null;
  /** A service that says who people are (OpenID Connect); none where absent. Needs `publicUrl`. */
  readonly elsewhere?: ElsewhereSettings | null;
  /** Proxies in front that are believed when they say whom they pass on; none where absent. */
  readonly trustedProxies?: TrustedProxies;
  readonly log: Log;
}

/** An open workspace, and how to close what runs in it. The stores stay open: whoever opened them closes them. */
export interface Composed {
  readonly context: AppContext;
  readonly stop: () => Promise<void>;
}

/** Under which persons become surrogates. */
const SURROGATE_KEY = "surrogate_key";
/** Who gives people the roles of their groups, for the ledger. */
const SIGN_IN = actorId("sign-in");
/** With which sessions are signed. */
const LOGIN_SECRET = "login_secret";

const systemClock: Clock = () => instant(Date.now());

/** Puts everything together: the only place that knows all the parts. */
export async function compose(options: ComposeOptions): Promise<Composed> {
  const { facts, log, rhythm, clock = systemClock } = options;
  const surrogates = surrogatesOf(await keptSecret(options.state, SURROGATE_KEY));
  const inBackground = rhythm !== null;
  const { consents, merges, webhooks, state, heed } = await openState(options, surrogates, clock);
  const stores = { state, facts, clock, consents, resolveUnit: merges.survivorOf };
  const workspace = await holdWorkspace(stores);
  heed(workspace.current);
  const imports = await openImportRuns(state);
  const jobs = openJobBoard(log);
  const projector = rhythm === null ? NO_PROJECTOR : startProjector(stores, log);
  const lease = rhythm === null ? null : keepLease(workspace, log);
  const clocks = rhythm === null ? NO_SOURCE_CLOCKS : startSourceClocks(stores, log);
  const data = openDataWatch(workspace, log, () => performance.now());
  const cycles = rhythm === null ? manualCycles(workspace, data) : startCycles(workspace, data, rhythm, log);
  const ingest = openIngest({ state, projector, surrogates });
  const matching = await openAccountMatching({ state, surrogates });
  const sources = await openSourceRegistry(state, clock);
  const { storeNames, directory, uploadDirectory, sample, labeller = null } = options;
  const notes = openNotes({ state, clock, labeller, inBackground, notice: projector.notice, log });
  const startedAt = isoOf(clock());
  const access = await openAccess(options, clock, workspace);
  return {
    context: {
      stores,
      storeNames,
      directory,
      uploadDirectory,
      workspace,
      access,
      projector,
      sources,
      requestLog: openRequestLog(),
      backPressure: openBackPressure(state, directory, () => performance.now()),
      webhooks,
      vendors: allVendors({ fetch: fetchCertificate }),
      confirmSubscription,
      ingest,
      crm: openCrmRows({ state, ingest, surrogates, matching }),
      matching,
      opportunities: openOpportunities({ state, surrogates, sources }),
      surrogates,
      people: openPeople(state, surrogates, consents),
      merges,
      notes,
      jobs,
      imports,
      cycles,
      data,
      sample,
      log,
      startedAt,
    },
    stop: async () => {
      for (const one of [webhooks, notes, jobs, lease, cycles, clocks, projector, access]) await one?.stop();
    },
  };
}

/** The state store behind everything that must be done before, or together with, what is written to it. */
async function openState({ state, rhythm, webhooks, log }: ComposeOptions, surrogates: Surrogates, clock: Clock) {
  const heard = await hearConsents(state);
  const { merges, ...merged } = await openUnitMerges(namelessState(heard.state, surrogates));
  const told = { surrogates, clock, inBackground: rhythm !== null, settings: webhooks, log };
  return { consents: heard.consents, merges, ...(await openWebhooks({ ...told, state: merged.state })) };
}

/** Who may come in: accounts are kept beside the state, in a database of their own. */
async function openAccess(options: ComposeOptions, clock: Clock, workspace: WorkspaceHolder): Promise<AccessControl> {
  const { state, directory, publicUrl = null, trustedProxies = NO_PROXIES, log } = options;
  return openAccessControl({
    state,
    clock,
    accountsFile: directory === null ? null : join(directory, "accounts.db"),
    publicUrl,
    trustedProxies,
    secret: await keptSecret(state, LOGIN_SECRET),
    elsewhere: options.elsewhere ?? null,
    record: (body) => workspace.current().append([{ at: clock(), actor: SIGN_IN, body }], []),
    onUnreachable: (error) => log.warn({ err: error }, "nobody can sign in elsewhere now"),
    onLost: (error) => log.warn({ err: error }, "a key's last use was not kept"),
  });
}

/** A secret of the workspace: made once, and kept with its state. */
async function keptSecret(state: StateStore, name: string): Promise<string> {
  const kept = await state.setting(name);
  if (kept !== null) return kept;
  const made = randomBytes(32).toString("hex");
  await state.putSetting(name, made);
  return made;
}

/** A data directory, and what to run on it. */
export interface OpenDirectoryOptions extends Pick<
  ComposeOptions,
  "rhythm" | "sample" | "log" | "labeller" | "webhooks" | "publicUrl" | "elsewhere" | "trustedProxies"
> {
  readonly directory: string;
}

/** An open data directory. */
export interface OpenDirectory {
  readonly context: AppContext;
  /** Stops what runs and closes the stores; the directory is then free for another process. */
  readonly close: () => Promise<void>;
}

/** Opens a data directory on the embedded stores. @throws DataDirectoryInUseError where another process has it open. */
export async function openDirectory({ directory: named, ...rest }: OpenDirectoryOptions): Promise<OpenDirectory> {
  const directory = resolve(named);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const stores = await openEmbeddedStores({ directory });
  try {
    const { context, stop } = await compose({
      ...rest,
      state: stores.state,
      facts: stores.facts,
      storeNames: { state: "SQLite", facts: "chDB" },
      directory,
      uploadDirectory: join(directory, "uploads"),
    });
    return {
      context,
      close: async () => {
        await stop();
        await stores.close();
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
