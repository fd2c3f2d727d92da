import { createHash } from "node:crypto";
import type { Lever } from "@ratchet/engine";
import {
  OFREP_KEY_PREFIX,
  ofrepRequestSchema,
  targetingKeySchema,
  WAYS_IN,
  type DecisionRequest,
  type OfrepBulk,
  type OfrepFailure,
  type OfrepFlag,
} from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import { cors } from "hono/cors";
import { inModeOfKey } from "../access/test-mode.ts";
import type { AppContext } from "../context.ts";
import { answerOne } from "../decisions/decide-one.ts";
import { problemFrom, ProblemError } from "../http/problem-error.ts";
import { parameter, readBody } from "../http/read-input.ts";
import { isFromForeignPage } from "../http/request-guard.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { flatProperties } from "../ingest/flat-properties.ts";
import { ofrepFailure } from "../ofrep/failure.ts";
import { flagOf } from "../ofrep/flag-of.ts";

/** How long an evaluation stays the same where a lever has no decision window: applications evaluate again and again. */
const STICKY_MS = 86_400_000;

/** Pages of any origin may ask, with a key, and may read why they were not let in. */
export const OPEN_TO_ORIGINS = cors({ origin: "*", maxAge: 86_400, exposeHeaders: ["ETag", "Retry-After"] });

/**
 * Decisions as feature flags, for the stock OpenFeature providers: one by its key, or all at once with an ETag.
 *
 * @see OpenFeature Remote Evaluation Protocol 0.3.0, service/openapi.yaml.
 */
export function ofrepRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  app.post(WAYS_IN.ofrepFlags.path, async (c) => {
    c.set("route", "ofrep.flags");
    const asked = await readAsked(c);
    const { playbook } = context.workspace.current();
    const answers = await Promise.all(playbook.levers.map((lever) => evaluated(c, context, { asked, lever })));
    const flags = playbook.levers.flatMap(({ point }, i) => {
      const answer = answers[i];
      return answer === undefined ? [] : keysOf(point, playbook.levers).map((key) => ({ ...answer, key }));
    });
    const body = JSON.stringify({ flags, metadata: { playbookVersion: playbook.version } } satisfies OfrepBulk);
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const headers = { etag, "cache-control": "private, no-cache" };
    if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    return c.body(body, 200, { ...headers, "content-type": "application/json" });
  });
  app.post(WAYS_IN.ofrepFlag.path.replace("{key}", ":key"), async (c) => {
    c.set("route", "ofrep.flag");
    const asked = await readAsked(c);
    const key = parameter(c, "key");
    const lever = leverOf(key, context.workspace.current().playbook.levers);
    const request = inModeOfKey(c, requestOf(context, asked, lever));
    return c.json(flagOf(key, lever, await answerOne(context, request, { asking: "exposure" })));
  });
}

/** Whom an evaluation is about, and what is known of it. */
interface Asked {
  readonly unitId: string;
  readonly told: Readonly<Record<string, unknown>>;
}

async function readAsked(c: Context<ServerEnvironment>): Promise<Asked> {
  requireKeyOfPage(c);
  const { context: told = {} } = await readBody(c, ofrepRequestSchema);
  const { targetingKey } = told;
  if (typeof targetingKey !== "string" || targetingKey.trim() === "") {
    const message =
      "the context has no targetingKey: send the id of the unit (account, lead) that is decided for, as a text";
    throw new ProblemError("request.targeting_key_missing", message);
  }
  const unitId = targetingKeySchema.safeParse(targetingKey);
  if (!unitId.success)
    throw new ProblemError("request.invalid", "the targetingKey is too long, or holds control characters");
  return { unitId: unitId.data, told };
}

/** A page of another origin says by a key who it is; otherwise any page could ask through the browser of whoever looks at it. */
function requireKeyOfPage(c: Context<ServerEnvironment>): void {
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  if (!isFromForeignPage(host, c.req.header("origin"), c.req.header("sec-fetch-site"))) return;
  if (c.get("principal").kind === "key") return;
  const message = "a page of another origin needs a key of its own: ratchet keys create --name website --scope decide";
  throw new ProblemError("auth.required", message);
}

/** The lever of a key: its decision point, with or without the prefix. */
function leverOf(key: string, levers: readonly Lever[]): Lever {
  const bare = key.startsWith(OFREP_KEY_PREFIX) ? key.slice(OFREP_KEY_PREFIX.length) : key;
  const found = levers.find(({ point }) => point === key) ?? levers.find(({ point }) => point === bare);
  if (found !== undefined) return found;
  const known = levers.map(({ point }) => `${OFREP_KEY_PREFIX}${point}`).join(", ");
  throw new ProblemError("decision.unknown_point", `there is no decision point "${key}"; the flags are ${known}`);
}

/** Both keys of a point, unless the shorter one is another point's longer one. */
function keysOf(point: string, levers: readonly Lever[]): readonly string[] {
  const key = `${OFREP_KEY_PREFIX}${point}`;
  return levers.some((other) => other.point === key) ? [point] : [key, point];
}

function requestOf({ workspace, stores }: AppContext, { unitId, told }: Asked, { point }: Lever): DecisionRequest {
  const { targetingKey: _, ...rest } = told;
  const person = nameIn(told, "person") ?? nameIn(told, "email");
  const account = nameIn(told, "account");
  return {
    point,
    unit_id: unitId,
    context: flatProperties(rest),
    idempotency_key: `ofrep v${workspace.current().playbook.version} ${Math.floor(stores.clock() / STICKY_MS)}`,
    ...(person === undefined ? {} : { person }),
    ...(account === undefined ? {} : { account }),
  };
}

/** An id in the context, where it is one. */
function nameIn(told: Asked["told"], name: string): string | undefined {
  return targetingKeySchema.safeParse(told[name]).data;
}

/** One flag of many: what fails is said of it alone. */
async function evaluated(
  c: Context<ServerEnvironment>,
  context: AppContext,
  { asked, lever }: { readonly asked: Asked; readonly lever: Lever },
): Promise<OfrepFlag | OfrepFailure> {
  try {
    const request = inModeOfKey(c, requestOf(context, asked, lever));
    return flagOf(lever.point, lever, await answerOne(context, request, { asking: "offer" }));
  } catch (error) {
    const requestId = c.get("requestId");
    context.log.error({ err: error, requestId, route: c.get("route") }, "a flag of many was not evaluated");
    return ofrepFailure(lever.point, problemFrom(error, requestId));
  }
}

/** @see RFC 9110, section 13.1.2: compared weakly, any of a list. */
function matches(sent: string | undefined, etag: string): boolean {
  return sent !== undefined && sent.split(",").some((one) => ["*", etag, `W/${etag}`].includes(one.trim()));
}
