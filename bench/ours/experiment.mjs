// One experiment × metrics × segment levels: from rows of sufficient statistics to a result a cell, as a results page shows it.
import {
  allUnitsSlope,
  asymptoticConfidenceSequence,
  chiSquaredSampleRatio,
  cuped,
  effectPosterior,
  liftDifference,
  liftMoments,
  momentsFromSums,
  pairedMoments,
  sampleVariance,
} from "@ratchet/stats";

const CONFIDENCE = 0.95;
const TUNED_FOR = 5000;

export const frequentist = row((control, treatment) =>
  liftDifference(control.outcome, treatment.outcome, { confidence: CONFIDENCE }),
);

export const sequential = row((control, treatment) =>
  watched(liftMoments(control.outcome, treatment.outcome), control, treatment),
);

export const bayesian = row((control, treatment) => {
  const lift = liftMoments(control.outcome, treatment.outcome);
  return lift.kind === "refused" ? lift : effectPosterior(lift, { prior: null, credibility: CONFIDENCE });
});

export const cupedSequential = row((control, treatment) => {
  const adjusted = cuped(paired(control), paired(treatment), { scale: "relative", slope: allUnitsSlope });
  return watched(adjusted, control, treatment);
});

/** A kind of read-out as a row of the benchmark: the table of rows is what a query returned, read before the clock starts. */
function row(readOut) {
  return (columns) => {
    const table = tableOf(columns);
    return { run: () => analyse(table, readOut), digest };
  };
}

/** Rows as a database driver gives them, one object each. */
function tableOf({ levels: [levels], n, sum, sumSquares, covariateSum, covariateSumSquares, sumProducts }) {
  return Array.from(n, (units, i) => ({
    metric: `metric-${Math.floor(i / (2 * levels))}`,
    dimension: `level-${Math.floor(i / 2) % levels}`,
    variation: i % 2 === 0 ? "control" : "treatment",
    n: units,
    sum: sum[i],
    sumSquares: sumSquares[i],
    covariateSum: covariateSum[i],
    covariateSumSquares: covariateSumSquares[i],
    sumProducts: sumProducts[i],
  }));
}

/** Every cell of metric and level: its two arms, the effect, and the check of the sample ratio. */
function analyse(table, readOut) {
  const cells = new Map();
  for (const tableRow of table) {
    const { metric, dimension, variation } = tableRow;
    const key = `${metric}\n${dimension}`;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { metric, dimension, control: null, treatment: null }));
    cell[variation] = armOf(tableRow);
  }
  return Array.from(cells.values(), ({ metric, dimension, control, treatment }) => ({
    metric,
    dimension,
    arms: [shown(control), shown(treatment)],
    sampleRatio: chiSquaredSampleRatio({ counts: [control.outcome.n, treatment.outcome.n], expected: [1, 1] }),
    effect: readOut(control, treatment),
  }));
}

function armOf({ n, sum, sumSquares, covariateSum, covariateSumSquares, sumProducts }) {
  return {
    outcome: momentsFromSums({ n, sum, sumSquares }),
    covariate: { n, sum: covariateSum, sumSquares: covariateSumSquares },
    sumProducts,
  };
}

function shown({ outcome }) {
  return { n: outcome.n, mean: outcome.mean, standardDeviation: Math.sqrt(sampleVariance(outcome) ?? NaN) };
}

function paired({ outcome, covariate, sumProducts }) {
  return pairedMoments(outcome, momentsFromSums(covariate), sumProducts);
}

function watched(effect, control, treatment) {
  if (effect.kind === "refused") return effect;
  const sequence = asymptoticConfidenceSequence({
    estimate: effect.estimate,
    standardError: effect.standardError,
    n: control.outcome.n + treatment.outcome.n,
    alpha: 1 - CONFIDENCE,
    tunedFor: TUNED_FOR,
    tuning: "approximate",
  });
  return sequence.kind === "refused" ? sequence : { kind: "watched", effect, sequence };
}

/** Sums over the cells of every number of their effects, and the numbers of the first cell. */
function digest(cells) {
  const effects = cells.map(({ effect }) => numbersOf(effect));
  const sums = (effects[0] ?? []).map((_, k) => effects.reduce((t, numbers) => t + numbers[k], 0));
  const ratios = cells.reduce((t, { sampleRatio }) => t + sampleRatio.pValue, 0);
  return [...sums, ...(effects[0] ?? []), ratios];
}

/** estimate, lower, upper, then p-value or (Bayesian) chance to win and the two risks. */
function numbersOf(answer) {
  switch (answer.kind) {
    case "refused":
      return [];
    case "watched": {
      const { lower, upper, pValue } = answer.sequence;
      return [answer.effect.estimate, lower, upper, pValue];
    }
    default: {
      const { lower, upper } = answer.interval;
      return "chanceToWin" in answer
        ? [answer.mean, lower, upper, answer.chanceToWin, answer.riskControl, answer.riskTreatment]
        : [answer.estimate, lower, upper, answer.pValue];
    }
  }
}
