import { Environment, EvaluationError, type ASTNode, type ParseResult } from "@marcbachmann/cel-js";
import { err, ok, type Result } from "@ratchet/stats";
import type { Context } from "../../context.ts";

/** What a team's rule may speak of. */
export interface ConditionFacts {
  readonly context: Context;
  readonly action: string;
  /** What the action is sent on; empty where it contacts nobody. */
  readonly channel: string;
}

/** What a rule says of one action. `unchecked`: it met something it cannot judge, such as a key that the context does not have. */
export type ConditionAnswer =
  { readonly kind: "holds" } | { readonly kind: "fails" } | { readonly kind: "unchecked"; readonly why: string };

/** A team's rule, ready to be asked: no clock, no loop, no pattern matching, and so a cost that its own length bounds. */
export interface Condition {
  readonly text: string;
  /** The keys of the context that it reads by name, sorted. */
  readonly reads: readonly string[];
  readonly ask: (facts: ConditionFacts) => ConditionAnswer;
}

/** Longest rule, in characters. */
const LENGTH_MAX = 2000;

/**
 * The Common Expression Language, with three variables and without what could run long: comprehensions (`all`, `exists`, `map` …) and
 * regular expressions (`matches`, which would be JavaScript's, that backtrack).
 *
 * @see https://github.com/google/cel-spec, langdef.md
 */
const LANGUAGE = new Environment({
  limits: { maxAstNodes: 200, maxDepth: 24, maxListElements: 100, maxMapEntries: 10, maxCallArguments: 3 },
})
  .registerVariable("context", "map")
  .registerVariable("action", "string")
  .registerVariable("channel", "string");

/** Everything that a rule may call; each takes time in proportion to its arguments. */
const FUNCTIONS: readonly string[] = [
  "has",
  "size",
  "int",
  "double",
  "string",
  "bool",
  "startsWith",
  "endsWith",
  "contains",
  "lowerAscii",
  "upperAscii",
  "trim",
];

/** Reads a rule. @returns in words what is wrong with it: it does not parse, may run long, or is not true or false. */
export function parseCondition(text: string): Result<Condition, string> {
  if (text.length > LENGTH_MAX) return err(`a rule has at most ${LENGTH_MAX} characters, got ${text.length}`);
  const parsed = parsedRule(text);
  if (parsed.kind === "err") return parsed;
  const rule = parsed.value;
  const visited = [...nodesOf(rule.ast)];
  const foreign = visited.flatMap(calledBy).find((name) => !FUNCTIONS.includes(name));
  if (foreign !== undefined) return err(`"${foreign}" is not among what a rule may call: ${FUNCTIONS.join(", ")}`);
  const checked = rule.check();
  if (!checked.valid) return err(firstLine(checked.error));
  if (checked.type !== "bool" && checked.type !== "dyn")
    return err(`a rule is true or false, this one is of type ${checked.type}`);
  return ok({ text, reads: [...new Set(visited.flatMap(readBy))].toSorted(), ask: (facts) => asked(rule, facts) });
}

/** The syntax tree of a rule that can be read; null for any other. */
export function ruleOf(text: string): ASTNode | null {
  const parsed = parsedRule(text);
  return parsed.kind === "ok" ? parsed.value.ast : null;
}

function parsedRule(text: string): Result<ParseResult, string> {
  try {
    return ok(LANGUAGE.parse(text));
  } catch (error) {
    return err(firstLine(error));
  }
}

function asked(rule: ParseResult, facts: ConditionFacts): ConditionAnswer {
  try {
    const answer: unknown = rule({ ...facts });
    if (typeof answer === "boolean") return answer ? { kind: "holds" } : { kind: "fails" };
    return { kind: "unchecked", why: `it is neither true nor false but ${typeof answer}` };
  } catch (error) {
    return { kind: "unchecked", why: unansweredBecause(error) };
  }
}

/** A missing key is named; other messages may quote what the context holds, and the reason goes into the record. */
function unansweredBecause(error: unknown): string {
  if (!(error instanceof EvaluationError)) return "the rule failed";
  return error.code === "no_such_key" ? firstLine(error) : error.code.replaceAll("_", " ");
}

/** The message without the picture of where in the rule it was. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** A node and all below it. Its arguments are nodes, lists of them, and texts: whatever has an operator is a node. */
function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const child of childrenOf(node.args)) yield* nodesOf(child);
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

function calledBy(node: ASTNode): readonly string[] {
  return node.op === "call" || node.op === "rcall" ? [node.args[0]] : [];
}

function readBy(node: ASTNode): readonly string[] {
  if (node.op !== ".") return [];
  const [of, key] = node.args;
  return of.op === "id" && of.args === "context" ? [key] : [];
}
