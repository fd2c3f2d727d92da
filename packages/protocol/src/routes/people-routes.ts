import {
  consentRequestSchema,
  contactQuerySchema,
  contactViewSchema,
  erasePersonRequestSchema,
  erasureViewSchema,
  liftRequestSchema,
  mergePeopleRequestSchema,
  personQuerySchema,
  personViewSchema,
  suppressionRequestSchema,
} from "../people.ts";
import { type RouteShape } from "./route-shape.ts";

/** People, and whether they may be contacted. */
export const PEOPLE_ROUTES = {
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
  liftSuppressions: {
    method: "POST",
    path: "/v1/suppressions/lift",
    summary: "A suppression was a mistake",
    query: null,
    request: liftRequestSchema,
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
} as const satisfies Readonly<Record<string, RouteShape>>;
