import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { CommandError } from "./exit-code.ts";

/** Where a command finds a secret. */
export interface SecretOptions {
  readonly secret?: string;
  readonly secretEnv?: string;
}

/**
 * Options by which a vendor's secret gets to a command without others on the machine seeing it: what stands in a command line is in every
 * list of processes, and in the shell's history.
 */
export function withSecret(command: Command): Command {
  return command
    .option(
      "--secret <secret>",
      "what the vendor signs with; - reads it from standard input, where nobody else sees it",
    )
    .option("--secret-env <name>", "the same, from an environment variable");
}

/** The secret as its owner wrote it, without the end of the line; undefined where none was given. */
export async function secretFrom({ secret, secretEnv }: SecretOptions): Promise<string | undefined> {
  if (secret !== undefined && secretEnv !== undefined)
    throw new CommandError("the secret comes from --secret or from --secret-env, not from both");
  if (secretEnv !== undefined)
    return present(process.env[secretEnv], `the environment variable ${secretEnv} is not set, or empty`);
  if (secret === undefined) return undefined;
  if (secret === "-")
    return present(await text(process.stdin), "standard input is empty; pipe the secret into the command");
  process.stderr.write(
    "ratchet: others on this machine can read a secret in a command line; use --secret - or --secret-env\n",
  );
  return secret;
}

/** @throws CommandError where there is no secret. */
function present(secret: string | undefined, otherwise: string): string {
  const written = secret?.replace(/\r?\n$/u, "") ?? "";
  if (written === "") throw new CommandError(otherwise);
  return written;
}
