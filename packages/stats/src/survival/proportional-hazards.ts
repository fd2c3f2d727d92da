import { Matrix } from "ml-matrix";
import { refuse, type Refused } from "../refused.ts";
import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { byTime, survivalFault, type SurvivalInput } from "./survival-data.ts";

/** Covariates of the units, one row each, none constant. */
export interface HazardsInput extends SurvivalInput {
  readonly rows: readonly (readonly number[])[];
}

/** Log hazard ratio per unit of each column. */
export interface HazardsFit {
  readonly kind: "estimate";
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  /** Partial log-likelihood without covariates and at the fit; twice their difference is the likelihood-ratio statistic. */
  readonly nullLogLikelihood: number;
  readonly logLikelihood: number;
}

/** How events at one time share their risk set; Efron's is the better approximation, Breslow's the older habit. */
export type Ties = "efron" | "breslow";

/** Why no finite, unique fit exists. */
export type HazardsRefusal = "invalid-input" | "too-few" | "separated" | "collinear";

const ITERATIONS_MAX = 50;

/**
 * Cox's proportional hazards by Newton's method with step halving. O(n·k²) an iteration.
 *
 * Assumes that covariates multiply the hazard by the same factor at every time, and censoring that tells nothing.
 *
 * @returns `too-few` without an event, `separated` when the partial likelihood has no finite maximum, `collinear` when columns are
 * combinations of each other or constant, `invalid-input` otherwise.
 * @see Cox (1972); Efron (1977), "The efficiency of Cox's likelihood function for censored data"; Breslow (1974).
 */
export function proportionalHazards(
  { times, events, rows }: HazardsInput,
  { ties = "efron" }: { readonly ties?: Ties } = {},
): HazardsFit | Refused<HazardsRefusal> {
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const columns = rows[0]?.length ?? 0;
  if (rows.length !== times.length || rows.some((row) => row.length !== columns || !row.every(Number.isFinite)))
    return refuse("invalid-input", "every unit needs as many finite covariates as the others");
  if (columns === 0 || !events.includes(1)) return refuse("too-few", "needs a covariate and an event");
  const data: CoxData = {
    times,
    events,
    rows: centred(rows),
    latestFirst: byTime(times).reverse(),
    efron: ties === "efron",
  };
  let at = partialLikelihood(data, new Float64Array(columns));
  const nullLogLikelihood = at.logLikelihood;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const factored = scaledCholesky(at.information);
    if (factored === null)
      return iteration === 0
        ? refuse("collinear", "a covariate is constant among those at risk, or a combination of the others")
        : separated();
    const step = factored.solve(at.gradient);
    const next = climb(data, at, step);
    const size = at.beta.reduce((m, b) => Math.max(m, Math.abs(b)), 1e-12);
    if (next !== null) at = next;
    if (next !== null && step.some((s) => Math.abs(s) > 1e-10 * size)) continue;
    const covariance = scaledCholesky(at.information)?.inverse();
    if (covariance === undefined) return separated();
    return {
      kind: "estimate",
      coefficients: [...at.beta],
      standardErrors: covariance.map((row, k) => Math.sqrt(row[k] ?? NaN)),
      nullLogLikelihood,
      logLikelihood: at.logLikelihood,
    };
  }
  return separated();
}

interface CoxData extends HazardsInput {
  readonly latestFirst: Uint32Array;
  readonly efron: boolean;
}

interface CoxPoint {
  readonly beta: Float64Array;
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
  readonly information: Matrix;
}

/** Weighted count, sum and products of the covariates of a set of units. */
class RiskSums {
  total = 0;
  readonly first: Float64Array;
  readonly second: Float64Array;

  constructor(columns: number) {
    this.first = new Float64Array(columns);
    this.second = new Float64Array(columns * columns);
  }

  add(row: readonly number[], risk: number): void {
    this.total += risk;
    for (let k = 0; k < row.length; k++) {
      const x = (row[k] ?? 0) * risk;
      this.first[k] = (this.first[k] ?? 0) + x;
      for (let l = 0; l < row.length; l++) {
        const at = k * row.length + l;
        this.second[at] = (this.second[at] ?? 0) + x * (row[l] ?? 0);
      }
    }
  }
}

/** Centring changes no coefficient but keeps exp(x·b) in range. */
function centred(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const means = (rows[0] ?? []).map((_, k) => rows.reduce((t, row) => t + (row[k] ?? 0), 0) / rows.length);
  return rows.map((row) => row.map((x, k) => x - (means[k] ?? 0)));
}

function partialLikelihood({ times, events, rows, latestFirst, efron }: CoxData, beta: Float64Array): CoxPoint {
  const columns = beta.length;
  const atRisk = new RiskSums(columns);
  const gradient = new Float64Array(columns);
  const information = Matrix.zeros(columns, columns);
  let logLikelihood = 0;
  for (let start = 0; start < latestFirst.length;) {
    const time = times[latestFirst[start] ?? 0];
    const dying = new RiskSums(columns);
    let deaths = 0;
    for (; start < latestFirst.length && times[latestFirst[start] ?? 0] === time; start++) {
      const i = latestFirst[start] ?? 0;
      const row = rows[i] ?? [];
      const logRisk = row.reduce((t, x, k) => t + x * (beta[k] ?? 0), 0);
      atRisk.add(row, Math.exp(logRisk));
      if (events[i] !== 1) continue;
      deaths++;
      dying.add(row, Math.exp(logRisk));
      logLikelihood += logRisk;
      row.forEach((x, k) => (gradient[k] = (gradient[k] ?? 0) + x));
    }
    for (let death = 0; death < deaths; death++) {
      const gone = efron ? death / deaths : 0;
      const total = atRisk.total - gone * dying.total;
      logLikelihood -= Math.log(total);
      const mean = atRisk.first.map((x, k) => (x - gone * (dying.first[k] ?? 0)) / total);
      mean.forEach((m, k) => {
        gradient[k] = (gradient[k] ?? 0) - m;
        for (let l = 0; l < columns; l++) {
          const at = k * columns + l;
          const square = ((atRisk.second[at] ?? 0) - gone * (dying.second[at] ?? 0)) / total;
          information.set(k, l, information.get(k, l) + square - m * (mean[l] ?? 0));
        }
      });
    }
  }
  return { beta, logLikelihood, gradient, information: symmetrised(information) };
}

/** Rounding may leave the two halves a last digit apart, which a factorisation would not accept. */
function symmetrised(m: Matrix): Matrix {
  return Matrix.add(m, m.transpose()).mul(0.5);
}

function climb(data: CoxData, from: CoxPoint, step: Float64Array): CoxPoint | null {
  const slack = 1e-13 * (1 + Math.abs(from.logLikelihood));
  let share = 1;
  for (let halving = 0; halving < 40; halving++, share /= 2) {
    const next = partialLikelihood(
      data,
      from.beta.map((b, k) => b + share * (step[k] ?? 0)),
    );
    if (next.logLikelihood >= from.logLikelihood - slack) return next;
  }
  return null;
}

function separated(): Refused<"separated"> {
  return refuse("separated", "a covariate orders the events perfectly; its hazard ratio has no finite estimate yet");
}
