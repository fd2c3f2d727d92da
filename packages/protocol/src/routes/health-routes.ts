import { ACCESS } from "../access.ts";
import {
  dataHealthViewSchema,
  incidentListViewSchema,
  incidentQuerySchema,
  incidentViewSchema,
  resolveIncidentRequestSchema,
} from "../data-health.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** Whether the data are good enough to learn from. */
export const HEALTH_ROUTES = {
  dataHealth: {
    method: "GET",
    path: "/v1/data-health",
    access: ACCESS.read,
    summary: "Is the data good enough to learn from?",
    ...none,
    response: dataHealthViewSchema,
  },
  checkDataHealth: {
    method: "POST",
    path: "/v1/data-health/check",
    access: ACCESS.operate,
    summary: "Look at the data now",
    ...none,
    response: dataHealthViewSchema,
  },
  incidents: {
    method: "GET",
    path: "/v1/incidents",
    access: ACCESS.read,
    summary: "What is, and was, wrong with the data",
    query: incidentQuerySchema,
    request: null,
    response: incidentListViewSchema,
  },
  resolveIncident: {
    method: "POST",
    path: "/v1/incidents/{incident_id}/resolve",
    access: ACCESS.judge,
    summary: "Explain an incident: nothing is wrong with its data",
    query: null,
    request: resolveIncidentRequestSchema,
    response: incidentViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
