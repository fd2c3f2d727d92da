import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import type { Answer } from "../src/testing/answers.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** The rules that the real server sends: a screen that breaks one fails here first. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STALE = {
  type: "urn:ratchet:error:change.stale_revision",
  title: "Stale revision",
  status: 409,
  code: "change.stale_revision",
  detail: "the change is at another revision; read it again",
};

/** A server with canned answers, and the address that it listens on. */
export interface FixtureServer {
  readonly origin: string;
  readonly close: () => void;
}

/** Serves a built dashboard and canned answers. Approvals are refused as stale: the happy path is the real server's to test. */
export async function serveFixtures(bundle: string, answers: readonly Answer[]): Promise<FixtureServer> {
  const server = createServer((request, response) => {
    request.resume();
    const url = request.url ?? "/";
    if (url.startsWith("/v1/")) answerFrom(answers, request, response);
    else sendFile(bundle, url, response);
  });
  return { origin: await listen(server), close: () => server.close() };
}

function answerFrom(answers: readonly Answer[], request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  const path = url.replace(/\?.*$/u, "");
  if (path.endsWith("/approve")) return send(response, 409, STALE);
  const own = answers.filter(({ route }) => route.startsWith(`${request.method ?? ""} `));
  const found = own.find((answer) => answer.path === url) ?? own.find((answer) => answer.path === path);
  if (found !== undefined) return send(response, 200, found.body);
  send(response, 404, {
    ...STALE,
    status: 404,
    code: "request.not_found",
    detail: `no fixture for ${request.method ?? ""} ${url}`,
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendFile(bundle: string, url: string, response: ServerResponse): void {
  const wanted = join(bundle, normalize(url.replace(/\?.*$/u, "")));
  const file = extname(wanted) !== "" && existsSync(wanted) ? wanted : join(bundle, "index.html");
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(readFileSync(file));
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the fixture server has no port"));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}
