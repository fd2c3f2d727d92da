import { CommandError, EXIT } from "./exit-code.ts";

/**
 * A `fetch` that carries the session of whoever RATCHET_USER and RATCHET_PASSWORD are; the plain one where they are not set. What only
 * people may do is done so from a terminal, too.
 */
export async function signedInFetch(url: string): Promise<typeof globalThis.fetch> {
  const email = process.env["RATCHET_USER"];
  const password = process.env["RATCHET_PASSWORD"];
  if (email === undefined || password === undefined) return globalThis.fetch;
  const answer = await fetch(`${url.replace(/\/+$/u, "")}/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!answer.ok)
    throw new CommandError(
      answer.status === 401
        ? `no user has the address ${email} and this password; they come from RATCHET_USER and RATCHET_PASSWORD`
        : `the server at ${url} answered ${answer.status} to signing in`,
      EXIT.notAllowed,
    );
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", cookie);
    return fetch(input, { ...init, headers });
  };
}
