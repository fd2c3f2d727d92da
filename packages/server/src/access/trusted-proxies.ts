import { isIP } from "node:net";
import { err, ok, type Result } from "@ratchet/stats";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Proxies that are believed when they say who sent what they pass on: networks of addresses. Empty: nobody is believed. */
export type TrustedProxies = readonly { readonly network: Address; readonly bits: number }[];

export const NO_PROXIES: TrustedProxies = [];

/** Shortest prefix: where everybody is a proxy, whatever anybody writes is believed. */
const BITS_MIN = { ipv4: 8, ipv6: 16 } as const;

/**
 * Reads what an operator says of the proxies in front: addresses (`10.0.0.7`, `::1`) and networks (`10.0.0.0/8`), separated by commas.
 *
 * @returns every fault in words: parts that are neither, and networks wider than /8 (IPv6: /16).
 */
export function parseTrustedProxies(text: string): Result<TrustedProxies, readonly string[]> {
  const proxies: { network: Address; bits: number }[] = [];
  const faults: string[] = [];
  for (const part of text.split(",").map((one) => one.trim())) {
    const [written = "", prefix, ...more] = part.split("/");
    if (isIP(written) === 0 || more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/u.test(prefix))) {
      faults.push(`"${part}" is neither an address, such as 10.0.0.7, nor a network, such as 10.0.0.0/8`);
      continue;
    }
    const network = ipaddr.parse(written);
    const kind = network.kind();
    const bitsMax = kind === "ipv4" ? 32 : 128;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    if (bits > bitsMax) faults.push(`"${part}" has more than the ${bitsMax} bits of its kind of address`);
    else if (bits < BITS_MIN[kind]) faults.push(`"${part}" is too many to be proxies: at least /${BITS_MIN[kind]}`);
    else proxies.push({ network, bits });
  }
  return faults.length === 0 ? ok(proxies) : err(faults);
}

/**
 * Who sent a request: the last address on its way that is not a trusted proxy. Each proxy appends to `X-Forwarded-For` whom it heard; what
 * stands further left was written by somebody who is not believed, and never counts.
 *
 * @param peer - who is at the other end of the connection.
 * @param forwarded - `X-Forwarded-For`, whole; undefined where there is none.
 * @returns an address; that of the last proxy where what it wrote is none, or where only proxies are named.
 */
export function senderBehind(peer: string, forwarded: string | undefined, proxies: TrustedProxies): string {
  let sender = peer;
  const way = forwarded?.split(",") ?? [];
  while (isTrusted(sender, proxies)) {
    const before = addressIn(way.pop() ?? "");
    if (before === null) return sender;
    sender = before;
  }
  return sender;
}

function isTrusted(address: string, proxies: TrustedProxies): boolean {
  if (proxies.length === 0 || isIP(address) === 0) return false;
  const known = ipaddr.process(address);
  return proxies.some(({ network, bits }) => network.kind() === known.kind() && known.match(network, bits));
}

/** The address that a proxy wrote down; some write the port beside it. */
function addressIn(written: string): string | null {
  const text = written.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/u.exec(text) ?? [];
  const address = bracketed ?? text.replace(/^([\d.]+):\d{1,5}$/u, "$1");
  return isIP(address) === 0 ? null : address;
}

/** IPv6 is handed out by networks: whoever has one has all of its addresses. */
const NETWORK_BYTES = 8;

/** Whom to count as one: an address, or the whole network of 64 bits that one household or host has of IPv6. IPv4 written as IPv6 is IPv4. */
export function networkOf(address: string): string {
  if (isIP(address) === 0) return address;
  const known = ipaddr.process(address);
  return known.kind() === "ipv4"
    ? known.toString()
    : Buffer.from(known.toByteArray().slice(0, NETWORK_BYTES)).toString("hex");
}
