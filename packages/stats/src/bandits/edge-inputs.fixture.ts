import type { Arithmetic, EdgeTable } from "../honest-answer.contract.ts";

/** Calls at the edge of every exported function of this family. */
export const banditEdges: EdgeTable = {};

/** Functions of this family that are arithmetic on numbers, each with the reason. */
export const banditArithmetic: Arithmetic = {};
