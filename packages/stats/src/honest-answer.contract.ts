import { expect } from "vitest";

/** Calls of one exported function with inputs at the edge: each must be answered honestly. */
export type EdgeCalls = readonly (() => unknown)[];

/** Exported function → its calls at the edge. */
export type EdgeTable = Readonly<Record<string, EdgeCalls>>;

/**
 * Says why a function of numbers may answer NaN: it is arithmetic, where NaN in, NaN out is the convention, not an estimator.
 *
 * The keys are exported functions; each of their calls at the edge must then give NaN or a true value, never a plausible one.
 */
export type Arithmetic = Readonly<Record<string, string>>;

/** Places in an answer where an infinity is the right value: an open side, a limit, evidence beyond all doubt. */
const MAY_BE_INFINITE =
  /(?:lower|upper|degreesOfFreedom|logE|logEvidence|logCapital|eValue|margin|units|time|oddsRatio|bound|log\w*)$/i;

/**
 * An answer that nobody can mistake: no NaN anywhere, no infinity where a finite number is meant, no interval without width, and a
 * refusal says why.
 */
export function expectHonest(answer: unknown, path = "answer"): void {
  if (typeof answer === "number") {
    expect(answer, `${path} is NaN`).not.toBeNaN();
    if (!MAY_BE_INFINITE.test(path)) expect(Number.isFinite(answer), `${path} is ${answer}`).toBe(true);
    return;
  }
  if (typeof answer !== "object" || answer === null) return;
  if ("kind" in answer && answer.kind === "refused") {
    expect(answer).toMatchObject({
      reason: expect.stringMatching(/^[a-z-]+$/),
      message: expect.stringMatching(/\S/),
    });
    return;
  }
  if ("lower" in answer && "upper" in answer && typeof answer.lower === "number" && typeof answer.upper === "number")
    expect(answer.lower, `${path} is an interval without width`).toBeLessThan(answer.upper);
  for (const [key, part] of Object.entries(answer)) expectHonest(part, `${path}.${key}`);
}
