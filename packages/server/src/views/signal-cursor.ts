import { parseEpochMs, type SignalPlace } from "@ratchet/engine";
import { z } from "zod";
import { ProblemError } from "../http/problem-error.ts";

/** When it happened, as corrected and as it was said; source; message id. */
const placeSchema = z.tuple([z.number(), z.number(), z.string(), z.string()]);

/** Where a list goes on behind a signal, as a word that is handed back unread. */
export function cursorOf({ occurredAt, occurredAtRaw = occurredAt, source, messageId }: SignalPlace): string {
  return Buffer.from(JSON.stringify([occurredAt, occurredAtRaw, source, messageId])).toString("base64url");
}

/** @throws ProblemError where it is no cursor of ours. */
export function placeFrom(cursor: string): SignalPlace {
  const read = placeSchema.safeParse(parsed(Buffer.from(cursor, "base64url").toString("utf8")));
  if (read.success) {
    const [at, raw, source, messageId] = read.data;
    const [occurredAt, occurredAtRaw] = [parseEpochMs(at), parseEpochMs(raw)];
    if (occurredAt.kind === "ok" && occurredAtRaw.kind === "ok")
      return { occurredAt: occurredAt.value, occurredAtRaw: occurredAtRaw.value, source, messageId };
  }
  throw new ProblemError(
    "request.invalid",
    "cursor: it is not one that this list gave; take next_cursor of the page before, or leave it out for the first page",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
