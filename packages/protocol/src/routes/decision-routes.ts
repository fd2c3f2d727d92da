import { ACCESS } from "../access.ts";
import {
  decideRequestSchema,
  decideResponseSchema,
  decisionDetailViewSchema,
  decisionListQuerySchema,
  decisionListViewSchema,
  rankRequestSchema,
  rankViewSchema,
  decisionReplayViewSchema,
} from "../decisions.ts";
import { traceViewSchema } from "../trace.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** Asking what to do, and looking decisions up. */
export const DECISION_ROUTES = {
  decide: {
    method: "POST",
    path: "/v1/decisions",
    access: ACCESS.decide,
    summary: "Ask what to do",
    query: null,
    request: decideRequestSchema,
    response: decideResponseSchema,
  },
  rank: {
    method: "POST",
    path: "/v1/decisions/rank",
    access: ACCESS.decide,
    summary: "Put up to 10,000 units in order, the likeliest first",
    query: null,
    request: rankRequestSchema,
    response: rankViewSchema,
  },
  replayDecision: {
    method: "GET",
    path: "/v1/decisions/{decision_id}/replay",
    access: ACCESS.read,
    summary: "Make a decision again from its record alone",
    ...none,
    response: decisionReplayViewSchema,
  },
  decisions: {
    method: "GET",
    path: "/v1/decisions",
    access: ACCESS.read,
    summary: "The decision log, newest first",
    query: decisionListQuerySchema,
    request: null,
    response: decisionListViewSchema,
  },
  decision: {
    method: "GET",
    path: "/v1/decisions/{decision_id}",
    access: ACCESS.read,
    summary: "One decision",
    ...none,
    response: decisionDetailViewSchema,
  },
  trace: {
    method: "GET",
    path: "/v1/decisions/{decision_id}/trace",
    access: ACCESS.read,
    summary: "What led to a decision, and what it led to",
    ...none,
    response: traceViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
