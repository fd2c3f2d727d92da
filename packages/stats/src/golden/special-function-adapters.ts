import { lambertWm1 } from "../numerics/lambert-w.ts";
import { noncentralTSf } from "../numerics/noncentral-t.ts";
import {
  betaCdf,
  betaQuantile,
  chiSquaredSf,
  digamma,
  fSf,
  gammaP,
  gammaQ,
  kolmogorovSf,
  logBeta,
  logGamma,
  normalCdf,
  normalLogSf,
  normalQuantile,
  normalSf,
  tQuantile,
  tSf,
  tTwoSidedP,
} from "../numerics/special-functions.ts";
import type { Adapter, Adapters } from "./adapter.ts";
import { nums } from "./json.ts";

/** Applies a function to the arrays named, element by element. */
function elementwise(keys: readonly string[], f: (...xs: readonly number[]) => number): Adapter {
  return (inputs) => {
    const columns = keys.map((key) => nums(inputs, key));
    return { value: (columns[0] ?? []).map((_, i) => f(...columns.map((column) => column[i] ?? NaN))) };
  };
}

function unary(key: string, f: (x: number) => number): Adapter {
  return elementwise([key], (x = NaN) => f(x));
}

function binary(keys: readonly [string, string], f: (a: number, b: number) => number): Adapter {
  return elementwise(keys, (a = NaN, b = NaN) => f(a, b));
}

function ternary(keys: readonly [string, string, string], f: (a: number, b: number, c: number) => number): Adapter {
  return elementwise(keys, (a = NaN, b = NaN, c = NaN) => f(a, b, c));
}

export const specialFunctionAdapters: Adapters = {
  "normal.cdf": unary("x", normalCdf),
  "normal.sf": unary("x", normalSf),
  "normal.logsf": unary("x", normalLogSf),
  "normal.ppf": unary("p", normalQuantile),
  "t.sf": binary(["t", "df"], tSf),
  "t.two_sided_p": binary(["t", "df"], tTwoSidedP),
  "t.ppf": binary(["p", "df"], tQuantile),
  "chi2.sf": binary(["x", "df"], chiSquaredSf),
  "f.sf": ternary(["x", "df1", "df2"], fSf),
  "beta.cdf": ternary(["x", "a", "b"], betaCdf),
  "beta.ppf": ternary(["p", "a", "b"], betaQuantile),
  "gamma.P": binary(["a", "x"], gammaP),
  "gamma.Q": binary(["a", "x"], gammaQ),
  lbeta: binary(["a", "b"], logBeta),
  lgamma: unary("x", logGamma),
  digamma: unary("x", digamma),
  lambertw_m1: unary("x", lambertWm1),
  "kolmogorov.sf": unary("x", kolmogorovSf),
  "noncentral_t.sf": ternary(["t", "df", "ncp"], noncentralTSf),
};
