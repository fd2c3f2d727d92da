import { normalQuantile } from "@ratchet/stats";

/** Two-sided interval of a normal estimate; what displays use beside the sequence. */
export function normalInterval(
  estimate: number,
  standardError: number,
  confidence: number,
): { readonly lower: number; readonly upper: number } {
  const half = normalQuantile((1 + confidence) / 2) * standardError;
  return { lower: estimate - half, upper: estimate + half };
}
