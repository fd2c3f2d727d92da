import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/queries.ts";

/** As whom the ledger knows whoever is signed in; null where nobody signs in, and one has to say who one is. */
export function useSpeaker(): string | null {
  return useQuery(sessionQuery).data?.user?.speaks_as ?? null;
}
