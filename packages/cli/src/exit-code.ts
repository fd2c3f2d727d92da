import { RatchetError } from "@ratchet/sdk";

/** What the shell is told. */
export const EXIT = { ok: 0, error: 1, notAllowed: 2, notEnoughData: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot be carried out: what happened, where, and what to do. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = EXIT.error) {
    super(message);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

/** The exit code of whatever ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (!(error instanceof RatchetError)) return EXIT.error;
  if (error.code === "workspace.empty") return EXIT.notEnoughData;
  const forbidden = error.status === 403 || error.code.startsWith("approval.") || REFUSED.includes(error.code);
  return forbidden ? EXIT.notAllowed : EXIT.error;
}

/** A change that cannot be ruled on as it stands. */
const REFUSED = ["change.wrong_status", "change.stale_revision", "change.not_running", "change.expired"];
