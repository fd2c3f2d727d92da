/** Every row of the benchmark on a tiny size: its answer is that of the plainest formula, and of the peers that are installed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chiSquaredSf, normalCdf, normalQuantile, normalSf, tCdf, tTwoSidedP } from "@ratchet/stats";
import { afterAll, describe, expect, it } from "vitest";
import { readColumns, writeColumns } from "./columns.mjs";
import * as formulas from "./formulas.mjs";
import { disagreement, median } from "./measure.mjs";
import { WORK, scaled } from "./ours/scaled.mjs";
import { ROWS } from "./rows.mjs";
import { slope } from "./scaling.mjs";
import { startWorker } from "./worker.mjs";

/** What each size is made smaller to. */
const TINY = { metrics: 2, levels: 3, n: 200, columns: 3, actions: 4 };

const folder = mkdtempSync(join(tmpdir(), "ratchet-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tiny = ({ data, size }) => data(Object.fromEntries(Object.keys(size).map((key) => [key, TINY[key]])));

/** Our answer on the tiny data, as the benchmark gets it. */
async function answered(name) {
  const row = ROWS.find((candidate) => candidate.name === name);
  const columns = tiny(row);
  const [file, work] = row.ours;
  const job = (await import(`./ours/${file}.mjs`))[work](columns);
  return { columns, digest: job.digest(job.run()) };
}

const sum = (values) => values.reduce((t, x) => t + x, 0);
const sumAndEnds = (values) => [sum(values), values[0], values.at(-1)];

/** Mean and variance of the mean of both arms of the first cell. */
function firstCell({ n, sum: sums, sumSquares }) {
  const [a, b] = [0, 1].map((i) => {
    const mean = sums[i] / n[i];
    return { n: n[i], mean, variance: (sumSquares[i] - n[i] * mean ** 2) / (n[i] - 1) / n[i] };
  });
  const lift = b.mean / a.mean - 1;
  return { a, b, lift, se: Math.sqrt(b.variance + a.variance * (lift + 1) ** 2) / a.mean };
}

describe("an experiment's read-out", () => {
  it("frequentist: the interval of the lift reaches t₀.₉₇₅ standard errors, and p is the chance beyond t", async () => {
    const { columns, digest } = await answered("experiment-frequentist");
    const { a, b, lift, se } = firstCell(columns);
    const freedom = (a.variance + b.variance) ** 2 / (a.variance ** 2 / (a.n - 1) + b.variance ** 2 / (b.n - 1));
    const [estimate, lower, upper, p] = digest.slice(4, 8);
    expect(disagreement([estimate, lower + upper, p], [lift, 2 * lift, tTwoSidedP(lift / se, freedom)])).toBeLessThan(
      1e-8,
    );
    expect(tCdf((upper - lift) / se, freedom)).toBeCloseTo(0.975, 9);
  });
  it("sequential: at the end of the interval the mixture is 1/α", async () => {
    const { columns, digest } = await answered("experiment-sequential");
    const { a, b, lift, se } = firstCell(columns);
    const spread = ((a.n + b.n) * (2 * Math.log(20) + Math.log1p(2 * Math.log(20)))) / 5000 + 1;
    const mixture = (z) => Math.exp((z * z * (1 - 1 / spread)) / 2) / Math.sqrt(spread);
    const [estimate, , upper, p] = digest.slice(4, 8);
    expect(
      disagreement([estimate, mixture((upper - lift) / se), p], [lift, 20, Math.min(1, 1 / mixture(lift / se))]),
    ).toBeLessThan(1e-7);
  });
  it("Bayesian: chance to win is Φ(z), and the two risks differ by the lift", async () => {
    const { columns, digest } = await answered("experiment-bayesian");
    const { lift, se } = firstCell(columns);
    const [mean, , , chance, riskControl, riskTreatment] = digest.slice(6, 12);
    expect(disagreement([mean, chance, riskControl - riskTreatment], [lift, normalCdf(lift / se), lift])).toBeLessThan(
      1e-8,
    );
  });
  it("CUPED: the means are moved by θ times the difference of the covariate", async () => {
    const { columns, digest } = await answered("experiment-cuped");
    const all = (name) => columns[name][0] + columns[name][1];
    const [n, s, t] = [all("n"), all("sum"), all("covariateSum")];
    const theta = (all("sumProducts") - (s * t) / n) / (all("covariateSumSquares") - t ** 2 / n);
    const covariate = (i) => columns.covariateSum[i] / columns.n[i];
    const { a, b } = firstCell(columns);
    expect(
      disagreement([digest[4]], [(b.mean - a.mean - theta * (covariate(1) - covariate(0))) / a.mean]),
    ).toBeLessThan(1e-8);
  });
  it("checks the sample ratio of every cell", async () => {
    const { columns, digest } = await answered("experiment-frequentist");
    const cells = Array.from({ length: columns.n.length / 2 }, (_, k) => columns.n.subarray(2 * k, 2 * k + 2));
    expect(
      disagreement([digest.at(-1)], [sum(cells.map(([x, y]) => chiSquaredSf((x - y) ** 2 / (x + y), 1)))]),
    ).toBeLessThan(1e-9);
  });
});

describe("prediction", () => {
  it("logistic: no derivative of the penalised loss is left", async () => {
    const { columns, digest } = await answered("logistic");
    const [intercept, ...b] = digest;
    const cell = (i, k) => columns.x[i * b.length + k];
    const excess = Array.from(
      columns.y,
      (y, i) => 1 / (1 + Math.exp(-intercept - sum(b.map((x, k) => x * cell(i, k))))) - y,
    );
    const gradient = b.map((x, k) => x + sum(excess.map((e, i) => e * cell(i, k))));
    expect(Math.max(...[sum(excess), ...gradient].map(Math.abs))).toBeLessThan(1e-8);
  });
  it("AUC: share of pairs in the right order", async () => {
    const { columns, digest } = await answered("auc");
    expect(disagreement(digest, [formulas.pairShare(columns)])).toBeLessThan(1e-9);
  });
  it("average precision: mean precision at the converters", async () => {
    const { columns, digest } = await answered("average-precision");
    expect(disagreement(digest, [formulas.meanPrecision(columns)])).toBeLessThan(1e-9);
  });
  it("isotonic: the max-min formula", async () => {
    const { columns, digest } = await answered("isotonic");
    expect(disagreement(digest, formulas.maxMin(columns, [0.1, 0.3, 0.5, 0.7, 0.9]))).toBeLessThan(1e-9);
  });
});

describe("off-policy values", () => {
  const doublyRobust = (map) => (rounds) =>
    sum(rounds.map(({ w, value, residual }) => value + map(w) * residual)) / rounds.length;
  it.each([
    ["ips", (rounds) => sum(rounds.map(({ w, r }) => w * r)) / rounds.length],
    ["snips", (rounds) => sum(rounds.map(({ w, r }) => w * r)) / sum(rounds.map(({ w }) => w))],
    ["dm", doublyRobust(() => 0)],
    ["dr", doublyRobust((w) => w)],
    ["switch-dr", doublyRobust((w) => (w <= 1.5 ? w : 0))],
    ["dros", doublyRobust((w) => (10 * w) / (w * w + 10))],
    ["dr-interval", doublyRobust((w) => w)],
  ])("%s", async (name, value) => {
    const { columns, digest } = await answered(name);
    expect(disagreement(digest, [value(formulas.rounds(columns))])).toBeLessThan(1e-9);
  });
});

describe("time until conversion", () => {
  it("Kaplan-Meier: the product over event times, its interval around it", async () => {
    const { columns, digest } = await answered("kaplan-meier");
    const points = [0, 1, 2, 3].map((k) => digest.slice(4 * k, 4 * k + 4));
    expect(
      disagreement(
        points.map(([survival]) => survival),
        formulas.productLimit(columns, [0.1, 0.5, 1, 2]),
      ),
    ).toBeLessThan(1e-9);
    for (const [survival, se, lower, upper] of points) {
      expect(lower).toBeLessThan(survival);
      expect(upper).toBeGreaterThan(survival);
      expect(se).toBeGreaterThan(0);
    }
  });
  it("log-rank: observed against expected", async () => {
    const { columns, digest } = await answered("log-rank");
    expect(disagreement([digest[0]], [formulas.mantel(columns)])).toBeLessThan(1e-9);
  });
  it("Cox: no derivative of the partial likelihood is left", async () => {
    const { columns, digest } = await answered("cox");
    expect(Math.max(...formulas.coxScore(columns, digest.slice(0, 3)).map(Math.abs))).toBeLessThan(1e-8);
  });
});

describe("streams and many tests", () => {
  it("ADWIN: the mean is that of the newest observations", async () => {
    const { columns, digest } = await answered("adwin");
    const [, width, mean] = digest;
    expect(disagreement([mean], [sum(Array.from(columns.stream.subarray(-width))) / width])).toBeLessThan(1e-9);
  });
  it("LORD++ and SAFFRON: levels from the discoveries before", async () => {
    const { columns, digest } = await answered("lord");
    const logarithmic = (j) => (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
    const rule = { share: logarithmic, initial: 0.005, alpha: 0.05, isCandidate: () => false, scale: (x) => x };
    expect(disagreement(digest.slice(1), sumAndEnds(formulas.onlineLevels(columns.pValues, rule)))).toBeLessThan(1e-9);
    const saffron = {
      share: (j) => 0.4374901658 * j ** -1.6,
      initial: 0.025,
      alpha: 0.05,
      isCandidate: (p) => p <= 0.5,
      scale: (x) => Math.min(0.5, 0.5 * x),
    };
    expect(
      disagreement(
        (await answered("saffron")).digest.slice(1),
        sumAndEnds(formulas.onlineLevels(columns.pValues, saffron)),
      ),
    ).toBeLessThan(1e-9);
  });
  it("Benjamini-Hochberg: the least n·p/k above", async () => {
    const { columns, digest } = await answered("bh");
    expect(disagreement(digest, sumAndEnds(formulas.adjusted(columns.pValues)))).toBeLessThan(1e-9);
  });
  it("REML: the restricted likelihood is level at τ²", async () => {
    const { columns, digest } = await answered("reml");
    const [tau2, mu] = digest;
    const w = Array.from(columns.variances, (v) => 1 / (v + tau2));
    const residuals = sum(w.map((x, i) => (x * (columns.estimates[i] - mu)) ** 2));
    expect(disagreement([residuals + sum(w.map((x) => x * x)) / sum(w)], [sum(w)])).toBeLessThan(1e-7);
  });
  it("spending: the first look spends 2 − 2Φ(z/√0.1) a side, and bounds fall", async () => {
    const { digest } = await answered("spending");
    expect(
      disagreement([normalSf(digest[0])], [2 * normalSf(normalQuantile(1 - 0.05 / 4) / Math.sqrt(0.1))]),
    ).toBeLessThan(1e-8);
    expect(digest).toEqual(digest.toSorted((a, b) => b - a));
  });
  it("mixture boundary: √((v + ρ)·ln((v + ρ)/(ρα²)))", async () => {
    const { columns, digest } = await answered("mixture-bound");
    const rho = 1000 / (2 * Math.log(20) + Math.log1p(2 * Math.log(20)));
    expect(
      disagreement(
        digest,
        sumAndEnds(Array.from(columns.v, (v) => Math.sqrt((v + rho) * Math.log((v + rho) / rho / 0.0025)))),
      ),
    ).toBeLessThan(1e-9);
  });
});

describe("distributions", () => {
  it("Welch: t and its degrees of freedom", async () => {
    const { columns, digest } = await answered("welch");
    const p = Array.from(columns.nA, (na, i) => {
      const [a, b] = [columns.sdA[i] ** 2 / na, columns.sdB[i] ** 2 / columns.nB[i]];
      const freedom = (a + b) ** 2 / (a ** 2 / (na - 1) + b ** 2 / (columns.nB[i] - 1));
      return tTwoSidedP((columns.meanB[i] - columns.meanA[i]) / Math.sqrt(a + b), freedom);
    });
    expect(disagreement(digest, sumAndEnds(p))).toBeLessThan(1e-9);
  });
  it("cdf and quantile undo each other", async () => {
    for (const [cdf, name] of [
      [normalCdf, "normal-quantile"],
      [(x) => tCdf(x, 30), "t-quantile"],
    ]) {
      const { columns, digest } = await answered(name);
      expect(
        disagreement(digest.slice(1).map(cdf), [columns.probabilities[0], columns.probabilities.at(-1)]),
      ).toBeLessThan(1e-9);
    }
    for (const [cdf, name] of [
      [normalSf, "normal-cdf"],
      [(x) => tCdf(-x, 30), "t-cdf"],
    ]) {
      const { columns, digest } = await answered(name);
      expect(
        disagreement([digest[0] + sum(Array.from(columns.points, (x) => cdf(x)))], [columns.points.length]),
      ).toBeLessThan(1e-9);
    }
  });
});

describe("the peers", () => {
  const live = ROWS.flatMap((row) =>
    row.peers.filter((peer) => peer.live !== undefined).map((peer) => ({ row, peer })),
  );

  it.each(["python", "r"])("in %s that are installed give the same answers", { timeout: 120_000 }, async (language) => {
    const worker = await startWorker(language);
    const faults = [];
    for (const { row, peer } of live.filter((pair) => pair.peer.live[0] === language)) {
      writeColumns(folder, tiny(row));
      const ready = worker.ready[0] === "ready";
      const [kind, note, ...theirs] = ready ? await worker.ask("prepare", ...peer.live.slice(1), folder) : worker.ready;
      const apart = disagreement((await answered(row.name)).digest, theirs.map(Number));
      if (kind === "missing") console.warn(`not compared with ${peer.label}: ${note}`);
      else if (kind !== "answer") faults.push(`${row.name}, ${peer.label}: ${note}`);
      else if (!(apart <= peer.tolerance)) faults.push(`${row.name}, ${peer.label}: ${apart} apart`);
    }
    worker.stop();
    expect(faults).toEqual([]);
  });
});

describe("the measuring", () => {
  it("writes and reads columns", () => {
    writeColumns(folder, { a: [1, 2.5, -0], b: [], c: [Number.MIN_VALUE] });
    expect(readColumns(folder)).toEqual({
      a: Float64Array.of(1, 2.5, -0),
      b: new Float64Array(0),
      c: Float64Array.of(Number.MIN_VALUE),
    });
  });
  it("takes medians, differences and exponents", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect([disagreement([1, 2], [1, 2.5]), disagreement([1], [1, 2]), disagreement([0], [0])]).toEqual([
      0.2,
      Infinity,
      0,
    ]);
    expect(slope([0, 1, 2], [1, 3, 5])).toBe(2);
  });
  it("has rows of different names, each with a peer, and documents them", () => {
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
    expect(ROWS.filter(({ peers }) => peers.length === 0)).toEqual([]);
    const page = readFileSync(new URL("../docs/reference/speed.md", import.meta.url), "utf8");
    expect(ROWS.filter(({ what }) => !page.includes(what)).map(({ name }) => name)).toEqual([]);
  });
  it.each(Object.keys(WORK))("%s takes 400 units", (name) => {
    expect(() => scaled(name, 400).run()).not.toThrow();
  });
});
