import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/queries.ts";
import { Notice } from "../parts/notice.tsx";

const TRY_AGAIN = "That did not work. Try again; if it keeps failing, ask whoever runs this server.";

/** Why somebody who came back did not come in: words of `GET /v1/session/elsewhere/callback`. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["no_role", "None of your groups has a role here. Ask whoever runs this server to give one of them a role."],
  ["bad_roles", "Your groups together give duties that one person must not hold, such as admin and compliance."],
  ["address_taken", "There is a user with your e-mail address already. Sign in with its password, or ask an admin."],
  ["first_admin", "Nobody has signed in here yet. The first one must be in a group that makes them an admin."],
  ["unreachable", "The service that says who you are cannot be reached now. Try again in a while."],
]);

/** The way to a service that says who people are, and why whoever came back from it did not come in; nothing where there is none. */
export function SignInElsewhere() {
  const { data } = useQuery(sessionQuery);
  const elsewhere = data?.elsewhere ?? null;
  const refused = new URLSearchParams(location.search).get("sign_in");
  if (elsewhere === null) return null;
  return (
    <>
      {refused === null ? null : (
        <Notice tone="bad" title="Not signed in">
          <p>{REFUSALS.get(refused) ?? TRY_AGAIN}</p>
        </Notice>
      )}
      <Button component="a" href={elsewhere.url} variant="default" fullWidth>
        Sign in with {elsewhere.name}
      </Button>
    </>
  );
}
