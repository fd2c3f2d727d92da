import type { z } from "zod";
import { ACCESS_ROUTES, USER_ROUTES } from "./routes/access-routes.ts";
import { CRM_ROUTES } from "./routes/crm-routes.ts";
import { DECISION_ROUTES } from "./routes/decision-routes.ts";
import { EXECUTION_ROUTES } from "./routes/execution-routes.ts";
import { GOVERNANCE_ROUTES } from "./routes/governance-routes.ts";
import { HEALTH_ROUTES } from "./routes/health-routes.ts";
import { NOTE_ROUTES } from "./routes/note-routes.ts";
import { PEOPLE_ROUTES } from "./routes/people-routes.ts";
import { SIGNAL_ROUTES } from "./routes/signal-routes.ts";
import { WEBHOOK_ROUTES } from "./routes/webhook-routes.ts";
import { WORK_ROUTES } from "./routes/work-routes.ts";
import type { RouteShape } from "./routes/route-shape.ts";
import type { ExecutionBatchRequest } from "./executions.ts";
import type { SignalBatchRequest } from "./signals.ts";

/** The one table of routes that server, SDK and dashboard share. Every error is a `Problem`. */
export const ROUTES = {
  ...DECISION_ROUTES,
  ...EXECUTION_ROUTES,
  ...SIGNAL_ROUTES,
  ...PEOPLE_ROUTES,
  ...NOTE_ROUTES,
  ...CRM_ROUTES,
  ...HEALTH_ROUTES,
  ...GOVERNANCE_ROUTES,
  ...WORK_ROUTES,
  ...WEBHOOK_ROUTES,
  ...ACCESS_ROUTES,
  ...USER_ROUTES,
} as const satisfies Readonly<Record<string, RouteShape>>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;
type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : null;

/** Path parameters of a route, by name. */
export type ParametersOf<Name extends RouteName> = { readonly [Key in ParameterNames<Routes[Name]["path"]>]: string };
/** The body that a client sends; null where there is none. */
export type RequestOf<Name extends RouteName> = Name extends "signals"
  ? SignalBatchRequest
  : Name extends "executions"
    ? ExecutionBatchRequest
    : InputOf<Routes[Name]["request"]>;
/** Query parameters that a client may send; null where there are none. */
export type QueryOf<Name extends RouteName> = InputOf<Routes[Name]["query"]>;
/** What a client gets back. */
export type ResponseOf<Name extends RouteName> = z.output<Routes[Name]["response"]>;

/** A route's path with its parameters filled in, each percent-encoded. */
export function pathOf<Name extends RouteName>(name: Name, parameters: ParametersOf<Name>): string {
  const values: Readonly<Record<string, string>> = parameters;
  return ROUTES[name].path.replaceAll(/\{([a-z_]+)\}/gu, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new RangeError(`route ${name} needs the parameter ${key}`);
    return encodeURIComponent(value);
  });
}
