import type { z } from "zod";
import {
  approveRequestSchema,
  changeListViewSchema,
  changeViewSchema,
  rejectRequestSchema,
  undoRequestSchema,
} from "./changes.ts";
import {
  decideRequestSchema,
  decideResponseSchema,
  decisionDetailViewSchema,
  decisionListQuerySchema,
  decisionListViewSchema,
} from "./decisions.ts";
import {
  importListViewSchema,
  importRequestSchema,
  importViewSchema,
  mappingPreviewSchema,
  previewRequestSchema,
  uploadQuerySchema,
  uploadViewSchema,
} from "./imports.ts";
import {
  consentRequestSchema,
  contactQuerySchema,
  contactViewSchema,
  erasePersonRequestSchema,
  erasureViewSchema,
  mergePeopleRequestSchema,
  personQuerySchema,
  personViewSchema,
  suppressionRequestSchema,
} from "./people.ts";
import {
  evidenceViewSchema,
  ledgerQuerySchema,
  ledgerViewSchema,
  playbookQuerySchema,
  playbookViewSchema,
} from "./records.ts";
import { resultsQuerySchema, resultsViewSchema } from "./results.ts";
import { signalBatchRequestSchema, signalBatchResponseSchema, type SignalBatchRequest } from "./signals.ts";
import {
  cycleViewSchema,
  jobViewSchema,
  quarantineQuerySchema,
  quarantineViewSchema,
  sampleRequestSchema,
  statusViewSchema,
} from "./status.ts";
import {
  createSourceRequestSchema,
  replayRequestSchema,
  replayViewSchema,
  sourceKeyViewSchema,
  sourceListViewSchema,
  sourceRequestsViewSchema,
  sourceViewSchema,
} from "./sources.ts";
import { todayViewSchema } from "./today.ts";
import { traceViewSchema } from "./trace.ts";

/** One route: `{name}` in the path is a parameter. `request` is the JSON body; null: none, or (where `rawBody`) any bytes. */
export interface RouteShape {
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  readonly summary: string;
  readonly query: z.ZodType | null;
  readonly request: z.ZodType | null;
  readonly rawBody?: true;
  readonly response: z.ZodType;
}

const none = { query: null, request: null } as const;

/** The one table of routes that server, SDK and dashboard share. Every error is a `Problem`. */
export const ROUTES = {
  decide: {
    method: "POST",
    path: "/v1/decisions",
    summary: "Ask what to do",
    query: null,
    request: decideRequestSchema,
    response: decideResponseSchema,
  },
  decisions: {
    method: "GET",
    path: "/v1/decisions",
    summary: "The decision log, newest first",
    query: decisionListQuerySchema,
    request: null,
    response: decisionListViewSchema,
  },
  decision: {
    method: "GET",
    path: "/v1/decisions/{decision_id}",
    summary: "One decision",
    ...none,
    response: decisionDetailViewSchema,
  },
  trace: {
    method: "GET",
    path: "/v1/decisions/{decision_id}/trace",
    summary: "What led to a decision, and what it led to",
    ...none,
    response: traceViewSchema,
  },
  signals: {
    method: "POST",
    path: "/v1/signals",
    summary: "Report what happened",
    query: null,
    request: signalBatchRequestSchema,
    response: signalBatchResponseSchema,
  },
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
  upload: {
    method: "POST",
    path: "/v1/uploads",
    summary: "Send a CSV and get a guessed mapping",
    query: uploadQuerySchema,
    request: null,
    rawBody: true,
    response: uploadViewSchema,
  },
  previewImport: {
    method: "POST",
    path: "/v1/uploads/{upload_id}/preview",
    summary: "Try a mapping on the first rows",
    query: null,
    request: previewRequestSchema,
    response: mappingPreviewSchema,
  },
  startImport: {
    method: "POST",
    path: "/v1/imports",
    summary: "Import an uploaded file",
    query: null,
    request: importRequestSchema,
    response: importViewSchema,
  },
  imports: {
    method: "GET",
    path: "/v1/imports",
    summary: "All imports, newest first",
    ...none,
    response: importListViewSchema,
  },
  import: {
    method: "GET",
    path: "/v1/imports/{import_id}",
    summary: "An import's progress and report",
    ...none,
    response: importViewSchema,
  },
  quarantine: {
    method: "GET",
    path: "/v1/quarantine",
    summary: "Input that did not fit",
    query: quarantineQuerySchema,
    request: null,
    response: quarantineViewSchema,
  },
  sample: {
    method: "POST",
    path: "/v1/workspace/sample",
    summary: "Fill an empty workspace with the sample company",
    query: null,
    request: sampleRequestSchema,
    response: jobViewSchema,
  },
  job: {
    method: "GET",
    path: "/v1/jobs/{job_id}",
    summary: "How far a piece of work is",
    ...none,
    response: jobViewSchema,
  },
  runCycle: {
    method: "POST",
    path: "/v1/cycles",
    summary: "Run one turn of the loop now",
    ...none,
    response: cycleViewSchema,
  },
  replayQuarantine: {
    method: "POST",
    path: "/v1/quarantine/replay",
    summary: "Read quarantined rows again and let in what fits now",
    query: null,
    request: replayRequestSchema,
    response: replayViewSchema,
  },
  sources: {
    method: "GET",
    path: "/v1/sources",
    summary: "Who sends to us, and what became of it",
    ...none,
    response: sourceListViewSchema,
  },
  createSource: {
    method: "POST",
    path: "/v1/sources",
    summary: "Add a source and get its key",
    query: null,
    request: createSourceRequestSchema,
    response: sourceKeyViewSchema,
  },
  rotateSourceKey: {
    method: "POST",
    path: "/v1/sources/{source_id}/key",
    summary: "Give a source a new key; the old one stops working",
    ...none,
    response: sourceKeyViewSchema,
  },
  disableSource: {
    method: "POST",
    path: "/v1/sources/{source_id}/disable",
    summary: "Refuse a source's messages from now on",
    ...none,
    response: sourceViewSchema,
  },
  sourceRequests: {
    method: "GET",
    path: "/v1/sources/{source_id}/requests",
    summary: "A source's last requests, newest first",
    ...none,
    response: sourceRequestsViewSchema,
  },
  person: {
    method: "GET",
    path: "/v1/people",
    summary: "What is known about a person",
    query: personQuerySchema,
    request: null,
    response: personViewSchema,
  },
  mergePeople: {
    method: "POST",
    path: "/v1/people/merge",
    summary: "Two records are one person",
    query: null,
    request: mergePeopleRequestSchema,
    response: personViewSchema,
  },
  erasePerson: {
    method: "POST",
    path: "/v1/people/erase",
    summary: "Erase a person",
    query: null,
    request: erasePersonRequestSchema,
    response: erasureViewSchema,
  },
  contactAllowed: {
    method: "GET",
    path: "/v1/people/allowed",
    summary: "May this person be contacted?",
    query: contactQuerySchema,
    request: null,
    response: contactViewSchema,
  },
  suppress: {
    method: "POST",
    path: "/v1/suppressions",
    summary: "Nobody may contact this person",
    query: null,
    request: suppressionRequestSchema,
    response: contactViewSchema,
  },
  recordConsent: {
    method: "POST",
    path: "/v1/consents",
    summary: "On what ground a person may be contacted",
    query: null,
    request: consentRequestSchema,
    response: contactViewSchema,
  },
  status: {
    method: "GET",
    path: "/v1/status",
    summary: "What is running and whether it is well",
    ...none,
    response: statusViewSchema,
  },
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
