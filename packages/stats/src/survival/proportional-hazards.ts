import { scaledCholesky } from "../numerics/scaled-cholesky.ts";
import { denseRows, rowCount, type DenseRows, type Rows } from "../prediction/dense-rows.ts";
import { refuse, type Refused } from "../refused.ts";
import { partialLikelihood, type CoxData, type CoxPoint } from "./partial-likelihood.ts";
import { byStratum } from "./log-rank.ts";
import { byTime, survivalFault, type SurvivalInput } from "./survival-data.ts";

/** Covariates of the units, one row each, none constant. Strata by any number: each has a baseline hazard of its own. */
export interface HazardsInput extends SurvivalInput {
  readonly rows: Rows;
  readonly strata?: ArrayLike<number>;
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
 * Cox's proportional hazards: log hazard ratios by Newton's method with step halving. O(n·k²) an iteration.
 *
 * @returns `too-few` without an event, `separated` when the partial likelihood has no finite maximum, `collinear` when columns are
 * combinations of each other or constant, `invalid-input` otherwise.
 * @formula maximise Σ over events of [xᵢ·b − log Σ_{j at risk} exp(xⱼ·b)]; Efron: a tied event counts partly in the sets of the others
 * @assumes covariates multiply the hazard by the same factor at every time; censoring that tells nothing
 * @see Cox (1972), "Regression models and life-tables"; Efron (1977), "The efficiency of Cox's likelihood function for censored
 * data"; Breslow (1974), "Covariance analysis of censored survival data".
 * @example
 * const fit = proportionalHazards({ times: [1, 2, 3, 4], events: [1, 1, 1, 1], rows: [[0], [1], [1], [0]] });
 * fit.coefficients[0] // => 0.481212
 */
export function proportionalHazards(
  { times, events, rows, strata }: HazardsInput,
  { ties = "efron" }: { readonly ties?: Ties } = {},
): HazardsFit | Refused<HazardsRefusal> {
  const fault = survivalFault(times, events, 1);
  if (fault !== null) return fault;
  const packed = denseRows(rows);
  if (packed === null || rowCount(rows) !== times.length || (strata ?? times).length !== times.length)
    return refuse(
      "invalid-input",
      "every unit needs as many finite covariates as the others, and a stratum if any has one",
    );
  if (packed.columns === 0 || !Array.from(events).includes(1))
    return refuse("too-few", "needs a covariate and an event");
  const data = latestFirst({ times, events, rows: packed, strata }, ties);
  let at = partialLikelihood(data, new Float64Array(packed.columns));
  const nullLogLikelihood = at.logLikelihood;
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    const factored = scaledCholesky(at.information);
    if (factored === null) return iteration === 0 ? collinear() : separated();
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

/** Units packed stratum by stratum, the latest first in each, with centred covariates. */
function latestFirst(
  {
    times,
    events,
    rows,
    strata,
  }: SurvivalInput & { readonly rows: DenseRows; readonly strata: ArrayLike<number> | undefined },
  ties: Ties,
): CoxData {
  const n = times.length;
  const { columns, values } = rows;
  const means = columnMeans(rows, n);
  const order = byTime(times).reverse();
  const data = {
    times: new Float64Array(n),
    events: new Uint8Array(n),
    covariates: new Float64Array(n * columns),
    columns,
    strata: new Uint32Array(n),
    efron: ties === "efron",
  };
  let to = 0;
  let stratum = 0;
  for (const members of byStratum(order, strata)) {
    for (let k = 0; k < members.length; k++, to++) {
      const i = members[k] ?? 0;
      data.times[to] = times[i] ?? 0;
      data.events[to] = events[i] ?? 0;
      data.strata[to] = stratum;
      for (let c = 0; c < columns; c++)
        data.covariates[to * columns + c] = (values[i * columns + c] ?? 0) - (means[c] ?? 0);
    }
    stratum++;
  }
  return data;
}

/** Centring changes no coefficient but keeps exp(x·b) in range. */
function columnMeans({ values, columns }: DenseRows, n: number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < columns; c++) means[c] = (means[c] ?? 0) + (values[i * columns + c] ?? 0) / n;
  return means;
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

function collinear(): Refused<"collinear"> {
  return refuse("collinear", "a covariate is constant among those at risk, or a combination of the others");
}

function separated(): Refused<"separated"> {
  return refuse("separated", "a covariate orders the events perfectly; its hazard ratio has no finite estimate yet");
}
