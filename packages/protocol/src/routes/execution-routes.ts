import { ACCESS } from "../access.ts";
import { executionBatchRequestSchema, overridesQuerySchema, overridesViewSchema } from "../executions.ts";
import { signalBatchResponseSchema } from "../signals.ts";
import type { RouteShape } from "./route-shape.ts";

/** What became of decisions. */
export const EXECUTION_ROUTES = {
  executions: {
    method: "POST",
    path: "/v1/executions",
    access: ACCESS.ingest,
    summary: "Report what became of decisions",
    query: null,
    request: executionBatchRequestSchema,
    response: signalBatchResponseSchema,
  },
  overrides: {
    method: "GET",
    path: "/v1/overrides",
    access: ACCESS.read,
    summary: "What people did otherwise, and why",
    query: overridesQuerySchema,
    request: null,
    response: overridesViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
