import { existsSync } from "node:fs";
import type { Command } from "commander";
import { createApp, DataDirectoryInUseError, openDirectory, openLog, type OpenDirectory } from "@ratchet/server";
import { createRatchet, type RatchetApi } from "@ratchet/sdk";
import { signedInFetch } from "./sign-in.ts";
import { CommandError } from "./exit-code.ts";

export const DATA_DIRECTORY = ".ratchet";

/** Hosts that webhooks may call without encryption, on this machine or in a private network. */
export function webhookHosts(): readonly string[] {
  return (process.env["RATCHET_WEBHOOK_HOSTS"] ?? "").split(",").flatMap((host) => host.trim() || []);
}

/** Where a command finds its workspace. */
export interface WorkspaceOptions {
  readonly data: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** Reading a large data directory in-process may take its time. */
const TIMEOUT_MS = 600_000;

/** The options of every command that reads or rules on a workspace. */
export function withWorkspace(command: Command): Command {
  return command
    .option("--data <dir>", "the data directory", process.env["RATCHET_DATA"] ?? DATA_DIRECTORY)
    .option(
      "--url <url>",
      "ask a running server instead, such as http://localhost:4600, with the key in RATCHET_KEY",
      process.env["RATCHET_URL"],
    )
    .option("--json", "print the server's own document, for programs");
}

/**
 * Runs a task on a workspace: on the data directory, through the same routes as the server's but in this process, or on a running server.
 *
 * @throws CommandError where there is no such directory, or another process has it open.
 */
export async function onWorkspace<T>(options: WorkspaceOptions, task: (ratchet: RatchetApi) => Promise<T>): Promise<T> {
  if (options.url !== undefined) {
    const key = process.env["RATCHET_KEY"];
    const fetch = key === undefined ? await signedInFetch(options.url) : globalThis.fetch;
    return task(
      createRatchet({ url: options.url, fetch, timeoutMs: TIMEOUT_MS, ...(key === undefined ? {} : { key }) }),
    );
  }
  if (!existsSync(options.data)) {
    throw new CommandError(
      `there is no data directory ${options.data}; import a CSV (ratchet import FILE --map MAP.yaml), start the server (ratchet serve), or name another one with --data`,
    );
  }
  return openWorkspace(options, task);
}

/** The same on the data directory, which is made where there is none. */
export async function openWorkspace<T>(
  options: WorkspaceOptions,
  task: (ratchet: RatchetApi) => Promise<T>,
): Promise<T> {
  const opened = await openData(options.data);
  try {
    const app = createApp(opened.context, { isHolder: true });
    const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init));
    return await task(createRatchet({ url: "http://localhost", fetch, timeoutMs: TIMEOUT_MS }));
  } finally {
    await opened.close();
  }
}

/** Opens a data directory for one command: nothing runs in the background. */
export async function openData(directory: string): Promise<OpenDirectory> {
  try {
    return await openDirectory({
      directory,
      rhythm: null,
      sample: null,
      log: openLog("silent"),
      webhooks: { trustedHosts: webhookHosts() },
    });
  } catch (error) {
    if (!(error instanceof DataDirectoryInUseError)) throw error;
    throw new CommandError(`${error.message}; to ask the server that has it open, add --url http://localhost:4600`);
  }
}
