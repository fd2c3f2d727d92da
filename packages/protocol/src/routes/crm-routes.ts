import { ACCESS } from "../access.ts";
import {
  matchingRequestSchema,
  matchingViewSchema,
  recordQuerySchema,
  recordViewSchema,
  upsertRequestSchema,
  upsertResponseSchema,
} from "../crm-rows.ts";
import { none, type RouteShape } from "./route-shape.ts";

const upsert = {
  method: "POST",
  access: ACCESS.source,
  query: null,
  request: upsertRequestSchema,
  response: upsertResponseSchema,
} as const;

/** Rows of a CRM, as reverse-ETL tools send them. */
export const CRM_ROUTES = {
  upsertAccounts: { ...upsert, path: "/v1/accounts", summary: "Accounts as they are now" },
  upsertContacts: { ...upsert, path: "/v1/contacts", summary: "Contacts as they are now" },
  upsertLeads: { ...upsert, path: "/v1/leads", summary: "Leads as they are now" },
  upsertOpportunities: { ...upsert, path: "/v1/opportunities", summary: "Opportunities as they are now" },
  record: {
    method: "GET",
    path: "/v1/records",
    access: ACCESS.read,
    summary: "An object of a CRM by everything heard",
    query: recordQuerySchema,
    request: null,
    response: recordViewSchema,
  },
  matching: {
    method: "GET",
    path: "/v1/matching",
    access: ACCESS.read,
    summary: "Which accounts leads belong to, and which are not clear",
    ...none,
    response: matchingViewSchema,
  },
  setMatching: {
    method: "POST",
    path: "/v1/matching",
    access: ACCESS.operate,
    summary: "Rules for leads that name no account",
    query: null,
    request: matchingRequestSchema,
    response: matchingViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
