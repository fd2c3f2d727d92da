import { ACCESS } from "../access.ts";
import { signalListQuerySchema, signalListViewSchema } from "../signal-list.ts";
import { signalBatchRequestSchema, signalBatchResponseSchema } from "../signals.ts";
import {
  createSourceRequestSchema,
  replayRequestSchema,
  replayViewSchema,
  sourceKeyViewSchema,
  sourceSettingsRequestSchema,
  sourceListViewSchema,
  sourceRequestsViewSchema,
  sourceViewSchema,
} from "../sources.ts";
import { quarantineQuerySchema, quarantineViewSchema } from "../status.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** What happened, and who sends it. */
export const SIGNAL_ROUTES = {
  signals: {
    method: "POST",
    path: "/v1/signals",
    access: ACCESS.ingest,
    summary: "Report what happened",
    query: null,
    request: signalBatchRequestSchema,
    response: signalBatchResponseSchema,
  },
  listSignals: {
    method: "GET",
    path: "/v1/signals",
    access: ACCESS.read,
    summary: "What happened, newest first",
    query: signalListQuerySchema,
    request: null,
    response: signalListViewSchema,
  },
  quarantine: {
    method: "GET",
    path: "/v1/quarantine",
    access: ACCESS.readPeople,
    summary: "Input that did not fit",
    query: quarantineQuerySchema,
    request: null,
    response: quarantineViewSchema,
  },
  replayQuarantine: {
    method: "POST",
    path: "/v1/quarantine/replay",
    access: ACCESS.operate,
    summary: "Read quarantined rows again and let in what fits now",
    query: null,
    request: replayRequestSchema,
    response: replayViewSchema,
  },
  sources: {
    method: "GET",
    path: "/v1/sources",
    access: ACCESS.read,
    summary: "Who sends to us, and what became of it",
    ...none,
    response: sourceListViewSchema,
  },
  createSource: {
    method: "POST",
    path: "/v1/sources",
    access: ACCESS.operate,
    summary: "Add a source and get its key",
    query: null,
    request: createSourceRequestSchema,
    response: sourceKeyViewSchema,
  },
  rotateSourceKey: {
    method: "POST",
    path: "/v1/sources/{source_id}/key",
    access: ACCESS.operate,
    summary: "Give a source a new key; the old one stops working",
    ...none,
    response: sourceKeyViewSchema,
  },
  setSource: {
    method: "POST",
    path: "/v1/sources/{source_id}/settings",
    access: ACCESS.operate,
    summary: "Say what a source's words mean, or mend its mapping",
    query: null,
    request: sourceSettingsRequestSchema,
    response: sourceViewSchema,
  },
  disableSource: {
    method: "POST",
    path: "/v1/sources/{source_id}/disable",
    access: ACCESS.operate,
    summary: "Refuse a source's messages from now on",
    ...none,
    response: sourceViewSchema,
  },
  enableSource: {
    method: "POST",
    path: "/v1/sources/{source_id}/enable",
    access: ACCESS.operate,
    summary: "Take a disabled source's messages again, with the key that it has",
    ...none,
    response: sourceViewSchema,
  },
  sourceRequests: {
    method: "GET",
    path: "/v1/sources/{source_id}/requests",
    access: ACCESS.read,
    summary: "A source's last requests, newest first",
    ...none,
    response: sourceRequestsViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
