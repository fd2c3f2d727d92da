import type { Refused } from "../refused.ts";
import type { JsonObject, Produced } from "./json.ts";

/** Maps the inputs of one operation to our API and our answer back to the reference's names. */
export type Adapter = (inputs: JsonObject) => Readonly<Record<string, Produced>> | Refused;

/** Adapters of one topic, by operation. */
export type Adapters = Readonly<Record<string, Adapter>>;

/** An estimate out of a union, or an exception: for operations whose reference never refuses. */
export function accepted<T>(answer: T | Refused): T {
  if (isRefused(answer)) throw new Error(`refused (${answer.reason}): ${answer.message}`);
  return answer;
}

export function isRefused(answer: unknown): answer is Refused {
  return typeof answer === "object" && answer !== null && "kind" in answer && answer.kind === "refused";
}

/** An interval as the references write it. */
export function pair({ lower, upper }: { readonly lower: number; readonly upper: number }): readonly number[] {
  return [lower, upper];
}
