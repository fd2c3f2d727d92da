import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { openDirectory } from "./compose.ts";
import type { ElsewhereSettings } from "./access/elsewhere-settings.ts";
import { isLoopback } from "./access/remote.ts";
import { NO_PROXIES, type TrustedProxies } from "./access/trusted-proxies.ts";
import type { AppContext } from "./context.ts";
import { createApp } from "./create-app.ts";
import { WEEKLY, type CycleRhythm } from "./jobs/cycle-clock.ts";
import { openLog, type Log } from "./log.ts";
import type { LabellerSettings } from "./notes/provider.ts";
import type { WebhookSettings } from "./webhooks/webhooks.ts";
import type { SampleRunner } from "./setup/sample-runner.ts";

export interface ServerOptions {
  /** The data directory; made if absent. */
  readonly directory: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The address to listen on; 127.0.0.1, this machine alone, unless told. */
  readonly host?: string;
  /** Host names beside `localhost` and addresses that it answers to. */
  readonly allowedHosts?: readonly string[];
  /** Where vendors reach it from outside; some sign the address they call. */
  readonly publicUrl?: string | null;
  /** Proxies in front that are believed when they say whom they pass on. With any, others reach the server, whatever it listens on. */
  readonly trustedProxies?: TrustedProxies;
  readonly sample?: SampleRunner | null;
  readonly rhythm?: CycleRhythm;
  /** A service that says who people are (OpenID Connect). Needs `publicUrl`. */
  readonly elsewhere?: ElsewhereSettings | null;
  /** A service that also reads notes. */
  readonly labeller?: LabellerSettings | null;
  /** How those outside are told what happens. */
  readonly webhooks?: WebhookSettings;
  readonly log?: Log;
  /** Where the built dashboard is; beside this package unless told. */
  readonly dashboard?: string;
}

export interface RunningServer {
  readonly url: string;
  readonly context: AppContext;
  /** Answers what is under way, stops the jobs, closes the stores. */
  readonly close: () => Promise<void>;
}

/** How long requests under way may take once the server is to stop. */
const GRACE_MS = 5000;
const DASHBOARD = fileURLToPath(new URL("../../dashboard/dist/app", import.meta.url));

/** Starts everything in this process. @throws DataDirectoryInUseError, NobodyToLetInError, or the error of the address that cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", log = openLog(), rhythm = WEEKLY, sample = null, trustedProxies = NO_PROXIES } = options;
  const isExposed = !isLoopback(host) || trustedProxies.length > 0;
  const opened = await openDirectory({
    directory: options.directory,
    rhythm,
    sample,
    log,
    labeller: options.labeller ?? null,
    publicUrl: options.publicUrl ?? null,
    trustedProxies,
    webhooks: options.webhooks ?? {},
    elsewhere: options.elsewhere ?? null,
  });
  const app = createApp(opened.context, {
    allowedHosts: [...(options.allowedHosts ?? []), host],
    dashboard: options.dashboard ?? DASHBOARD,
    publicUrl: options.publicUrl ?? null,
    isExposed,
  });
  try {
    if (isExposed) requireSomebody(opened.context, host);
    const { port, stop } = await listen(app.fetch, { host, port: options.port });
    const url = `http://${host === "127.0.0.1" ? "localhost" : host}:${port}`;
    log.info({ url }, "listening");
    return {
      url,
      context: opened.context,
      close: async () => {
        await stop();
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Others could reach the server, and nobody could tell who they are. */
class NobodyToLetInError extends Error {
  readonly code = "access.nobody";
  constructor(host: string) {
    super(
      `${isLoopback(host) ? "behind a proxy" : `on ${host}`} others can reach the server, and there is nobody to let in: add an admin first with ratchet users create you@example.com --role admin,approver (or a key: ratchet keys create --name app --scope read), or listen on 127.0.0.1, with no proxy in front`,
    );
  }
}

/** Beyond this machine somebody has to sign in or to show a key, so that there must be somebody who can. @throws NobodyToLetInError */
function requireSomebody({ access: { users, keys, elsewhere } }: AppContext, host: string): void {
  if (elsewhere !== null) return;
  if (users.all().some(({ roles }) => roles.includes("admin")) || keys.isAnyUsable()) return;
  throw new NobodyToLetInError(host);
}

/** An application that answers the network. */
export interface Listening {
  readonly port: number;
  /** No further request; resolves once those under way are answered, or have had five seconds. */
  readonly stop: () => Promise<void>;
}

/** Answers requests with `fetch`; port 0 takes any free one. Rejects where the address cannot be listened on. */
export function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (info: AddressInfo) => resolve({ port: info.port, stop }));
    server.once("error", reject);
    const stop = (): Promise<void> =>
      new Promise((done) => {
        const force = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(force);
          done();
        });
        if ("closeIdleConnections" in server) server.closeIdleConnections();
      });
  });
}
