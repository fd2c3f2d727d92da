import { isoOf, projectInbox, type Instant } from "@ratchet/engine";
import type { QueryOf, ResultsView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { asOfFrom } from "../http/as-of.ts";
import { ProblemError } from "../http/problem-error.ts";
import { importedMapping, importedNames } from "../imports/imported-mapping.ts";
import { engineResults } from "./engine-results.ts";
import { importResults } from "./import-results.ts";

const ENGINE = "engine";
const PROJECTION = { maxItems: 20_000, maxSegments: 1000 };

/**
 * Each action against the baseline, on one source of decisions. Without a source: the engine's own decisions once there are any, else the
 * latest import.
 *
 * @throws ProblemError where the source or the metric is not known, or nothing is there to be read.
 */
export async function readResults(context: AppContext, query: NonNullable<QueryOf<"results">>): Promise<ResultsView> {
  const asOf = asOfFrom(query.as_of, context.stores.clock());
  const results = await resultsOf(context, query, asOf);
  return asOf === null ? results : { ...results, as_of: { at: isoOf(asOf), sentence: READ_WITH_TODAYS } };
}

const READ_WITH_TODAYS =
  "what had been heard by then, read with the policy, the playbook and the trust in sources of today: where those have changed since, this is not what was answered then";

async function resultsOf(
  context: AppContext,
  query: NonNullable<QueryOf<"results">>,
  asOf: Instant | null,
): Promise<ResultsView> {
  const { state, facts } = context.stores;
  await projectInbox({ state, facts }, PROJECTION);
  const asked = { metric: query.metric ?? null, asOf };
  const source = query.source ?? (await defaultSource(context));
  if (source === ENGINE) return engineResults(context, asked);
  const mapping = source.startsWith("import:") ? await importedMapping(state, source) : null;
  if (mapping !== null) return importResults(context.stores, mapping, asked);
  const known = [ENGINE, ...(await importedNames(state)).map((name) => `import:${name}`)];
  throw new ProblemError("import.not_found", `there is no source "${source}"; the sources are ${known.join(", ")}`);
}

async function defaultSource({ stores, workspace }: AppContext): Promise<string> {
  const [latest] = await importedNames(stores.state);
  const decided = await stores.facts.decisions({ source: ENGINE, limit: 1 });
  if (decided.length > 0) return ENGINE;
  if (latest !== undefined) return `import:${latest}`;
  if (!workspace.current().isEmpty) return ENGINE;
  throw new ProblemError(
    "workspace.empty",
    "there is nothing to read results from; import a CSV, or fill the workspace with the sample company",
  );
}
