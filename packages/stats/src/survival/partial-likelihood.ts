import { Matrix } from "ml-matrix";

/** Units stratum by stratum and, in each, from the latest time to the earliest; covariates row after row, centred. */
export interface CoxData {
  readonly times: Float64Array;
  readonly events: Uint8Array;
  readonly covariates: Float64Array;
  readonly columns: number;
  readonly strata: Uint32Array;
  readonly efron: boolean;
}

/** Cox's partial likelihood at one point. */
export interface CoxPoint {
  readonly beta: Float64Array;
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  readonly information: Matrix;
}

/** Value, slope and curvature of the log partial likelihood: one pass from the latest time, in which the risk sets only grow. */
export function partialLikelihood(data: CoxData, beta: Float64Array): CoxPoint {
  const { times, events, strata, columns } = data;
  const sums = {
    logLikelihood: 0,
    gradient: new Float64Array(columns),
    information: new Float64Array(columns * columns),
    mean: new Float64Array(columns),
  };
  const atRisk = riskSums(columns);
  const dying = riskSums(columns);
  for (let start = 0; start < times.length;) {
    const time = times[start];
    const stratum = strata[start];
    if (start > 0 && stratum !== strata[start - 1]) clear(atRisk);
    let deaths = 0;
    for (; start < times.length && times[start] === time && strata[start] === stratum; start++) {
      let logRisk = 0;
      for (let c = 0, at = start * columns; c < columns; c++, at++)
        logRisk += (beta[c] ?? 0) * (data.covariates[at] ?? 0);
      const risk = Math.exp(logRisk);
      add(atRisk, data, { unit: start, risk });
      if (events[start] !== 1) continue;
      if (deaths === 0) clear(dying);
      deaths++;
      add(dying, data, { unit: start, risk });
      sums.logLikelihood += logRisk;
      for (let c = 0, at = start * columns; c < columns; c++, at++)
        sums.gradient[c] = (sums.gradient[c] ?? 0) + (data.covariates[at] ?? 0);
    }
    for (let death = 0; death < deaths; death++)
      addDeath(sums, { atRisk, dying, gone: data.efron ? death / deaths : 0 });
  }
  const { logLikelihood, gradient } = sums;
  return { beta, logLikelihood, gradient, information: full(sums.information, columns) };
}

/** Weighted count, sum and products (lower triangle) of the covariates of a set of units. */
interface RiskSums {
  total: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function riskSums(columns: number): RiskSums {
  return { total: 0, first: new Float64Array(columns), second: new Float64Array(columns * columns) };
}

function clear(sums: RiskSums): void {
  sums.total = 0;
  sums.first.fill(0);
  sums.second.fill(0);
}

function add(
  sums: RiskSums,
  { covariates, columns }: CoxData,
  { unit, risk }: { readonly unit: number; readonly risk: number },
): void {
  sums.total += risk;
  const { first, second } = sums;
  const from = unit * columns;
  for (let c = 0; c < columns; c++) {
    const x = risk * (covariates[from + c] ?? 0);
    first[c] = (first[c] ?? 0) + x;
    for (let d = 0, at = c * columns; d <= c; d++, at++)
      second[at] = (second[at] ?? 0) + x * (covariates[from + d] ?? 0);
  }
}

/** What one event adds, `gone` being the share of those tied with it that has left the risk set already. */
function addDeath(
  sums: {
    logLikelihood: number;
    readonly gradient: Float64Array;
    readonly information: Float64Array;
    readonly mean: Float64Array;
  },
  { atRisk, dying, gone }: { readonly atRisk: RiskSums; readonly dying: RiskSums; readonly gone: number },
): void {
  const { gradient, information, mean } = sums;
  const columns = gradient.length;
  const total = atRisk.total - gone * dying.total;
  sums.logLikelihood -= Math.log(total);
  for (let c = 0; c < columns; c++) {
    const m = ((atRisk.first[c] ?? 0) - gone * (dying.first[c] ?? 0)) / total;
    mean[c] = m;
    gradient[c] = (gradient[c] ?? 0) - m;
    for (let d = 0, at = c * columns; d <= c; d++, at++) {
      const square = ((atRisk.second[at] ?? 0) - gone * (dying.second[at] ?? 0)) / total;
      information[at] = (information[at] ?? 0) + square - m * (mean[d] ?? 0);
    }
  }
}

function full(lower: Float64Array, columns: number): Matrix {
  const matrix = Matrix.zeros(columns, columns);
  for (let c = 0; c < columns; c++)
    for (let d = 0; d <= c; d++) {
      matrix.set(c, d, lower[c * columns + d] ?? 0);
      matrix.set(d, c, lower[c * columns + d] ?? 0);
    }
  return matrix;
}
