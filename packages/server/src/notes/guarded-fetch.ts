import { lookup as resolveName, type LookupAddress } from "node:dns";
import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP } from "node:net";
import { Readable } from "node:stream";

/** What a guarded call sends. It is always a POST, and follows no redirect. */
interface GuardedCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Calls an address outside. @throws AddressRefusedError before any connection is made where the address is not one to call. */
export type GuardedFetch = (url: string, call: GuardedCall) => Promise<Response>;

export interface GuardOptions {
  /** Also addresses of this machine's own network. Link-local and metadata addresses are refused all the same. */
  readonly allowPrivate: boolean;
}

/** A configured address leads where nothing of ours should be sent. */
export class AddressRefusedError extends Error {
  readonly code = "labeller.address_refused";
}

const LOOPBACK = blockList(["127.0.0.0/8", "::1/128"]);
const PRIVATE = blockList(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]);
/** Nobody's service: this network, link-local with the clouds' metadata, documentation, benchmarks, multicast, reserved, translated. */
const NEVER = blockList([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2001:db8::/32",
  "2002::/16",
  "fd00:ec2::/32",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]);

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Why an address may not be configured; null where it may. What a name resolves to is looked at with every call. */
export function addressFault(url: string, options: GuardOptions): string | null {
  if (!URL.canParse(url)) return `${url} is no address`;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return "the address must not hold a user or a password";
  const isLocal = LOOPBACK_NAMES.includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLocal))
    return `${url} is not encrypted; use https, or http on this machine alone (http://localhost:…)`;
  const literal = literalOf(hostname);
  return literal === null || isLocal ? null : ipFault(literal, options);
}

/**
 * Calls that cannot be led astray: the name is resolved once, every address it has is checked, and the connection goes to one of those
 * that were checked, so that a second answer of the name server changes nothing.
 */
export function guardedFetch(options: GuardOptions): GuardedFetch {
  return async (address, { headers, body, signal }) => {
    const fault = addressFault(address, options);
    if (fault !== null) throw new AddressRefusedError(fault);
    const url = new URL(address);
    const isLocal = LOOPBACK_NAMES.includes(url.hostname);
    const answer = await post(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        signal,
        lookup: (name, { all }, done) =>
          resolveName(name, { all: true }, (error, found) => {
            const refused = error ?? resolvedFault(found, isLocal, options);
            const [first] = found ?? [];
            if (refused !== null || first === undefined) done(refused ?? new Error(`${name} has no address`), []);
            else if (all === true) done(null, [first]);
            else done(null, first.address, first.family);
          }),
      },
      body,
    );
    const status = answer.statusCode ?? 502;
    const hasBody = status >= 200 && status !== 204 && status !== 205 && status !== 304;
    return new Response(hasBody ? readable(answer) : null, { status: Math.max(200, status) });
  };
}

function resolvedFault(
  found: readonly LookupAddress[] | undefined,
  isLocal: boolean,
  options: GuardOptions,
): AddressRefusedError | null {
  for (const { address } of found ?? []) {
    // "localhost" is meant to be this machine; a name of elsewhere that leads here is not.
    const fault = isLocal ? localFault(address) : ipFault(address, options);
    if (fault !== null) return new AddressRefusedError(fault);
  }
  return null;
}

function localFault(ip: string): string | null {
  return isIn(LOOPBACK, ip) ? null : `localhost leads to ${ip}, which is not this machine`;
}

function ipFault(ip: string, { allowPrivate }: GuardOptions): string | null {
  if (isIn(NEVER, ip)) return `${ip} is an address that no service has`;
  if (!allowPrivate && (isIn(LOOPBACK, ip) || isIn(PRIVATE, ip)))
    return `${ip} is an address of a private network; allow it explicitly if that is meant`;
  return null;
}

function post(url: URL, options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, options, resolve);
    request.on("error", reject);
    request.end(body);
  });
}

function readable(answer: IncomingMessage): ReadableStream<Uint8Array> {
  return Readable.toWeb(answer);
}

/** The address that a host name is, without the brackets of IPv6; null for a name. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/u, "$1");
  return isIP(bare) === 0 ? null : bare;
}

/** An IPv4 address written as IPv6 is in the lists of IPv4. */
function isIn(list: BlockList, ip: string): boolean {
  return list.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = "", prefix = "0"] = range.split("/");
    list.addSubnet(net, Number(prefix), isIP(net) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
