import { isIP } from "node:net";
import type { Context } from "hono";

/** Whether a request comes from this machine, and nobody passed it on from another. */
export function isFromHere(c: Context): boolean {
  if (["forwarded", "x-forwarded-for", "x-real-ip"].some((name) => c.req.header(name) !== undefined)) return false;
  const address = remoteAddress(c);
  return address === null || isLoopback(address);
}

/** Who is at the other end of the connection; null where the application is called as a function, without a network. */
export function remoteAddress(c: Context): string | null {
  const environment: unknown = c.env;
  const incoming = member(environment, "incoming");
  const address = member(member(incoming, "socket"), "remoteAddress");
  if (incoming === undefined) return null;
  return typeof address === "string" ? address : "";
}

function member(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
}

/** Whether an address, or a name that is one, is of this machine alone. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^\[(.*)\]$/u, "$1").replace(/^::ffff:/u, "");
  return plain === "localhost" || plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
