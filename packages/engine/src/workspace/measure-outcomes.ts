import type { Measurement, MeasureQuery } from "../outcomes/cell.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { FactsReading } from "../signals/source-clock.ts";
import type { Instant } from "../time.ts";
import type { WorkspaceStores } from "./workspace.ts";

/**
 * How a workspace reads its facts: with the sources' clocks corrected, and units that turned out to be one as one.
 *
 * @param knownAt - as known then; absent: with everything that is known now.
 */
export async function readingOf(state: StateStore, knownAt?: Instant): Promise<FactsReading> {
  const clocks = await state.clockRows();
  const merges = await state.unitMerges();
  return {
    ...(clocks.length === 0 ? {} : { clocks }),
    ...(merges.length === 0 ? {} : { merges }),
    ...(knownAt === undefined ? {} : { knownAt }),
  };
}

/**
 * Measures as a workspace reads its facts: clocks corrected, merged units as one, and without the signals of sources that may not carry
 * outcomes, whose word stays visible and moves nothing. Which sources those are is asked now, also where the facts are read as known
 * earlier. Units that the engine only observes are in no cell: nothing was chosen for them, so nothing can be learned from them.
 */
export async function measureOutcomes(
  { state, facts }: Pick<WorkspaceStores, "state" | "facts">,
  { knownAt, ...query }: Omit<MeasureQuery, "untrusted" | "clocks" | "merges">,
): Promise<Measurement> {
  const untrusted = (await state.sources()).filter(({ carriesOutcomes }) => !carriesOutcomes).map(({ id }) => id);
  const reading = await readingOf(state, knownAt);
  const { cells, censored } = await facts.measure({
    ...query,
    ...reading,
    ...(untrusted.length === 0 ? {} : { untrusted }),
  });
  return { cells: cells.filter(({ cohort }) => cohort !== "business-as-usual"), censored };
}
