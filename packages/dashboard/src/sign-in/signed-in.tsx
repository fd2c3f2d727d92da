import { ActionIcon, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ratchet } from "../api/client.ts";
import { sessionQuery } from "../api/queries.ts";
import { actorName } from "../format/words.ts";
import { SignOutIcon } from "../parts/icons.tsx";

/** Who is signed in, and the way out; nothing where nobody signs in. */
export function SignedIn() {
  const queries = useQueryClient();
  const { data } = useQuery(sessionQuery);
  const signOut = useMutation({
    mutationFn: () => ratchet.access.signOut(),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      // What somebody saw is not kept for whoever comes next.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
  const user = data?.user ?? null;
  if (user === null) return null;
  return (
    <div className="rail-user">
      <span className="rail-user-name" title={`${user.email}: ${user.roles.join(", ")}`}>
        {actorName(user.speaks_as)}
      </span>
      <Tooltip label="Sign out">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Sign out"
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <SignOutIcon />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
