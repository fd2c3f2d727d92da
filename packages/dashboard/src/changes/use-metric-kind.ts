import { useQuery } from "@tanstack/react-query";
import { todayQuery } from "../api/queries.ts";
import type { MetricKind } from "../format/numbers.ts";

/** How the objective is shown: a change aims at the workspace's one objective, and Today says which kind that is. */
export function useObjectiveKind(): MetricKind {
  const { data } = useQuery(todayQuery);
  return data?.objective?.kind ?? "conversion";
}
