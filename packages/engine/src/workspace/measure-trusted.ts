import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { WorkspaceStores } from "./workspace.ts";

/**
 * Measures without the signals of sources that may not carry outcomes: what they say stays visible and moves nothing. Units that the engine
 * only observes are in no cell: nothing was chosen for them, so nothing can be learned from them.
 */
export async function measureTrusted(
  { state, facts }: Pick<WorkspaceStores, "state" | "facts">,
  query: Omit<MeasureQuery, "untrusted">,
): Promise<Measurement> {
  const untrusted = (await state.sources()).filter(({ carriesOutcomes }) => !carriesOutcomes).map(({ id }) => id);
  const { cells, censored } = await facts.measure(untrusted.length === 0 ? query : { ...query, untrusted });
  return { cells: cells.filter(({ cohort }) => cohort !== "business-as-usual"), censored };
}
