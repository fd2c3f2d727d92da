import { ACCESS, statusOf, type Access } from "@ratchet/protocol";
import type { Context, MiddlewareHandler } from "hono";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { disabled, keyOf, refuseUnknown } from "../ingest/receive.ts";
import { accessTable } from "./access-table.ts";
import { refusalOf, type Principal } from "./principal.ts";
import { isFromHere } from "./remote.ts";

/** How the application is called. */
export interface AdmissionOptions {
  /** By a command that has the data directory open: whoever holds the files needs no key. */
  readonly isHolder: boolean;
  /** From other machines, too: nobody gets in without a key or a login. */
  readonly isExposed: boolean;
}

/**
 * Lets in who may. Every request is looked up in the tables of routes before anything else reads it: what is in neither is not answered,
 * whoever registered it.
 */
export function admission(context: AppContext, options: AdmissionOptions): MiddlewareHandler<ServerEnvironment> {
  const find = accessTable();
  return async (c, next) => {
    // A browser asks what it may send; the routes that pages may use answer, and no other.
    if (c.req.method === "OPTIONS") return next();
    const access = find(c.req.method, c.req.path);
    if (access === null) return c.notFound();
    const secret = keyOf(c);
    // OpenFeature's clients take "too many" for a fault of ours: they are answered whatever comes.
    if (secret !== null && !OPEN_FEATURE.test(c.req.path)) await context.access.guard.request(secret);
    if (access.kind === "limited") c.set("principal", await admitted(c, context, { ...options, access, secret }));
    return next();
  };
}

const OPEN_FEATURE = /^\/ofrep\//u;

interface Asked extends AdmissionOptions {
  readonly access: Access;
  readonly secret: string | null;
}

/** Who asks, and may. @throws ProblemError 401, 403; TooManyError once too many strangers came from one address. */
async function admitted(c: Context<ServerEnvironment>, context: AppContext, asked: Asked): Promise<Principal> {
  const { access } = asked;
  try {
    const principal =
      keyHolder(context, c, asked) ?? (await visitor(c, context, asked)) ?? notKnown(c, context, access);
    requireAccess(access, principal, context);
    return principal;
  } catch (error) {
    if (error instanceof ProblemError && statusOf(error.code) === 401) await context.access.guard.stranger(c);
    throw error;
  }
}

/** @throws ProblemError 403 with what is missing. */
function requireAccess(access: Access, principal: Principal, { access: { users } }: AppContext): void {
  const refusal = refusalOf(access, principal);
  if (refusal !== null) throw new ProblemError(refusal.code, refusal.message);
  if (principal.kind === "holder" && access === ACCESS.approve && users.count() > 0)
    throw new ProblemError(
      "auth.forbidden.role",
      "this workspace has users: an approval names the one who is signed in; start the server and sign in to the dashboard",
    );
}

/**
 * Whose key came with a request; null where none did. Asks memory alone.
 *
 * @throws ProblemError 401 for a key that opens nothing (any more).
 */
function keyHolder(context: AppContext, c: Context<ServerEnvironment>, { secret, access }: Asked): Principal | null {
  // A proxy in front may have asked for a name and a password of its own.
  if (secret === null || (isBasic(c) && !secret.startsWith("rk_"))) return null;
  const answer = context.access.keys.bySecret(secret);
  if (answer?.kind === "key") return { kind: "key", key: answer.key };
  if (answer !== null)
    throw new ProblemError(
      `auth.key_${answer.why}`,
      `the key ${answer.key.id} ${ENDED[answer.why]}; ask for another one`,
    );
  const source = context.sources.byAnyKey(secret);
  if (source === null) return unknownKey(c, context, access);
  if (source.disabledAt !== null) throw disabled(source);
  return { kind: "source", source };
}

const ENDED = {
  revoked: "was revoked",
  expired: "has expired",
  rotated: "was given a new secret, and this one has ended",
} as const;

function isBasic(c: Context): boolean {
  return /^basic /iu.test(c.req.header("authorization") ?? "");
}

/** Who asks without a key: the holder of the files, a person by their session, whoever is here where nobody has to sign in. */
async function visitor(
  c: Context<ServerEnvironment>,
  context: AppContext,
  options: AdmissionOptions,
): Promise<Principal | null> {
  if (options.isHolder) return { kind: "holder" };
  const person = await context.access.users.bySession(c);
  if (person !== null) return { kind: "person", person };
  return isSolo(c, context, options) ? { kind: "solo" } : null;
}

/** Whether nobody has to sign in: the server is there for this machine alone, has no users, and sends nobody elsewhere. */
export function isSolo(
  c: Context,
  { access: { users, elsewhere } }: AppContext,
  { isExposed }: AdmissionOptions,
): boolean {
  return !isExposed && elsewhere === null && users.count() === 0 && isFromHere(c);
}

/** @throws ProblemError 401. What was to be sent is written down where its sender's owner looks. */
function unknownKey(c: Context, context: AppContext, access: Access): never {
  if (isIngest(access)) throw refuseUnknown(context, "no source in use has the key that was sent", routeOf(c));
  throw new ProblemError("auth.unknown_key", "there is no such key; ratchet keys list names those there are");
}

function notKnown(c: Context, context: AppContext, access: Access): never {
  if (isIngest(access)) throw refuseUnknown(context, "no key was sent", routeOf(c));
  throw new ProblemError(
    "auth.required",
    "sign in to the dashboard, or send a key as a bearer token: ratchet keys create --name report --scope read",
  );
}

function isIngest(access: Access): boolean {
  return access.kind === "limited" && access.scopes.some((scope) => scope === "ingest");
}

/** As the request log names routes. */
function routeOf(c: Context): string {
  return c.req.path.replace("/v1/", "");
}
