/** Units and the sum of their outcomes. */
interface Tally {
  readonly n: number;
  readonly sum: number;
}

/**
 * What was known before a period about the mean outcome of each action, by model key (for example by segment).
 *
 * Plain running means; deliberately nothing clever, since doubly robust scores stay unbiased whatever it predicts.
 */
export interface OutcomeModel {
  readonly byKeyAndAction: ReadonlyMap<string, ReadonlyMap<string, Tally>>;
  readonly byAction: ReadonlyMap<string, Tally>;
  readonly overall: Tally;
}

/** Outcomes of n units that took one action under one model key. */
export interface OutcomeTally {
  readonly modelKey: string;
  readonly action: string;
  readonly n: number;
  readonly sum: number;
}

const NOTHING: Tally = { n: 0, sum: 0 };

/** Before any outcome: predicts 0. */
export const emptyOutcomeModel: OutcomeModel = { byKeyAndAction: new Map(), byAction: new Map(), overall: NOTHING };

/** The model after more outcomes; the given one is unchanged. */
export function learnOutcomes(model: OutcomeModel, tallies: readonly OutcomeTally[]): OutcomeModel {
  const byKeyAndAction = new Map<string, Map<string, Tally>>();
  for (const [key, actions] of model.byKeyAndAction) byKeyAndAction.set(key, new Map(actions));
  const byAction = new Map(model.byAction);
  let overall = model.overall;
  for (const { modelKey, action, ...tally } of tallies) {
    const ofKey = byKeyAndAction.get(modelKey) ?? new Map<string, Tally>();
    ofKey.set(action, add(ofKey.get(action) ?? NOTHING, tally));
    byKeyAndAction.set(modelKey, ofKey);
    byAction.set(action, add(byAction.get(action) ?? NOTHING, tally));
    overall = add(overall, tally);
  }
  return { byKeyAndAction, byAction, overall };
}

/**
 * Expected outcome of an action: its own mean, pulled towards that action's mean over all keys, which in turn is pulled
 * towards the mean of everything, each time as if `priorUnits` more units had had the broader mean. 0 when nothing is known.
 */
export function predictOutcome(
  model: OutcomeModel,
  { modelKey, action, priorUnits }: { readonly modelKey: string; readonly action: string; readonly priorUnits: number },
): number {
  const everything = model.overall.n > 0 ? model.overall.sum / model.overall.n : 0;
  const ofAction = shrink(model.byAction.get(action) ?? NOTHING, everything, priorUnits);
  return shrink(model.byKeyAndAction.get(modelKey)?.get(action) ?? NOTHING, ofAction, priorUnits);
}

function shrink({ n, sum }: Tally, towards: number, priorUnits: number): number {
  return n + priorUnits > 0 ? (sum + priorUnits * towards) / (n + priorUnits) : towards;
}

function add(a: Tally, b: Tally): Tally {
  return { n: a.n + b.n, sum: a.sum + b.sum };
}
