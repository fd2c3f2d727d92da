import { RatchetError } from "@ratchet/sdk";
import type { Fault } from "@ratchet/protocol";

/** An error as a person reads it: what happened, and what to do. */
export interface Explained {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly faults: readonly Fault[];
}

/** Any thrown thing, in words. */
export function explainError(error: unknown): Explained {
  if (error instanceof RatchetError) {
    const { title, detail, code, faults } = error.problem;
    return { title, detail, code, faults: faults ?? [] };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { title: "This page ran into a fault of its own", detail, code: "dashboard.fault", faults: [] };
}

/** Whether the error has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof RatchetError && codes.includes(error.code);
}

/** Whether the server does not know who asks. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof RatchetError && error.status === 401;
}
