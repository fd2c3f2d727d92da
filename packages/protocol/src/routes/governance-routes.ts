import { ACCESS } from "../access.ts";
import {
  approveRequestSchema,
  changeListViewSchema,
  changeViewSchema,
  rejectRequestSchema,
  undoRequestSchema,
} from "../changes.ts";
import {
  evidenceViewSchema,
  ledgerQuerySchema,
  ledgerViewSchema,
  playbookQuerySchema,
  playbookViewSchema,
} from "../records.ts";
import { resultsQuerySchema, resultsViewSchema } from "../results.ts";
import { todayViewSchema } from "../today.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** Changes, their evidence, and what is in force. */
export const GOVERNANCE_ROUTES = {
  today: {
    method: "GET",
    path: "/v1/today",
    access: ACCESS.read,
    summary: "Is it working, is it safe, what needs me?",
    ...none,
    response: todayViewSchema,
  },
  changes: {
    method: "GET",
    path: "/v1/changes",
    access: ACCESS.read,
    summary: "All changes, newest first",
    ...none,
    response: changeListViewSchema,
  },
  change: {
    method: "GET",
    path: "/v1/changes/{change_id}",
    access: ACCESS.read,
    summary: "One change with its diff and evidence",
    ...none,
    response: changeViewSchema,
  },
  approve: {
    method: "POST",
    path: "/v1/changes/{change_id}/approve",
    access: ACCESS.approve,
    summary: "Approve exactly this revision",
    query: null,
    request: approveRequestSchema,
    response: changeViewSchema,
  },
  reject: {
    method: "POST",
    path: "/v1/changes/{change_id}/reject",
    access: ACCESS.approve,
    summary: "Reject a change",
    query: null,
    request: rejectRequestSchema,
    response: changeViewSchema,
  },
  undo: {
    method: "POST",
    path: "/v1/changes/{change_id}/undo",
    access: ACCESS.stop,
    summary: "Take a running change back",
    query: null,
    request: undoRequestSchema,
    response: changeViewSchema,
  },
  results: {
    method: "GET",
    path: "/v1/results",
    access: ACCESS.read,
    summary: "Each action against the baseline",
    query: resultsQuerySchema,
    request: null,
    response: resultsViewSchema,
  },
  evidence: {
    method: "GET",
    path: "/v1/evidence/{digest}",
    access: ACCESS.read,
    summary: "One evidence snapshot",
    ...none,
    response: evidenceViewSchema,
  },
  ledger: {
    method: "GET",
    path: "/v1/ledger",
    access: ACCESS.read,
    summary: "The record of everything that governs",
    query: ledgerQuerySchema,
    request: null,
    response: ledgerViewSchema,
  },
  playbook: {
    method: "GET",
    path: "/v1/playbook",
    access: ACCESS.read,
    summary: "How Ratchet decides, in any version",
    query: playbookQuerySchema,
    request: null,
    response: playbookViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
