import {
  importListViewSchema,
  importRequestSchema,
  importViewSchema,
  mappingPreviewSchema,
  previewRequestSchema,
  uploadQuerySchema,
  uploadViewSchema,
} from "../imports.ts";
import {
  cycleViewSchema,
  jobViewSchema,
  sampleRequestSchema,
  setUpRequestSchema,
  setUpViewSchema,
  statusViewSchema,
} from "../status.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** Imports and other long pieces of work. */
export const WORK_ROUTES = {
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
  setUp: {
    method: "POST",
    path: "/v1/workspace",
    summary: "Set an empty workspace up from a playbook",
    query: null,
    request: setUpRequestSchema,
    response: setUpViewSchema,
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
  status: {
    method: "GET",
    path: "/v1/status",
    summary: "What is running and whether it is well",
    ...none,
    response: statusViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
