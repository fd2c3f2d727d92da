import type { z } from "zod";

/** One thing that is wrong with a value, and where in it. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type ZodIssue = z.core.$ZodIssue;

/**
 * Zod's issues, made readable: an unknown key is an issue at that key, and of a union only the branch that comes closest is reported
 * (that every other branch does not fit either helps nobody).
 */
export function issuesOf(error: z.ZodError): readonly Issue[] {
  return error.issues.flatMap((issue) => flatten(issue, []));
}

function flatten(issue: ZodIssue, prefix: readonly PropertyKey[]): readonly Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"; remove it or mind its spelling`,
    }));
  }
  if (issue.code === "invalid_union") {
    const closest = [...issue.errors].sort((a, b) => distance(a) - distance(b) || a.length - b.length)[0] ?? [];
    if (closest.length > 0) return closest.flatMap((inner) => flatten(inner, path));
  }
  if (issue.code === "invalid_type" && issue.input === undefined && issue.message.endsWith("received undefined")) {
    return [{ path, message: `this key is missing (${issue.expected})` }];
  }
  return [{ path, message: issue.message }];
}

/** How far a branch is from fitting: issues about the branch's own shape weigh, those deeper inside do not. */
function distance(issues: readonly ZodIssue[]): number {
  const shape = issues.filter(
    (issue) => issue.path.length <= 1 && (issue.code === "invalid_type" || issue.code === "unrecognized_keys"),
  );
  return shape.length + shape.filter((issue) => issue.path.length === 0 && issue.code === "invalid_type").length * 10;
}
