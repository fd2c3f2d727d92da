import type { SignalsMappingShape } from "./signals-mapping-document.ts";

interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a schema of single keys cannot say. */
export function lintSignalsMapping(map: SignalsMappingShape): readonly Finding[] {
  const ids = (map.lookups ?? []).map(({ id }) => id);
  return [
    ...ids.flatMap((id, i): readonly Finding[] =>
      ids.indexOf(id) === i ? [] : [{ path: ["lookups", i, "id"], message: `lookup "${id}" is defined twice` }],
    ),
    ...map.signals.flatMap((signal, i) => lintSignal(map, signal, ["signals", i])),
    ...lintPopulation(map),
  ];
}

function lintSignal(
  map: SignalsMappingShape,
  signal: SignalsMappingShape["signals"][number],
  path: readonly (string | number)[],
): readonly Finding[] {
  const found: Finding[] = [];
  if (signal.at === undefined && map.at === undefined)
    found.push({ path: [...path], message: "there is no time; give this signal an `at`, or the whole map" });
  if (!names(signal.person ?? map.person) && !names(signal.account ?? map.account) && signal.decision === undefined)
    found.push({
      path: [...path],
      message: "it is about nobody; name a person, an account or a decision here, or for the whole map",
    });
  if (signal.currency !== undefined && signal.value === undefined)
    found.push({ path: [...path, "currency"], message: "a currency needs a `value`" });
  for (const [j, when] of [signal.when ?? []].flat().entries()) {
    if (when.in === undefined && when.not_in === undefined && when.filled === undefined)
      found.push({
        path: Array.isArray(signal.when) ? [...path, "when", j] : [...path, "when"],
        message: "say which rows: add in, not_in or filled",
      });
  }
  return found;
}

function names(reference: Readonly<Record<string, unknown>> | undefined): boolean {
  return reference !== undefined && Object.keys(reference).length > 0;
}

function lintPopulation({ population }: SignalsMappingShape): readonly Finding[] {
  const outcome = population?.outcome;
  return outcome !== undefined && outcome.column === undefined && outcome.at === undefined
    ? [
        {
          path: ["population", "outcome"],
          message: "say where the outcome stands: a column, the time in `at`, or both",
        },
      ]
    : [];
}
