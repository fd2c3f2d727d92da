import { ROUTES, WAYS_IN, type Access, type RouteShape, type WayIn } from "@ratchet/protocol";

/** Finds who may use a path. */
export type AccessTable = (method: string, path: string) => Access | null;

/** What is never answered with a page: a path below is in a table by itself, or is none. */
const PROGRAMS = /^\/(?:v1|hooks|ofrep|mcp)(?:\/|$)/u;

/** Both tables of routes as one: plain paths at once, those with parameters by their patterns. null is no route. */
export function accessTable(): AccessTable {
  const exact = new Map<string, Access>();
  const patterns: { readonly method: string; readonly pattern: RegExp; readonly access: Access }[] = [];
  const add = (method: string, path: string, access: Access): void => {
    if (/[{*]/u.test(path)) patterns.push({ method, pattern: patternOf(path), access });
    else exact.set(`${method} ${path}`, access);
  };
  const routes: readonly RouteShape[] = Object.values(ROUTES);
  for (const { method, path, access } of routes) add(method, path, access);
  const ways: readonly WayIn[] = Object.values(WAYS_IN);
  for (const { methods, path, access } of ways) for (const method of methods) add(method, path, access);
  return (asked, path) => {
    const method = asked === "HEAD" ? "GET" : asked;
    const found = exact.get(`${method} ${path}`);
    if (found !== undefined) return found;
    return patterns.find((one) => one.method === method && one.pattern.test(path))?.access ?? null;
  };
}

function patternOf(path: string): RegExp {
  const literal = path.replaceAll(/[.+?^$()|[\]\\]/gu, String.raw`\$&`).replaceAll(/\{[a-z_]+\}/gu, "[^/]+");
  const isPage = path === "/*";
  return new RegExp(`${isPage ? `^(?!${PROGRAMS.source.slice(1)})` : "^"}${literal.replace("*", ".*")}$`, "u");
}
