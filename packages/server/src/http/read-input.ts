import { faultsOf } from "@ratchet/protocol";
import type { Context } from "hono";
import { placeOf, utf8Text } from "./body-text.ts";
import { ProblemError } from "./problem-error.ts";

/** What a request is checked against: a zod schema, as far as it is used here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: Parameters<typeof faultsOf>[0] };
}

/** The JSON body, whatever content type it came with. @throws ProblemError with every fault at its JSON pointer. */
export async function readBody<T>(c: Context, schema: Schema<T>): Promise<T> {
  return bodyFrom(utf8Text(new Uint8Array(await c.req.arrayBuffer())), schema);
}

/** As `readBody`, from its text. */
export function bodyFrom<T>(text: string, schema: Schema<T>): T {
  return checked(parsedJson(text), schema, "the body does not fit");
}

/** The query parameters. @throws ProblemError with every fault. */
export function readQuery<T>(c: Context, schema: Schema<T>): T {
  return checked(c.req.query(), schema, "the query parameters do not fit");
}

/** A parameter of the path. */
export function parameter(c: Context, name: string): string {
  const value = c.req.param(name);
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

function parsedJson(text: string): unknown {
  if (text.trim() === "") throw new ProblemError("request.not_json", "the body is empty; send a JSON document");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError("request.not_json", `the body is not JSON${placeOf(cause)}; send a JSON document`);
  }
}

function checked<T>(value: unknown, schema: Schema<T>, message: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  const [first] = faults;
  const what = first === undefined ? "" : `: ${first.path === "" ? "" : `${first.path} `}${first.message}`;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  throw new ProblemError("request.invalid", `${message}${what}${more}`, faults);
}
