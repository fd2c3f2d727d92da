import type { ActionId } from "../ids.ts";
import type { ActionProbabilities, ThresholdLever, WeightsLever } from "./lever.ts";

/** Hard bounds of one number: of a probability in [0, 1], of a weight or a threshold in its own unit. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What of a choice lever may be served at all, whatever the playbook says. Policies from before there were other kinds name none. */
export interface ActionLimits {
  readonly kind?: "choice";
  readonly allowed: readonly ActionId[];
  readonly range: Range;
  /** Where an action has bounds of its own. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** What of a weights lever may be served. */
export interface WeightsLimits {
  readonly kind: "weights";
  readonly intercept: Range;
  /** Of every weight. */
  readonly range: Range;
  /** Where a feature's weight has bounds of its own. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** What of a threshold lever may be served. */
export interface ThresholdLimits {
  readonly kind: "threshold";
  readonly threshold: Range;
  readonly band: Range;
  /** Of the probability inside the band. */
  readonly chance: Range;
}

/** Hard limits of one lever. */
export type ValueLimits = ActionLimits | WeightsLimits | ThresholdLimits;

/** Whether limits are those of a choice lever. */
export function areActionLimits<Limits extends ValueLimits>(limits: Limits): limits is Limits & ActionLimits {
  return limits.kind === undefined || limits.kind === "choice";
}

/** Slack for sums and bounds of numbers that came out of arithmetic. */
const TOLERANCE = 1e-9;

/** The bounds of one action, or of one feature's weight. */
export function rangeOf(limits: Pick<ActionLimits, "range" | "ranges">, name: string): Range {
  // Own keys only: an action may be called "constructor".
  return (Object.hasOwn(limits.ranges, name) ? limits.ranges[name] : undefined) ?? limits.range;
}

/**
 * What in these probabilities the limits do not allow, in words; empty when all is well.
 *
 * The functions of this file alone enforce ranges: governance calls them when a change is admitted, the decision path when it is served,
 * where a value may have been damaged in any way: nothing is assumed of it.
 */
export function limitBreaches(probabilities: ActionProbabilities, limits: ActionLimits): readonly string[] {
  if (!isPlainRecord(probabilities)) return [NO_VALUE];
  const breaches: string[] = [];
  let total = 0;
  const named = Object.entries(probabilities);
  const unnamed = limits.allowed.filter((action) => !Object.hasOwn(probabilities, action));
  for (const [action, p] of [...named, ...unnamed.map((action) => [action, 0] as const)]) {
    if (!isNumber(p) || p < 0 || p > 1) {
      breaches.push(`"${action}" has probability ${inWords(p)}, which is not in [0, 1]`);
      continue;
    }
    total += p;
    if (p > 0 && !limits.allowed.some((allowed) => allowed === action)) {
      breaches.push(`"${action}" is not an allowed action`);
      continue;
    }
    const { min, max } = rangeOf(limits, action);
    if (isOutside(p, { min, max })) {
      breaches.push(`"${action}" would get ${percent(p)}, its range is ${percent(min)} to ${percent(max)}`);
    }
  }
  if (Math.abs(total - 1) > TOLERANCE) breaches.push(`probabilities sum to ${total}, expected 1`);
  return breaches;
}

/** What in these weights the limits do not allow. Every feature has a weight, and nothing else has. */
export function weightBreaches(
  value: WeightsLever["baseline"],
  lever: Pick<WeightsLever, "features">,
  limits: WeightsLimits,
): readonly string[] {
  if (!isPlainRecord(value) || !isPlainRecord(value.weights)) return [NO_VALUE];
  const { weights } = value;
  const known = lever.features.map(({ name }) => name);
  return [
    ...numberBreaches("intercept", value.intercept, limits.intercept),
    ...known.flatMap((name) =>
      Object.hasOwn(weights, name)
        ? numberBreaches(`weight of "${name}"`, weights[name], rangeOf(limits, name))
        : [`"${name}" has no weight`],
    ),
    ...Object.keys(weights).flatMap((name) => (known.includes(name) ? [] : [`"${name}" is no feature of the lever`])),
  ];
}

/** What in this threshold the limits do not allow. */
export function thresholdBreaches(value: ThresholdLever["baseline"], limits: ThresholdLimits): readonly string[] {
  if (!isPlainRecord(value)) return [NO_VALUE];
  return [
    ...numberBreaches("threshold", value.threshold, limits.threshold),
    ...numberBreaches("band", value.band, { min: Math.max(0, limits.band.min), max: limits.band.max }),
    ...numberBreaches("chance", value.chance, {
      min: Math.max(0, limits.chance.min),
      max: Math.min(1, limits.chance.max),
    }),
  ];
}

const NO_VALUE = "the value is damaged: it is no table of numbers";

function numberBreaches(what: string, x: unknown, range: Range): readonly string[] {
  if (!isNumber(x)) return [`${what} is ${inWords(x)}, not a number`];
  return isOutside(x, range)
    ? [`${what} would be ${short(x)}, its range is ${short(range.min)} to ${short(range.max)}`]
    : [];
}

/** Written so that a bound that is no number lets nothing through. */
function isOutside(x: number, { min, max }: Range): boolean {
  return !(x >= min - TOLERANCE && x <= max + TOLERANCE);
}

function isNumber(x: unknown): x is number {
  return typeof x === "number" && Number.isFinite(x);
}

/** An object of its own making: neither a list nor something with values that another object lends it. */
function isPlainRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function inWords(x: unknown): string {
  return typeof x === "number" ? String(x) : x === null ? "null" : `a ${typeof x}`;
}

function percent(p: number): string {
  return `${Number((100 * p).toPrecision(4))} %`;
}

function short(x: number): string {
  return String(Number(x.toPrecision(4)));
}
