type Probabilities = Readonly<Record<string, number>>;

/** The probabilities of a segment, or of its nearest ancestor that has its own; null where none has. */
export function chancesIn(segments: Readonly<Record<string, Probabilities>>, segment: string): Probabilities | null {
  const own = segments[segment];
  if (own !== undefined) return own;
  const cut = segment.lastIndexOf("/");
  if (cut > 0) return chancesIn(segments, segment.slice(0, cut));
  return segments["all"] ?? segments[""] ?? null;
}
