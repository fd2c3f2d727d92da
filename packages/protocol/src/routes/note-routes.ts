import { ACCESS } from "../access.ts";
import {
  labelReviewRequestSchema,
  labelReviewViewSchema,
  labelsStatusViewSchema,
  reviewListViewSchema,
  reviewQuerySchema,
  trainingViewSchema,
} from "../notes.ts";
import { none, type RouteShape } from "./route-shape.ts";

/** What people wrote, and what it says. */
export const NOTE_ROUTES = {
  outcomeReviews: {
    method: "GET",
    path: "/v1/outcome-reviews",
    access: ACCESS.readPeople,
    summary: "Notes and replies that people should read",
    query: reviewQuerySchema,
    request: null,
    response: reviewListViewSchema,
  },
  labelReview: {
    method: "POST",
    path: "/v1/outcome-reviews/{review_id}/label",
    access: ACCESS.judge,
    summary: "Say what a text says, or that it cannot be told",
    query: null,
    request: labelReviewRequestSchema,
    response: labelReviewViewSchema,
  },
  labelsStatus: {
    method: "GET",
    path: "/v1/labels/status",
    access: ACCESS.read,
    summary: "Who reads notes, how well, and how far people agree",
    ...none,
    response: labelsStatusViewSchema,
  },
  trainLabels: {
    method: "POST",
    path: "/v1/labels/train",
    access: ACCESS.operate,
    summary: "Learn from the answers now",
    ...none,
    response: trainingViewSchema,
  },
} as const satisfies Readonly<Record<string, RouteShape>>;
