import { describe, expect, it } from "vitest";
import { asymptoticConfidenceSequence } from "../anytime/asymptotic-confidence-sequence.ts";
import { chiSquaredSampleRatio } from "../anytime/sample-ratio-mismatch.ts";
import { momentsOf } from "../cohorts/moments.ts";
import { welchDifference } from "../cohorts/welch.ts";
import { accepted } from "../golden/adapter.ts";
import { hasData, NEEDS_DATA, readRows } from "./public-data.fixture.ts";

const FILE = "hillstrom/hillstrom.csv";

/** Intervals of the catalogue (R and scikit-learn): lift over no e-mail, in the units of the metric. */
const CATALOGUE = [
  ["Mens E-Mail", "visit", 0.0766, 0.07, 0.0832],
  ["Mens E-Mail", "conversion", 0.006_81, 0.005, 0.008_61],
  ["Mens E-Mail", "spend", 0.77, 0.485, 1.055],
  ["Womens E-Mail", "visit", 0.0452, 0.0389, 0.0516],
  ["Womens E-Mail", "conversion", 0.003_11, 0.0015, 0.004_72],
  ["Womens E-Mail", "spend", 0.424, 0.169, 0.68],
] as const;

/** Half of the last digit that the catalogue prints: 0.01 or 0.001 percentage points, 0.001 dollars. */
const ROUNDING = { visit: 5e-5, conversion: 5e-6, spend: 5e-4 } as const;

describe.skipIf(!hasData(FILE))(`Hillstrom's e-mails: 64,000 customers in three arms ${NEEDS_DATA}`, () => {
  const rows = hasData(FILE) ? readRows(FILE) : [];
  const arm = (segment: string, metric: string) =>
    momentsOf(rows.filter((row) => row.text("segment") === segment).map((row) => row.number(metric)));

  it.each(CATALOGUE)("%s on %s: %f [%f, %f] over no e-mail", (...[segment, metric, estimate, lower, upper]) => {
    const lift = accepted(welchDifference(arm("No E-Mail", metric), arm(segment, metric), { confidence: 0.95 }));
    // The catalogue rounds; pooled or Welch, t or normal differ by less than one more unit of its last digit at n = 42,000.
    const digits = 2 * ROUNDING[metric];
    expect(Math.abs(lift.estimate - estimate)).toBeLessThanOrEqual(digits);
    expect(Math.abs(lift.interval.lower - lower)).toBeLessThanOrEqual(digits);
    expect(Math.abs(lift.interval.upper - upper)).toBeLessThanOrEqual(digits);
  });

  it.each(CATALOGUE)("%s on %s: a confidence sequence holds the interval and still leaves out 0", (segment, metric) => {
    const [control, treatment] = [arm("No E-Mail", metric), arm(segment, metric)];
    const fixed = accepted(welchDifference(control, treatment, { confidence: 0.95 }));
    const n = control.n + treatment.n;
    const { estimate, standardError } = fixed;
    const sequence = accepted(asymptoticConfidenceSequence({ estimate, standardError, n, alpha: 0.05, tunedFor: n }));
    // Watching all the way costs width: 3.0 instead of 1.96 standard errors when tuned for this n (eq. 9 at its optimum).
    expect(sequence.lower).toBeLessThan(fixed.interval.lower);
    expect(sequence.upper).toBeGreaterThan(fixed.interval.upper);
    const widths = (sequence.upper - sequence.lower) / (fixed.interval.upper - fixed.interval.lower);
    expect(widths).toBeGreaterThan(1.4);
    expect(widths).toBeLessThan(1.6);
    // Five of the six lifts are beyond 3.5 standard errors; women's spend is at 3.25.
    expect(sequence.lower).toBeGreaterThan(0);
  });

  it("was split as designed", () => {
    const counts = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"].map((segment) => arm(segment, "visit").n);
    expect(counts).toEqual([21_306, 21_307, 21_387]);
    expect(accepted(chiSquaredSampleRatio({ counts, expected: [1 / 3, 1 / 3, 1 / 3] })).pValue).toBeGreaterThan(0.5);
  });
});
