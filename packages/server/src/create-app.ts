import { ROUTES, WAYS_IN, type Problem } from "@ratchet/protocol";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppContext } from "./context.ts";
import { dashboardRoutes, secureHeaders } from "./http/dashboard.ts";
import { OverloadedError, problemFrom, ProblemError, TooManyError } from "./http/problem-error.ts";
import { admission, isSolo, type AdmissionOptions } from "./access/admission.ts";
import { requestGuard } from "./http/request-guard.ts";
import { requestIdAndLog, type ServerEnvironment } from "./http/request-id.ts";
import { noteRefusal } from "./ingest/receive.ts";
import { changeRoutes } from "./routes/changes.ts";
import { crmRoutes } from "./routes/crm.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { healthRoutes } from "./routes/health.ts";
import { rankRoutes } from "./routes/rank.ts";
import { executionRoutes } from "./routes/executions.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { importRoutes } from "./routes/imports.ts";
import { keyRoutes } from "./routes/keys.ts";
import { mcpRoutes } from "./routes/mcp.ts";
import { noteRoutes } from "./routes/notes.ts";
import { peopleRoutes } from "./routes/people.ts";
import { recordRoutes } from "./routes/records.ts";
import { resultRoutes } from "./routes/results.ts";
import { cloudEventRoutes } from "./routes/cloud-events.ts";
import { OFREP_PATH, ofrepFailure, ofrepKey, ofrepStatus } from "./ofrep/failure.ts";
import { OPEN_TO_ORIGINS, ofrepRoutes } from "./routes/ofrep.ts";
import { OPEN_TO_PAGES, segmentRoutes } from "./routes/segment.ts";
import { sourceRoutes } from "./routes/sources.ts";
import { signalListRoute } from "./routes/signal-list.ts";
import { signalRoutes } from "./routes/signals.ts";
import { todayRoutes } from "./routes/today.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { userRoutes } from "./routes/users.ts";
import { workRoutes } from "./routes/work.ts";

/** How the application meets the network. */
export interface AppOptions extends Partial<AdmissionOptions> {
  /** Host names beside `localhost` and addresses that it answers to. */
  readonly allowedHosts?: readonly string[];
  /** Where the built dashboard is; null serves the API alone. */
  readonly dashboard?: string | null;
  /** Where vendors reach the server from outside, such as https://ratchet.example.com: some sign the address they call. */
  readonly publicUrl?: string | null;
}

/** Largest JSON body: 1,000 signals, or 100 decisions with generous contexts. */
const JSON_BYTES_MAX = 4 * 1024 * 1024;

/** Every route of the protocol's table, as one function from request to response. */
export function createApp(
  context: AppContext,
  { allowedHosts = [], dashboard = null, publicUrl = null, isHolder = false, isExposed = false }: AppOptions = {},
): Hono<ServerEnvironment> {
  const app = new Hono<ServerEnvironment>();
  app.use(requestIdAndLog(context.log));
  app.use(async (c, next) => {
    await next();
    secureHeaders(c.res.headers);
  });
  app.use(requestGuard(allowedHosts, (path) => OPEN_TO_PAGES.test(path) || OFREP_PATH.test(path)));
  app.use("/ofrep/*", OPEN_TO_ORIGINS);
  app.use(admission(context, { isHolder, isExposed }));
  app.use("/v1/*", limitExceptUploads());
  app.use("/hooks/*", limitExceptUploads());
  app.use("/ofrep/*", limitExceptUploads());
  app.use(WAYS_IN.mcp.path, limitExceptUploads());
  for (const register of [
    decisionRoutes,
    rankRoutes,
    executionRoutes,
    signalRoutes,
    signalListRoute,
    segmentRoutes,
    cloudEventRoutes,
    ofrepRoutes,
    sourceRoutes,
    healthRoutes,
    todayRoutes,
    changeRoutes,
    resultRoutes,
    recordRoutes,
    peopleRoutes,
    noteRoutes,
    crmRoutes,
    importRoutes,
    workRoutes,
    webhookRoutes,
    keyRoutes,
    mcpRoutes,
  ]) {
    register(app, context);
  }
  userRoutes(app, context, (c) => isSolo(c, context, { isHolder, isExposed }));
  hookRoutes(app, context, publicUrl);
  if (dashboard !== null) dashboardRoutes(app, dashboard);
  app.notFound((c) => problemResponse(unknownRoute(c.req.method, c.req.path), c.get("requestId")));
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const problem = problemFrom(error, requestId);
    noteRefusal(c, context, error);
    if (problem.status >= 500) context.log.error({ err: error, requestId, route: c.get("route") }, "a request failed");
    if (OFREP_PATH.test(c.req.path)) return ofrepResponse(c.req.path, problem);
    return problemResponse(error, requestId);
  });
  return app;
}

function limitExceptUploads(): ReturnType<typeof bodyLimit> {
  const refuse = (): never => {
    throw new ProblemError(
      "request.too_large",
      `the body has more than ${JSON_BYTES_MAX / 1024 / 1024} MB; send it in several requests`,
    );
  };
  const limit = bodyLimit({ maxSize: JSON_BYTES_MAX, onError: refuse });
  return async (c, next) => {
    if (c.req.path === ROUTES.upload.path) return next();
    const declared = c.req.header("content-length");
    if (declared === undefined || c.req.header("transfer-encoding") !== undefined) return limit(c, next);
    // Node reads no further than a body says that it is long; looking at the body itself would cost more than answering.
    return Number(declared) > JSON_BYTES_MAX ? refuse() : next();
  };
}

function problemResponse(error: unknown, requestId: string): Response {
  const problem = problemFrom(error, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "ratchet-request-id": requestId,
      ...(error instanceof OverloadedError || error instanceof TooManyError
        ? { "retry-after": String(error.retryAfterSeconds) }
        : {}),
    },
  });
}

/** What failed, in the form that OpenFeature's providers read. */
function ofrepResponse(path: string, problem: Problem): Response {
  return Response.json(ofrepFailure(ofrepKey(path), problem), { status: ofrepStatus(problem) });
}

/** Another method on a known path, or no such path. */
function unknownRoute(method: string, path: string): ProblemError {
  const methods = Object.values(ROUTES)
    .filter((route) => new RegExp(`^${route.path.replaceAll(/\{[a-z_]+\}/gu, "[^/]+")}$`, "u").test(path))
    .map((route) => route.method);
  if (methods.length > 0)
    return new ProblemError("request.method_not_allowed", `${path} takes ${methods.join(" and ")}, not ${method}`);
  return new ProblemError(
    "request.not_found",
    `there is nothing at ${path}; the API's routes begin with /v1/, such as /v1/today`,
  );
}
