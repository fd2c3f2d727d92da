import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compareCase, parseTolerance } from "./compare.ts";
import { Disputed } from "./json.ts";
import { runGolden } from "./run-golden.ts";

const FOLDER = fileURLToPath(new URL("../../../../../shared/golden", import.meta.url));

/** Families that must stay supported: an operation that loses its adapter would otherwise only look skipped. */
const SUPPORTED = [
  /^(normal\.(cdf|sf|logsf|ppf)|t\.(sf|two_sided_p|ppf)|chi2\.sf|f\.sf|beta\.(cdf|ppf)|gamma\.[PQ]|lbeta|lgamma|digamma)$/,
  /^(lambertw_m1|kolmogorov\.sf|noncentral_t\.sf)$/,
  /^(ttest\.|gb\.fixed_|prop\.|ranksum|mantel_haenszel)/,
  /^(gb\.seq|gb\.halfwidth|asympcs\.|confseq\.|safe2x2\.|safe_z|avlm\.treatment)/,
  /^(srm\.|ssrm\.)/,
  /^(normal_normal|beta_binomial|random_intercept)$/,
  /^ope\./,
  /^power\.|^gb\.midexperiment_power$/,
  /^(padjust\.|ebh|multitest\.reject|qvalue)/,
  /^(gb\.bayes_effect|gb\.normal_risk|beta\.compare|normal\.prob_best|beta\.prob_best)$/,
  /^evalue\./,
  /^(gb\.ratio_|delta\.|ratio\.|gb\.cuped_(fixed|sequential|bayes)|gb\.post_strat|gb\.bandit_floor|strata\.combine|cuped\.unit_level)/,
  /^(logistic\.|isotonic|platt|reliability|scoring_rules|ranking|curves|delong)/,
  /^(km|nelson_aalen|logrank|aalen_johansen|cox|aft)/,
  /^(aipw|ipw|adaptive|gb\.bandit_best_arm|spotify|noninferiority|equivalence|quantile|winsorize|weighted_moments|gb\.quantile)/,
  /^gsd\./,
  /^(binned_divergence|two_sample|adwin|ddm|eddm|hddm_a|page_hinkley)/,
  /^(did\.|novelty|synthetic_control|robust_se)/,
  /^(linucb|replay\.linucb|gb\.cuped_ratio|avlm)/,
  /^online\./,
];

describe.skipIf(!existsSync(FOLDER))(
  "results of other implementations (../shared/golden; skipped where that folder is absent)",
  () => {
    const results = existsSync(FOLDER) ? runGolden(FOLDER) : [];

    it("agrees with every supported case within its tolerance", () => {
      expect(results.flatMap((result) => result.failures)).toEqual([]);
      expect(results.length).toBeGreaterThan(100);
    });

    it("supports every operation of the families it has taken on", () => {
      const claimed = results.filter(({ op }) => SUPPORTED.some((family) => family.test(op)));
      expect(claimed.length).toBeGreaterThan(70);
      expect(claimed.filter((result) => result.skipped > 0).map((result) => result.op)).toEqual([]);
    });
  },
);

describe("comparing with a reference", () => {
  const tolerance = parseTolerance({ rel: 1e-6, abs: 0, fields: { "a.b": { rel: 0, abs: 0.5 } } });

  it("passes within abs + rel·|want| and reports the worst relative error", () => {
    const { faults, worstRelativeError } = compareCase(
      { x: 1.0000005, y: [2, Infinity] },
      { x: 1, y: [2, "Infinity"] },
      tolerance,
    );
    expect(faults).toEqual([]);
    expect(worstRelativeError).toBeCloseTo(5e-7, 12);
  });

  it("fails beyond it, on another length, another type, NaN and a key that is not produced", () => {
    for (const got of [{ x: 1.00001 }, { x: [1] }, { x: "1" }, { x: NaN }, {}, null])
      expect(compareCase(got, { x: 1 }, tolerance).faults).toHaveLength(1);
    expect(compareCase({ x: [1, 2] }, { x: [1] }, tolerance).faults).toHaveLength(1);
    expect(compareCase({ x: 0.9 }, { x: true }, tolerance).faults).toHaveLength(1);
  });

  it("uses a field's own tolerance, by its path", () => {
    expect(compareCase({ a: { b: 1.4 } }, { a: { b: 1 } }, tolerance).faults).toEqual([]);
    expect(compareCase({ a: { c: 1.4 } }, { a: { c: 1 } }, tolerance).faults).toHaveLength(1);
  });

  it("does not compare null, but wants something compared", () => {
    expect(compareCase({ x: 5, y: 1 }, { x: null, y: 1 }, tolerance).faults).toEqual([]);
    expect(compareCase({}, { x: null }, tolerance).faults).toEqual(["nothing was compared"]);
  });

  it("wants a refusal, or an interval of positive width, where the reference reports an error", () => {
    const expected = { ci: [0, 0], error: "ZERO_NEGATIVE_VARIANCE" };
    expect(compareCase({ kind: "refused", reason: "zero-variance", message: "" }, expected, tolerance).faults).toEqual(
      [],
    );
    expect(compareCase({ ci: [-1, 1] }, expected, tolerance).faults).toEqual([]);
    expect(compareCase({ ci: [0, 0] }, expected, tolerance).faults).toHaveLength(1);
  });

  it("counts a disputed field instead of comparing it only where the reference is wrong", () => {
    const disputed = new Disputed(1, (want) => want === 7);
    expect(compareCase({ x: disputed, y: 1 }, { x: 7, y: 1 }, tolerance)).toMatchObject({ faults: [], disputed: 1 });
    expect(compareCase({ x: disputed, y: 1 }, { x: 2, y: 1 }, tolerance).faults).toHaveLength(1);
  });
});
