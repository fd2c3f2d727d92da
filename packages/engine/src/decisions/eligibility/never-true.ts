import type { ASTNode } from "@marcbachmann/cel-js";
import { serialize } from "@marcbachmann/cel-js";
import { ruleOf } from "./condition.ts";

/** What the parts of a conjunction leave of one value. */
interface Left {
  low: number;
  high: number;
  /** Values that it must be one of; null: any. */
  among: readonly unknown[] | null;
  readonly never: unknown[];
}

/** What a comparison says when its sides change places. */
const OPPOSITE = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
} as const;

/**
 * Whether a rule, as it is written, can never hold: then nothing that it is about would ever be chosen, which nobody means. Sees constants
 * and contradictions between the parts of one `&&` (`x > 5 && x < 3`, `r == "a" && r in ["b"]`), not every one there is.
 *
 * @returns the part that rules out what came before, or null.
 */
export function neverTrue(text: string): string | null {
  const rule = ruleOf(text);
  if (rule === null) return null;
  const left = new Map<string, Left>();
  for (const part of conjuncts(rule)) {
    const constant = constantOf(part);
    if (constant === false) return serialize(part);
    const compared = comparison(part);
    if (compared === null) continue;
    const known = left.get(compared.value) ?? { low: -Infinity, high: Infinity, among: null, never: [] };
    left.set(compared.value, known);
    narrow(known, compared);
    if (isEmpty(known)) return serialize(part);
  }
  return null;
}

function conjuncts(node: ASTNode): readonly ASTNode[] {
  return node.op === "&&" ? node.args.flatMap(conjuncts) : [node];
}

/** A literal `true` or `false`, also negated; undefined for all else. */
function constantOf(node: ASTNode): boolean | undefined {
  if (node.op === "value") return typeof node.args === "boolean" ? node.args : undefined;
  if (node.op !== "!_") return undefined;
  const inner = constantOf(node.args);
  return inner === undefined ? undefined : !inner;
}

interface Comparison {
  /** What is compared, as it is written. */
  readonly value: string;
  readonly operator: string;
  readonly with: readonly unknown[];
}

function comparison(node: ASTNode): Comparison | null {
  if (node.op === "in") return membership(node.args);
  const isOrder = node.op === "<" || node.op === "<=" || node.op === ">" || node.op === ">=";
  if (!isOrder && node.op !== "==" && node.op !== "!=") return null;
  const [a, b] = node.args;
  const [left, right] = [literalOf(a), literalOf(b)];
  if (right !== null && left === null) return { value: serialize(a), operator: node.op, with: [right.is] };
  return left !== null && right === null ? { value: serialize(b), operator: OPPOSITE[node.op], with: [left.is] } : null;
}

function membership([value, list]: readonly [ASTNode, ASTNode]): Comparison | null {
  if (list.op !== "list") return null;
  const members = list.args.map(literalOf);
  const known = members.flatMap((member) => (member === null ? [] : [member.is]));
  return known.length === members.length ? { value: serialize(value), operator: "in", with: known } : null;
}

/** A literal's value, whole numbers as numbers; null where it is none. */
function literalOf(node: ASTNode): { readonly is: unknown } | null {
  if (node.op === "-_") {
    const inner = literalOf(node.args);
    return typeof inner?.is === "number" ? { is: -inner.is } : null;
  }
  if (node.op !== "value") return null;
  return { is: typeof node.args === "bigint" ? Number(node.args) : node.args };
}

/** The least step between numbers that are told apart here. */
const STEP = Number.EPSILON;

function narrow(left: Left, { operator, with: values }: Comparison): void {
  const [value] = values;
  if (operator === "==" || operator === "in") {
    const before = left.among;
    left.among = before === null ? values : before.filter((one) => values.includes(one));
  }
  if (operator === "!=") left.never.push(value);
  if (typeof value !== "number") return;
  const step = Math.max(Math.abs(value), 1) * STEP;
  if (operator === ">") left.low = Math.max(left.low, value + step);
  if (operator === ">=") left.low = Math.max(left.low, value);
  if (operator === "<") left.high = Math.min(left.high, value - step);
  if (operator === "<=") left.high = Math.min(left.high, value);
}

function isEmpty({ low, high, among, never }: Left): boolean {
  if (low > high) return true;
  const isBounded = low > -Infinity || high < Infinity;
  const fits = (one: unknown): boolean =>
    !never.includes(one) && (typeof one === "number" ? one >= low && one <= high : !isBounded);
  return among !== null && !among.some(fits);
}
