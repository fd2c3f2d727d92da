/**
 * The only file that imports @stdlib, so that the build of this package can bundle that one file and nothing else.
 *
 * Names say what each does where @stdlib's are short; how far each can be trusted is written in `special-functions.ts`.
 */
export { default as regularisedBeta } from "@stdlib/math-base-special-betainc";
export { default as regularisedBetaInverse } from "@stdlib/math-base-special-betaincinv";
export { default as lnBeta } from "@stdlib/math-base-special-betaln";
export { default as psi } from "@stdlib/math-base-special-digamma";
export { default as erfc } from "@stdlib/math-base-special-erfc";
export { default as erfcInverse } from "@stdlib/math-base-special-erfcinv";
export { default as erfcx } from "@stdlib/math-base-special-erfcx";
export { default as regularisedGamma } from "@stdlib/math-base-special-gammainc";
export { default as lnGamma } from "@stdlib/math-base-special-gammaln";
export { default as betaDraws } from "@stdlib/random-base-beta";
export { default as gammaDraws } from "@stdlib/random-base-gamma";
export { default as normalDraws } from "@stdlib/random-base-normal";
export { default as studentQuantile } from "@stdlib/stats-base-dists-t-quantile";
