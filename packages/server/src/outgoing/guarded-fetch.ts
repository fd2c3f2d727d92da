import { lookup as lookUp } from "node:dns/promises";
import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { addressKind } from "./address-kind.ts";

/** What a guarded call sends. It is a POST unless told, and follows no redirect. */
interface GuardedCall {
  /** A GET sends no body. */
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Calls an address outside. @throws AddressRefusedError before any connection is made where the address is not one to call. */
export type GuardedFetch = (url: string, call: GuardedCall) => Promise<Response>;

/** An address that a name has. */
interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface GuardOptions {
  /** Also addresses of somebody's own network. Link-local and metadata addresses are refused all the same. */
  readonly allowPrivate: boolean;
  /**
   * Hosts, as in a URL, of which the operator said that they may be called without encryption, at any port, on this machine or in a private
   * network. `localhost` and the loopback addresses lead to this machine alone.
   */
  readonly trustedHosts: readonly string[];
  /** Whether the ports of well-known services that are none of the web are refused. */
  readonly limitPorts: boolean;
  /** All addresses of a name; asked once a call. The system's own way where absent. */
  readonly resolve?: (name: string) => Promise<readonly ResolvedAddress[]>;
}

/** An address leads where nothing of ours should be sent. */
export class AddressRefusedError extends Error {
  readonly code = "outgoing.address_refused";
}

/** The names of this machine, as a URL has them. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Why an address may not be configured; null where it may. What a name resolves to is looked at with every call. */
export function addressFault(url: string, options: GuardOptions): string | null {
  if (!URL.canParse(url)) return "that is no address";
  const { protocol, hostname, username, password, port } = new URL(url);
  if (username !== "" || password !== "") return "the address must not hold a user or a password";
  const isTrusted = options.trustedHosts.includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isTrusted)) return notEncrypted(hostname, options);
  if (!isTrusted && /(?:^|\.)localhost\.?$/u.test(hostname))
    return "localhost is this machine; allow it explicitly if that is meant";
  const literal = literalOf(hostname);
  const fault = literal === null ? null : ipFault(literal, isTrusted ? { allowPrivate: true } : options);
  if (fault !== null || isTrusted || !options.limitPorts) return fault;
  return isWebPort(port) ? null : `port ${port} is not one that such a service has; use 443 or one from 1024 on`;
}

function notEncrypted(hostname: string, { trustedHosts }: GuardOptions): string {
  const also = trustedHosts.includes("localhost") ? ", or http on this machine alone (http://localhost:…)" : "";
  return `${hostname === "" ? "the address" : `the call to ${hostname}`} is not encrypted; use https${also}`;
}

/**
 * Calls that cannot be led astray: the name is resolved once, every address it has is checked, and the connection goes to one of those
 * that were checked, so that a second answer of the name server changes nothing. No connection is kept, no proxy is asked, no redirect is
 * followed: the next call is checked anew.
 */
export function guardedFetch(options: GuardOptions): GuardedFetch {
  return async (address, { method = "POST", headers, body, signal }) => {
    const fault = addressFault(address, options);
    if (fault !== null) throw new AddressRefusedError(fault);
    const url = new URL(address);
    const checked = await checkedAddresses(url.hostname, options, signal);
    const answer = await sendTo(
      url,
      {
        method,
        headers: method === "GET" ? { ...headers } : { ...headers, "content-length": Buffer.byteLength(body) },
        signal,
        // An agent of its own: what the environment says of proxies is for others.
        agent: false,
        lookup: answering(checked),
      },
      body,
    );
    const status = answer.statusCode ?? 502;
    const hasBody = status >= 200 && status !== 204 && status !== 205 && status !== 304;
    if (!hasBody) answer.resume();
    return new Response(hasBody ? readable(answer) : null, {
      status: Math.max(200, status),
      headers: headersOf(answer),
    });
  };
}

/** The addresses of a host that may be called. @throws AddressRefusedError where one of them may not. */
async function checkedAddresses(
  hostname: string,
  options: GuardOptions,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const literal = literalOf(hostname);
  // Looked at with the address.
  if (literal !== null) return [{ address: literal, family: isIP(literal) }];
  const resolve = options.resolve ?? ((name: string) => lookUp(name, { all: true, verbatim: true }));
  const found = await orAborted(resolve(hostname), signal);
  const refused = resolvedFault(found, hostname, options);
  if (refused !== null) throw refused;
  if (found.length === 0) throw new Error(`${hostname} has no address`);
  return found;
}

/** The system gives no question to a name server up: whoever waits for it may. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new Error("the name could not be resolved in time", { cause: signal.reason }));
    signal.addEventListener("abort", giveUp, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
  }
}

/** What Node asks for where to connect to: told what was checked. */
function answering(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_, { all }, done) => {
    const [first] = addresses;
    if (all === true || first === undefined) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}

function resolvedFault(
  found: readonly ResolvedAddress[],
  hostname: string,
  options: GuardOptions,
): AddressRefusedError | null {
  const isTrusted = options.trustedHosts.includes(hostname);
  for (const { address } of found) {
    // "localhost" is meant to be this machine; a name of elsewhere that leads here is not.
    const fault =
      isTrusted && LOOPBACK_HOSTS.includes(hostname)
        ? localFault(address)
        : ipFault(address, isTrusted ? { allowPrivate: true } : options);
    if (fault !== null) return new AddressRefusedError(fault);
  }
  return null;
}

function localFault(ip: string): string | null {
  return addressKind(ip) === "loopback" ? null : `localhost leads to ${ip}, which is not this machine`;
}

function ipFault(ip: string, { allowPrivate }: Pick<GuardOptions, "allowPrivate">): string | null {
  const kind = addressKind(ip);
  if (kind === "never") return `${ip} is an address that no service has`;
  if (kind !== "public" && !allowPrivate)
    return `${ip} is an address of a private network; allow it explicitly if that is meant`;
  return null;
}

/** Above 1023, of services that do something for whoever connects to them: the list of browsers, and stores that speak to anybody. */
const OTHER_SERVICES: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665,
  6666, 6667, 6668, 6669, 6679, 6697, 9200, 9300, 10080, 10250, 11211, 27017,
]);

/** @see WHATWG Fetch Standard, "bad port". */
function isWebPort(port: string): boolean {
  if (port === "" || port === "443") return true;
  const number = Number(port);
  return number >= 1024 && !OTHER_SERVICES.has(number);
}

function sendTo(url: URL, options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, options, resolve);
    request.on("error", reject);
    request.end(options.method === "GET" ? "" : body);
  });
}

function readable(answer: IncomingMessage): ReadableStream<Uint8Array> {
  return Readable.toWeb(answer);
}

/** The one header that anybody here reads. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const retryAfter = headers["retry-after"];
  return retryAfter === undefined ? {} : { "retry-after": retryAfter };
}

/** The address that a host name is, without the brackets of IPv6; null for a name. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/u, "$1");
  return isIP(bare) === 0 ? null : bare;
}
