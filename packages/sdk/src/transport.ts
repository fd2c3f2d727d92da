import { clientProblem, problemOf, RatchetError } from "./ratchet-error.ts";

/** Where the server is and how to reach it. */
export interface RatchetOptions {
  /** Root of the server, with or without a slash at the end: `http://localhost:4600`. Empty in a page that the server itself serves. */
  readonly url: string;
  /**
   * What it is let in by: a key of a program (`ratchet keys create`), or of a source of kind `api`, which may only send. A program on the
   * server's own machine may do without while nobody has to sign in there.
   */
  readonly key?: string | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long to wait for an answer, in milliseconds; 10,000 where absent. Uploads wait as long as they take. */
  readonly timeoutMs?: number;
}

/** One request, ready to send. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: RequestBody;
  /** The same for every try of one call, where the route has no ids of its own to know a repetition by. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
}

/** What goes with a request: a document, or a file as it is. */
export type RequestBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "bytes"; readonly value: Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string };

const TIMEOUT_MS = 10_000;

/**
 * Sends one call and returns the JSON of its answer, trusted to be of the type that the route promises: checking it again would mean to
 * ship the schemas.
 *
 * @throws RatchetError
 */
export async function send<Answer>(options: RatchetOptions, call: Call): Promise<Answer> {
  const timeout = call.body?.kind === "bytes" ? [] : [AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)];
  const signal = AbortSignal.any([...timeout, ...(call.signal === undefined ? [] : [call.signal])]);
  const url = `${options.url.replace(/\/+$/u, "")}${call.path}${queryText(call.query)}`;
  const request = options.fetch ?? globalThis.fetch;
  let status: number;
  let text: string;
  let retryAfter: string | null;
  try {
    const response = await request(url, { method: call.method, signal, ...payloadOf(call, options.key) });
    status = response.status;
    retryAfter = response.headers.get("retry-after");
    text = await response.text();
  } catch (cause) {
    throw unanswered(url, cause);
  }
  const isFine = status >= 200 && status <= 299;
  const body = parsed<Answer>(text);
  if (!isFine || body === undefined)
    throw new RatchetError(problemOf(status, body), undefined, delayOf(retryAfter, Date.now()));
  return body;
}

/** `Retry-After` in milliseconds: seconds, or a date. null where there is none that reads. @see RFC 9110, section 10.2.3. */
function delayOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/u.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function queryText(query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return "";
  return `?${new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
}

function payloadOf({ body, idempotencyKey }: Call, key: string | undefined): RequestInit {
  const headers = {
    accept: "application/json",
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
  };
  if (body === undefined) return { headers };
  return body.kind === "json"
    ? { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body.value) }
    : { headers: { ...headers, "content-type": "application/octet-stream" }, body: body.value };
}

function unanswered(url: string, cause: unknown): RatchetError {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") {
    const detail = `no answer from ${url} in time; it may still have been carried out, and sending it again is safe`;
    return new RatchetError(clientProblem("client.timeout", "No answer in time", detail), cause);
  }
  if (name === "AbortError") {
    return new RatchetError(clientProblem("client.aborted", "Given up", `the request to ${url} was given up`), cause);
  }
  const detail = `the server at ${url} cannot be reached; check that it runs (npm start) and that the address is right`;
  return new RatchetError(clientProblem("client.unreachable", "Server not reached", detail), cause);
}

function parsed<Answer>(text: string): Answer | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
