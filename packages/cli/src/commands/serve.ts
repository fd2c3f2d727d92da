import { InvalidArgumentError, type Command } from "commander";
import {
  labellerFault,
  openLog,
  parseTrustedProxies,
  startServer,
  WEEKLY,
  type LabellerSettings,
  type TrustedProxies,
} from "@ratchet/server";
import { durationMs, durationSchema } from "@ratchet/protocol";
import { DATA_DIRECTORY, webhookHosts } from "../connect.ts";
import { CommandError } from "../exit-code.ts";
import { print, printJson } from "../print.ts";
import { elsewhereFrom, withElsewhere, type ElsewhereOptions } from "../elsewhere-options.ts";
import { runSampleCompany } from "../sample-company.ts";

interface ServeOptions extends ElsewhereOptions {
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly trustedProxy: TrustedProxies;
  readonly data: string;
  readonly labellerUrl?: string;
  readonly labellerModel?: string;
  readonly labellerAllowPrivate?: boolean;
  readonly webhookAllowHost: readonly string[];
  readonly cycle: string;
  readonly log: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  ratchet serve                                  http://localhost:4600, data in ./.ratchet
  ratchet serve --port 8080 --data /var/lib/ratchet
  ratchet serve --cycle 1d --log info            a cycle a day; JSON log lines on standard error

It listens on this machine alone, and needs no login there as long as it has no users (solo mode). As soon as there is one,
people sign in and programs send a key; with --host, which lets other machines in, it does not start without either:
  ratchet users create you@example.com --role admin,approver
  ratchet serve --host 0.0.0.0 --public-url https://ratchet.example.com
It speaks plain http: put a proxy that does https in front of it, and name its address with --public-url. Where the proxy comes
from, said with --trusted-proxy, lets clients be told apart by the X-Forwarded-For that it writes.`;

/** `ratchet serve`: API, dashboard and jobs in one process. */
export function addServe(program: Command): void {
  const command = program
    .command("serve", { isDefault: true })
    .description("start the server and the dashboard")
    .option("--port <n>", "port to listen on; 0 takes a free one", portNumber, 4600)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--allow-host <name>", "host name to answer to, beside localhost (repeatable)", collect, [])
    .option(
      "--public-url <url>",
      "where vendors reach it from outside, for those that sign the address they call",
      urlOf,
    )
    .option(
      "--trusted-proxy <address>",
      "proxy in front that is believed when it says whom it passes on: an address or a network, or several with commas (repeatable)",
      proxies,
      [],
    )
    .option("--data <dir>", "the data directory, made if absent", process.env["RATCHET_DATA"] ?? DATA_DIRECTORY)
    .option("--cycle <duration>", "length of a learning cycle, such as 7d", "7d")
    .option("--log <level>", "silent, error, warn, info or debug", process.env["RATCHET_LOG"] ?? "warn")
    .option(
      "--labeller-url <url>",
      "a service that also reads notes, OpenAI-compatible: up to /chat/completions; https, or http on this machine",
    )
    .option("--labeller-model <name>", "which of its models; its key comes from RATCHET_LABELLER_KEY alone")
    .option("--labeller-allow-private", "the service may be in a private network")
    .option(
      "--webhook-allow-host <host>",
      "host that webhooks may call by http, on this machine or in a private network (repeatable)",
      collect,
      webhookHosts(),
    )
    .option("--json", "say where it listens as JSON");
  withElsewhere(command).allowExcessArguments().addHelpText("after", EXAMPLES).action(serve);
}

function urlOf(text: string): string {
  if (URL.canParse(text) && /^https?:/u.test(text)) return text;
  throw new InvalidArgumentError("It must be an address such as https://ratchet.example.com.");
}

async function serve(options: ServeOptions, command: Command): Promise<void> {
  const [unknown] = command.args;
  if (unknown !== undefined)
    throw new CommandError(`there is no command "${unknown}"; ratchet --help shows all commands`);
  const cycle = durationSchema.safeParse(options.cycle);
  const cycleMs = cycle.success ? durationMs(cycle.data) : 0;
  if (cycleMs < 1000)
    throw new CommandError(`--cycle ${options.cycle} is not a duration of at least 1s; write 7d, 12h or 30m`);
  const server = await startServer({
    directory: options.data,
    port: options.port,
    host: options.host,
    allowedHosts: options.allowHost,
    publicUrl: options.publicUrl ?? null,
    trustedProxies: options.trustedProxy,
    sample: runSampleCompany,
    rhythm: { ...WEEKLY, cycleMs },
    elsewhere: await elsewhereFrom(options),
    labeller: labellerFrom(options),
    webhooks: { trustedHosts: options.webhookAllowHost },
    log: openLog(options.log),
  }).catch(explainPort(options));
  if (options.json === true) printJson({ url: server.url, directory: options.data });
  else print(`Ready at ${server.url} (data in ${options.data})`);
  await untilStopped();
  await server.close();
}

/** The key is never an option: those are seen by everybody on the machine. */
function labellerFrom(options: ServeOptions): LabellerSettings | null {
  const { labellerUrl: url, labellerModel: model, labellerAllowPrivate } = options;
  if (url === undefined && model === undefined) return null;
  if (url === undefined || model === undefined)
    throw new CommandError("--labeller-url and --labeller-model belong together; give both or neither");
  const settings = {
    url,
    model,
    apiKey: process.env["RATCHET_LABELLER_KEY"] ?? null,
    allowPrivate: labellerAllowPrivate ?? false,
  };
  const fault = labellerFault(settings);
  if (fault !== null) throw new CommandError(`--labeller-url: ${fault}`);
  return settings;
}

/** Resolves at the first signal to stop; the next one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function explainPort({ port, host }: ServeOptions): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new CommandError(
        `port ${port} on ${host} is taken; stop what listens there, or take another one with --port ${port + 1}`,
      );
    }
    throw error;
  };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return port;
}

function proxies(text: string, before: TrustedProxies): TrustedProxies {
  const parsed = parseTrustedProxies(text);
  if (parsed.kind === "err") throw new InvalidArgumentError(`${parsed.error.join("; ")}.`);
  return [...before, ...parsed.value];
}

function collect(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}
