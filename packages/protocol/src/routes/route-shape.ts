import type { z } from "zod";
import type { Access } from "../access.ts";

/** One route: `{name}` in the path is a parameter. `request` is the JSON body; null: none, or (where `rawBody`) any bytes. */
export interface RouteShape {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: `/${string}`;
  /** Who may: a route that does not say so does not compile. */
  readonly access: Access;
  readonly summary: string;
  readonly query: z.ZodType | null;
  readonly request: z.ZodType | null;
  readonly rawBody?: true;
  readonly response: z.ZodType;
}

/** A route with neither query nor body. */
export const none = { query: null, request: null } as const;
