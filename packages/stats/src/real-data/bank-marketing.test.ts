import { describe, expect, it } from "vitest";
import { accepted } from "../golden/adapter.ts";
import { adaptiveWindow } from "../drift/adaptive-window.ts";
import { binnedDrift, stabilityThreshold } from "../drift/binned-drift.ts";
import { proportionChart } from "../drift/proportion-chart.ts";
import { twoSampleDrift } from "../drift/two-sample-drift.ts";
import { logisticProbability, logisticRegression } from "../prediction/logistic-regression.ts";
import { auc } from "../prediction/roc-auc.ts";
import { hasData, NEEDS_DATA, readRows, type DataRow } from "./public-data.fixture.ts";

const FILE = "bank_marketing/bank-additional_first70pct.csv.gz";
const NUMBERS = [
  "age",
  "campaign",
  "pdays",
  "previous",
  "emp.var.rate",
  "cons.price.idx",
  "cons.conf.idx",
  "euribor3m",
  "nr.employed",
];
const CATEGORIES = [
  "job",
  "marital",
  "education",
  "default",
  "housing",
  "loan",
  "contact",
  "month",
  "day_of_week",
  "poutcome",
];

/** Numbers and one column a level, standardised by the rows before `cut`, as a model trained then would have seen them. */
function design(rows: readonly DataRow[], numbers: readonly string[], cut: number): readonly (readonly number[])[] {
  const columns = [
    ...numbers.map((name) => rows.map((row) => row.number(name))),
    ...CATEGORIES.flatMap((name) => {
      const cells = rows.map((row) => row.text(name));
      return [...new Set(cells.slice(0, cut))].map((level) => cells.map((cell) => Number(cell === level)));
    }),
  ].map((xs) => {
    const mean = xs.slice(0, cut).reduce((t, x) => t + x, 0) / cut;
    const deviation = Math.sqrt(xs.slice(0, cut).reduce((t, x) => t + (x - mean) ** 2, 0) / cut);
    return xs.map((x) => (deviation > 0 ? (x - mean) / deviation : 0));
  });
  return rows.map((_, i) => columns.map((xs) => xs[i] ?? NaN));
}

describe.skipIf(!hasData(FILE))(`Bank marketing: 28,831 calls in the order of time ${NEEDS_DATA}`, () => {
  const rows = hasData(FILE) ? readRows(FILE) : [];
  const outcomes = rows.map((row) => Number(row.text("y") === "yes"));
  const cut = Math.floor(0.7 * rows.length);
  const [past, future] = [outcomes.slice(0, cut), outcomes.slice(cut)];
  const mean = (xs: readonly number[]): number => xs.reduce((t, x) => t + x, 0) / xs.length;

  /** Scores of the later calls by a model of the earlier ones. */
  const temporal = (numbers: readonly string[]): readonly number[] => {
    const x = design(rows, numbers, cut);
    const fit = accepted(logisticRegression({ rows: x.slice(0, cut), outcomes: past }, { penalty: 1 }));
    return x.map((row) => logisticProbability(fit, row));
  };

  it("is the first 70 % of the file that the catalogue describes, so its figures are cut anew here", () => {
    // The catalogue: first 70 % of 41,188 calls 5.6 % positive, last 30 % 24.6 %. Only those first 70 % are in the folder.
    expect(rows).toHaveLength(28_831);
    expect(mean(outcomes)).toBeCloseTo(0.0557, 4);
    expect(mean(past)).toBeCloseTo(0.0457, 4);
    expect(mean(future)).toBeCloseTo(0.079, 4);
  });

  it("cannot be ranked well ahead of time without the leak, and seems easy with it", () => {
    const scores = temporal(NUMBERS);
    const honest = accepted(auc(scores.slice(cut), future));
    // scikit-learn on the same columns and penalty: 0.611 (the catalogue has .595 at its own, later cut). One dropped level or another
    // ridge moves it by a few thousandths; four DeLong standard errors are 0.05.
    expect(Math.abs(honest.auc - 0.611)).toBeLessThan(0.005);
    expect(Math.abs(honest.auc - 0.595)).toBeLessThan(4 * Math.sqrt(honest.variance));
    const leaking = accepted(auc(temporal([...NUMBERS, "duration"]).slice(cut), future));
    // The length of a call is known after it only; scikit-learn: 0.844.
    expect(Math.abs(leaking.auc - 0.844)).toBeLessThan(0.005);
    // Brier and mean score: the model expects twice what comes (scikit-learn 0.1019 and 0.170 against 0.079).
    const brier = mean(scores.slice(cut).map((p, i) => (p - (future[i] ?? NaN)) ** 2));
    expect(Math.abs(brier - 0.1019)).toBeLessThan(0.002);
    expect(Math.abs(mean(scores.slice(cut)) - 0.17)).toBeLessThan(0.005);

    const sorted = scores.slice(0, cut).toSorted((a, b) => a - b);
    const edges = Array.from({ length: 9 }, (_, k) => sorted[Math.floor(((k + 1) * cut) / 10)] ?? NaN);
    const bins = (xs: readonly number[]): readonly number[] => {
      const counts = Array.from({ length: 10 }, () => 0);
      for (const x of xs) {
        const bin = edges.filter((edge) => x > edge).length;
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    const drift = accepted(binnedDrift(bins(scores.slice(0, cut)), bins(scores.slice(cut))));
    const { threshold } = accepted(
      stabilityThreshold({ reference: cut, current: rows.length - cut, bins: 10, alpha: 0.001 }),
    );
    // An index of 2.2 (as counted with other tools) where chance reaches 0.005 once in a thousand.
    expect(Math.abs(drift.stabilityIndex - 2.17)).toBeLessThan(0.05);
    expect(threshold).toBeLessThan(0.005);
    expect(twoSampleDrift(scores.slice(0, cut), scores.slice(cut))).toMatchObject({ pValue: expect.closeTo(0, 12) });
    expect(drift.pValue).toBeLessThan(1e-12);
  });

  it("drifts in its outcome too, found by ADWIN while it happens and by a chart of every 500 calls", () => {
    const window = adaptiveWindow({ delta: 0.002 });
    const alarms = outcomes.flatMap((y, i) => (window.add(y) ? [i] : []));
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.some((i) => i >= cut)).toBe(true);
    // Calls of all kinds are mixed, so blocks differ twice as much as 500 calls at one rate would; Laney's limits allow for that, and
    // still three of the 57 blocks lie outside, the last two among them.
    const chunk = 500;
    const periods = Array.from({ length: Math.floor(rows.length / chunk) }, (_, k) => {
      const ys = outcomes.slice(k * chunk, (k + 1) * chunk);
      return { n: ys.length, conversions: ys.reduce((t, y) => t + y, 0) };
    });
    const chart = accepted(proportionChart(periods));
    expect(chart.dispersion).toBeGreaterThan(1.5);
    expect(chart.periods.flatMap((p, k) => (p.isOutside ? [k] : []))).toEqual([48, 55, 56]);
  });
});
