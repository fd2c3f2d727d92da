/** Examples that a defect shows. */
const EXAMPLES_MAX = 8;
const EXAMPLE_LENGTH_MAX = 200;

/** `12.3 %` of a share. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value !== 0 && Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** `8,000`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** The first of what shows a defect, each cut to a line. */
export function examples(all: readonly string[]): readonly string[] {
  return all.slice(0, EXAMPLES_MAX).map((text) => text.replaceAll(/\s+/gu, " ").slice(0, EXAMPLE_LENGTH_MAX));
}
