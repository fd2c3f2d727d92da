import { describe, expect, it } from "vitest";
import { mersenneRng } from "../numerics/random.ts";
import { sparseMultinomial, sparseProbabilities, type SparseMultinomialFit } from "./sparse-multinomial.ts";
import { chosenRows, rowAt, sparseRows, type SparseRows } from "./sparse-rows.ts";

const WIDTH = 12;
const CLASSES = 3;

/** Rows of a few columns each, and outcomes that two of the columns push about. */
function simulated(n: number, seed: number): { readonly rows: SparseRows; readonly outcomes: readonly number[] } {
  const rng = mersenneRng(seed);
  const outcomes: number[] = [];
  const units = Array.from({ length: n }, () => {
    const columns = Array.from({ length: WIDTH }, (_, k) => k).filter(() => rng.next() < 0.3);
    const pull = (columns.includes(0) ? 1 : 0) + (columns.includes(1) ? 2 : 0);
    outcomes.push(rng.next() < 0.6 ? pull % CLASSES : Math.floor(rng.next() * CLASSES));
    return { columns: Uint32Array.from(columns), values: Float64Array.from(columns, () => rng.next() - 0.3) };
  });
  const rows = sparseRows(units, WIDTH);
  if (rows === null) throw new Error("simulated rows are sound");
  return { rows, outcomes };
}

const GOLDEN = {
  first: [0.95741781, -0.84045906, -0.11695875],
  second: [-0.84952718, 0.90942187, -0.05989469],
  intercepts: [-0.16096989, -0.20929116, 0.37026106],
};

function accepted(answer: ReturnType<typeof sparseMultinomial>): SparseMultinomialFit {
  if (answer.kind === "refused") throw new Error(answer.message);
  return answer;
}

const exactly = { penalty: 0.5, seed: 1, tolerance: 1e-13, passesMax: 2000 };

/** Derivative of the penalised loss: all zeros at its least, which is one point because the loss is strictly convex. */
function slope(fit: SparseMultinomialFit, { rows, outcomes }: ReturnType<typeof simulated>, penalty: number): number[] {
  const at = [...fit.intercepts, ...fit.coefficients].map((b) => penalty * b);
  outcomes.forEach((outcome, i) => {
    const { columns, values } = rowAt(rows, i);
    sparseProbabilities(fit, { columns, values }).forEach((p, c) => {
      const residual = p - Number(c === outcome);
      at[c] = (at[c] ?? 0) + residual;
      columns.forEach((column, k) => {
        const place = CLASSES + column * CLASSES + c;
        at[place] = (at[place] ?? 0) + residual * (values[k] ?? 0);
      });
    });
  });
  return at;
}

describe("the sparse multinomial fit", () => {
  const data = simulated(300, 7);

  it("is where the penalised loss is least", () => {
    const fit = accepted(sparseMultinomial({ ...data, classes: CLASSES }, exactly));
    expect(fit.gap).toBeLessThan(1e-13);
    expect(Math.max(...slope(fit, data, 0.5).map(Math.abs))).toBeLessThan(1e-4);
  });

  it("agrees with scikit-learn", () => {
    // LogisticRegression(C=2, fit_intercept=False, solver="newton-cg", multi_class="multinomial", tol=1e-12) of scikit-learn 1.2.1 on
    // [[1, 0, 1], [2, 0, 1], [0, 1, 1], [0, 3, 1], [1, 1, 1], [0, 0, 1]] (the ones are our intercept), outcomes 0, 0, 1, 1, 2, 2.
    const units = [
      [1, 0],
      [2, 0],
      [0, 1],
      [0, 3],
      [1, 1],
      [0, 0],
    ].map((values) => ({ columns: Uint32Array.of(0, 1), values: Float64Array.from(values) }));
    const rows = sparseRows(units, 2);
    if (rows === null) throw new Error("sound");
    const fit = accepted(sparseMultinomial({ rows, outcomes: [0, 0, 1, 1, 2, 2], classes: 3 }, exactly));
    const [a, b, c] = [[...fit.coefficients.subarray(0, 3)], [...fit.coefficients.subarray(3)], [...fit.intercepts]];
    expect(a).toEqual(GOLDEN.first.map((x) => expect.closeTo(x, 5)));
    expect(b).toEqual(GOLDEN.second.map((x) => expect.closeTo(x, 5)));
    expect(c).toEqual(GOLDEN.intercepts.map((x) => expect.closeTo(x, 5)));
  });

  it("is the same, byte for byte, with the same seed, and the same within its gap with another", () => {
    const first = accepted(sparseMultinomial({ ...data, classes: CLASSES }, exactly));
    expect(accepted(sparseMultinomial({ ...data, classes: CLASSES }, exactly))).toEqual(first);
    const other = accepted(sparseMultinomial({ ...data, classes: CLASSES }, { ...exactly, seed: 99 }));
    other.coefficients.forEach((b, k) => expect(b).toBeCloseTo(first.coefficients[k] ?? NaN, 5));
  });

  it("does not depend on the order of the units", () => {
    const back = data.outcomes.map((_, i) => data.outcomes.length - 1 - i);
    const turned = { rows: chosenRows(data.rows, back), outcomes: data.outcomes.toReversed(), classes: CLASSES };
    const [first, second] = [
      accepted(sparseMultinomial({ ...data, classes: CLASSES }, exactly)),
      accepted(sparseMultinomial(turned, exactly)),
    ];
    second.coefficients.forEach((b, k) => expect(b).toBeCloseTo(first.coefficients[k] ?? NaN, 5));
  });

  it("states a gap that its loss keeps to", () => {
    const loss = (fit: SparseMultinomialFit): number => {
      const squares = [...fit.intercepts, ...fit.coefficients].reduce((sum, b) => sum + b * b, 0);
      return data.outcomes.reduce(
        (sum, outcome, i) => sum - Math.log(sparseProbabilities(fit, rowAt(data.rows, i))[outcome] ?? NaN),
        (0.5 / 2) * squares,
      );
    };
    const least = loss(accepted(sparseMultinomial({ ...data, classes: CLASSES }, exactly)));
    for (const passesMax of [2, 4, 8]) {
      const rough = accepted(sparseMultinomial({ ...data, classes: CLASSES }, { ...exactly, passesMax }));
      expect((loss(rough) - least) / data.outcomes.length).toBeLessThanOrEqual(rough.gap);
    }
  });

  it("refuses one class, and columns too large to add up", () => {
    expect(sparseMultinomial({ ...data, outcomes: data.outcomes.map(() => 1), classes: 3 }, exactly)).toMatchObject({
      reason: "one-class",
    });
    const huge = sparseRows(
      [1e200, -1e200].map((x) => ({ columns: Uint32Array.of(0), values: Float64Array.of(x) })),
      1,
    );
    if (huge === null) throw new Error("sound");
    expect(sparseMultinomial({ rows: huge, outcomes: [0, 1], classes: 2 }, exactly)).toMatchObject({
      reason: "invalid-input",
    });
  });
});
