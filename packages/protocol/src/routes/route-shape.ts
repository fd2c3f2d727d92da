import type { z } from "zod";

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

/** A route with neither query nor body. */
export const none = { query: null, request: null } as const;
