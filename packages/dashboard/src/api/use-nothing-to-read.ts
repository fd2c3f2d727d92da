import { useQuery } from "@tanstack/react-query";
import { importsQuery, todayQuery } from "./queries.ts";

/** Whether the workspace is empty and nothing was imported either; undefined until that is known. Asking for results would be refused. */
export function useNothingToRead(): boolean | undefined {
  const today = useQuery(todayQuery);
  const imports = useQuery(importsQuery);
  if (today.data === undefined || imports.data === undefined)
    return today.isError || imports.isError ? false : undefined;
  return today.data.state === "empty" && imports.data.imports.length === 0;
}
