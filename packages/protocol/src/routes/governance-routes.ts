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
    summary: "Is it working, is it safe, what needs me?",
    ...none,
    response: todayViewSchema,
  },
  changes: {
    method: "GET",
    path: "/v1/changes",
    summary: "All changes, newest first",
    ...none,
    response: changeListViewSchema,
  },
  change: {
    method: "GET",
    path: "/v1/changes/{change_id}",
    summary: "One change with its diff and evidence",
    ...none,
    response: changeViewSchema,
  },
  approve: {
    method: "POST",
    path: "/v1/changes/{change_id}/approve",
    summary: "Approve exactly this revision",
    query: null,
    request: approveRequestSchema,
    response: changeViewSchema,
  },
  reject: {
    method: "POST",
    path: "/v1/changes/{change_id}/reject",
    summary: "Reject a change",
    query: null,
    request: rejectRequestSchema,
    response: changeViewSchema,
  },
  undo: {
    method: "POST",
    path: "/v1/changes/{change_id}/undo",
    summary: "Take a running change back",
    query: null,
    request: undoRequestSchema,
    response: changeViewSchema,
  },
  results: {
    method: "GET",
    path: "/v1/results",
    summary: "Each action against the baseline",
    query: resultsQuerySchema,
    request: null,
    response: resultsViewSchema,
  },
  evidence: {
    method: "GET",
    path: "/v1/evidence/{digest}",
    summary: "One evidence snapshot",
    ...none,
    response: evidenceViewSchema,
  },
  ledger: {
    method: "GET",
    path: "/v1/ledger",
    summary: "The record of everything that governs",
    query: ledgerQuerySchema,
    request: null,
    response: ledgerViewSchema,
  },
  playbook: {
    method: "GET",
    path: "/v1/playbook",
    summary: "How Ratchet decides, in any version",
    query: playbookQuerySchema,
    request: null,
    response: playbookViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
