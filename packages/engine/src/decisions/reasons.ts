import { flatText } from "../flat-text.ts";
import type { ActionId, ChangeId, SegmentId } from "../ids.ts";
import type { Chosen } from "./choose.ts";
import type { Cohort, DecisionMode } from "./decision.ts";
import type { Funnel } from "./funnel.ts";
import type { LeverPlan, ThresholdPlan, WeightsPlan } from "./plan.ts";

/** What the reasons of a decision tell of. */
interface ReasonFacts {
  readonly chosen: Chosen;
  readonly cohort: Cohort;
  readonly mode: DecisionMode;
  readonly changeId: ChangeId | null;
  readonly funnel: Funnel;
  readonly version: number;
}

const REASONS_MAX = 3;

/** At most three sentences, most important first. Those of a choice that many units share are written once. */
export function reasonsFor(plan: LeverPlan, facts: ReasonFacts): readonly string[] {
  const { chosen, mode } = facts;
  const known = mode === "live" ? chosen.written?.get(chosen.action) : undefined;
  if (known !== undefined) return known;
  const told = sentences(plan, facts);
  const reasons =
    mode === "shadow"
      ? ["Shadow mode: decided and recorded only, do your own thing", ...told].slice(0, REASONS_MAX)
      : told.length > REASONS_MAX
        ? told.slice(0, REASONS_MAX)
        : told;
  if (mode === "live") chosen.written?.set(chosen.action, reasons);
  return reasons;
}

function sentences(plan: LeverPlan, facts: ReasonFacts): readonly string[] {
  const { chosen, cohort, changeId } = facts;
  if (cohort === "business-as-usual")
    return ["Business as usual: the engine only observes this unit, so that what it is worth can be measured"];
  const limited = limitedSentences(facts.funnel);
  if (cohort === "holdout")
    return [
      `In the holdout: gets the baseline ${baselineInWords(plan, chosen)}, so that the whole programme can be measured`,
      ...limited,
    ];
  if (chosen.fallback !== null) return [`Baseline served, because ${chosen.fallback}`, ...limited];
  const main = mainSentence(plan, facts);
  if (changeId === null && limited.length === 0) return [main];
  return [
    main,
    ...limited,
    ...(cohort === "candidate" ? [`Among those who get change ${changeId} first`] : []),
    ...(cohort === "control" && changeId !== null ? [`Control of change ${changeId}`] : []),
  ];
}

const NO_SENTENCES: readonly string[] = [];

/** One sentence however many were taken away: the funnel has them all. */
function limitedSentences({ stages }: Funnel): readonly string[] {
  if (stages.length === 0) return NO_SENTENCES;
  const removed = stages.flatMap((stage) => stage.removed);
  const [first] = removed;
  if (first === undefined) return NO_SENTENCES;
  const more = removed.length > 1 ? `, and ${removed.length - 1} more were not eligible` : "";
  return [`"${first.action}" was not eligible: ${first.why}${more}`];
}

function baselineInWords(plan: LeverPlan, { action, score }: Chosen): string {
  if (plan.kind === "choice") return `"${action}"`;
  return score?.calibrated === null || score === null
    ? `"${action}"`
    : `"${action}" (score ${percent(score.calibrated)} under it)`;
}

function mainSentence(plan: LeverPlan, { chosen, version }: ReasonFacts): string {
  switch (plan.kind) {
    case "choice":
      return `"${chosen.action}" has a ${percent(chosen.propensity)} chance ${whereIn(chosen.segment, version)}`;
    case "weights":
      return weightsSentence(plan, chosen, version);
    case "threshold":
      return thresholdSentence(plan, chosen, whereIn(chosen.segment, version));
  }
}

/** The band, and what weighed most. */
function weightsSentence(plan: WeightsPlan, { action, score, segment }: Chosen, version: number): string {
  if (score === null) return `"${action}" ${whereIn(segment, version)}`;
  const phrases = phrasesOf(plan);
  const expected = `${phrases.action(action)}${short(100 * (score.calibrated ?? 0))}${phrases.where(segment, version)}`;
  const heaviest = heaviestOf(score.points, -1);
  if (heaviest < 0) return expected;
  const mostly = expected + weighed(phrases.first, score.points, heaviest);
  const next = heaviestOf(score.points, heaviest);
  return flatText(next < 0 ? mostly : mostly + weighed(phrases.second, score.points, next));
}

function weighed(phrases: readonly WeightPhrase[], points: readonly number[], at: number): string {
  const phrase = phrases[at];
  const x = points[at] ?? 0;
  if (phrase === undefined) return "";
  return x > 0 ? phrase.plus + short(x) : phrase.minus + short(-x);
}

/** The place of what weighs most, apart from one; −1 where nothing else weighs anything. */
function heaviestOf(points: readonly number[], apartFrom: number): number {
  let [heaviest, at] = [0, -1];
  for (let i = 0; i < points.length; i++) {
    const weight = Math.abs(points[i] ?? 0);
    if (weight <= heaviest || i === apartFrom) continue;
    heaviest = weight;
    at = i;
  }
  return at;
}

/** The words before a weight's points, by their sign. */
interface WeightPhrase {
  readonly plus: string;
  readonly minus: string;
}

/** What the sentences of a plan share: thousands of units are told of in one call. */
interface Phrases {
  /** By feature, of what weighs most and of what comes after it. */
  readonly first: readonly WeightPhrase[];
  readonly second: readonly WeightPhrase[];
  readonly action: (action: ActionId) => string;
  /** A plan is of one playbook, so of one version. */
  readonly where: (segment: SegmentId, version: number) => string;
}

const PHRASES = new WeakMap<WeightsPlan, Phrases>();
const SEGMENTS_REMEMBERED_MAX = 10_000;

function phrasesOf(plan: WeightsPlan): Phrases {
  const known = PHRASES.get(plan);
  if (known !== undefined) return known;
  const actions = new Map<ActionId, string>();
  const segments = new Map<SegmentId, string>();
  const made: Phrases = {
    first: plan.lever.features.map(({ name }) => ({ plus: `, mostly ${name} +`, minus: `, mostly ${name} −` })),
    second: plan.lever.features.map(({ name }) => ({ plus: `, ${name} +`, minus: `, ${name} −` })),
    action: (action) => {
      const said = actions.get(action) ?? `"${action}": `;
      actions.set(action, said);
      return said;
    },
    where: (segment, version) => {
      const said = segments.get(segment) ?? ` % expected ${whereIn(segment, version)}`;
      if (segments.size < SEGMENTS_REMEMBERED_MAX) segments.set(segment, said);
      return said;
    },
  };
  PHRASES.set(plan, made);
  return made;
}

function whereIn(segment: SegmentId, version: number): string {
  return `in segment ${segment} under playbook v${version}`;
}

function thresholdSentence({ lever }: ThresholdPlan, { action, score, propensity }: Chosen, where: string): string {
  if (score?.calibrated === null || score === null)
    return `"${action}", because ${lever.score.kind === "field" ? lever.score.field : lever.score.lever} is not known ${where}`;
  const drawn = propensity < 1 ? `, drawn with a ${percent(propensity)} chance near the threshold` : "";
  return `"${action}": ${score.of} is ${short(score.calibrated)}${drawn} ${where}`;
}

function percent(p: number): string {
  return `${short(100 * p)} %`;
}

/** Texts of three digits by their scale, written when first needed. */
const TEXTS: ReadonlyMap<number, string[]> = new Map([1, 10, 100, 1000, 10_000].map((scale) => [scale, []]));

/** Three significant digits. Of most numbers by rounding: every decision has some, and `toPrecision` costs more than drawing. */
function short(x: number): string {
  if (!(x >= 0.01 && x < 1000)) return String(Number(x.toPrecision(3)));
  const scale = x >= 100 ? 1 : x >= 10 ? 10 : x >= 1 ? 100 : x >= 0.1 ? 1000 : 10_000;
  const digits = Math.round(x * scale);
  const texts = TEXTS.get(scale);
  const text = texts?.[digits] ?? String(digits / scale);
  if (texts !== undefined) texts[digits] = text;
  return text;
}
