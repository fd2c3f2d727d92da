import { actorId, parseActorId, type ActorId } from "@ratchet/engine";
import type { Context } from "hono";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { actorOf } from "./principal.ts";

/** Whoever is on this machine, where nobody signs in. */
const LOCAL = actorId("local");

/** Who does what is done here, for the ledger. */
export function actor(c: Context<ServerEnvironment>): ActorId {
  return actorOf(c.get("principal")) ?? LOCAL;
}

/**
 * In whose name something is said. People speak as themselves, and programs too; where nobody signs in, the request says who it is.
 *
 * @param by - who the request says it is.
 * @throws ProblemError where somebody who is signed in names somebody else, or where nobody is named.
 */
export function speaker(c: Context<ServerEnvironment>, by: string | undefined): ActorId {
  const principal = c.get("principal");
  const known = actorOf(principal);
  if (known === null) return named(by);
  if (principal.kind === "person" && by !== undefined && by !== known)
    throw new ProblemError(
      "auth.forbidden.by",
      `you are signed in as ${known} and cannot speak as somebody else; leave "by" out`,
    );
  return known;
}

/** Whether nobody signs in here, so that a name is no more than what a request says. */
export function isUnsigned(c: Context<ServerEnvironment>): boolean {
  return actorOf(c.get("principal")) === null;
}

function named(by: string | undefined): ActorId {
  const parsed = parseActorId(by ?? "");
  if (parsed.kind === "ok") return parsed.value;
  const message =
    by === undefined ? 'nobody is signed in here: say who you are in "by", such as person:owner' : parsed.error.message;
  throw new ProblemError("request.invalid", message, [{ path: "/by", message }]);
}
