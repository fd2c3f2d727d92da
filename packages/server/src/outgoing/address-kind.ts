import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Whose an address is: a service of the public network (`public`) · one of this machine (`loopback`) · one of a network that is somebody's own
 * (`private`) · one that nobody sends to who means well (`never`): link-local with the clouds' metadata, multicast, reserved, unassigned,
 * documentation, and every address that stands for another one (NAT64, 6to4, Teredo, translated).
 *
 * What is in none of the registered ranges is public only where addresses are handed out: IPv6 outside `2000::/3` is not.
 *
 * @param ip - without brackets. A text that is no address is `never`. IPv4 written as IPv6 is what it stands for.
 * @see IANA, "IPv4 and IPv6 Special-Purpose Address Registries"; RFC 6890.
 */
export function addressKind(ip: string): "public" | "loopback" | "private" | "never" {
  // The library also reads what only old C libraries do, such as 1.2.3.
  if (isIP(ip) === 0) return "never";
  const address = ipaddr.process(ip);
  if (isIn(METADATA, address)) return "never";
  const range = address.range();
  if (range === "loopback") return "loopback";
  if (PRIVATE.has(range)) return "private";
  const isPublic = range === "unicast" && (address.kind() === "ipv4" || isIn(HANDED_OUT, address));
  return isPublic ? "public" : "never";
}

const PRIVATE: ReadonlySet<string> = new Set(["private", "uniqueLocal", "carrierGradeNat"]);

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where clouds tell a machine its secrets, outside the link-local range: Azure, Alibaba, and Amazon by IPv6. */
const METADATA = ["168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32"].map((range) => ipaddr.parseCIDR(range));
const HANDED_OUT = [ipaddr.parseCIDR("2000::/3")];

function isIn(ranges: readonly [Address, number][], address: Address): boolean {
  return ranges.some(([net, bits]) => net.kind() === address.kind() && address.match(net, bits));
}
