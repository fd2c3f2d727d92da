import type { Adapter, Adapters } from "./adapter.ts";
import { bayesianAdapters } from "./bayesian-adapters.ts";
import { comparisonAdapters } from "./comparison-adapters.ts";
import { confoundingAdapters } from "./confounding-adapters.ts";
import { empiricalBayesAdapters } from "./empirical-bayes-adapters.ts";
import { multipleTestingAdapters } from "./multiple-testing-adapters.ts";
import { offPolicyAdapters } from "./off-policy-adapters.ts";
import { onlineFdrAdapters } from "./online-fdr-adapters.ts";
import { powerAdapters } from "./power-adapters.ts";
import { predictionAdapters } from "./prediction-adapters.ts";
import { survivalAdapters } from "./survival-adapters.ts";
import { causalAdapters } from "./causal-adapters.ts";
import { guardrailAdapters } from "./guardrail-adapters.ts";
import { groupSequentialAdapters } from "./group-sequential-adapters.ts";
import { driftAdapters } from "./drift-adapters.ts";
import { panelAdapters } from "./panel-adapters.ts";
import { banditAdapters } from "./bandit-adapters.ts";
import { ratioAdapters } from "./ratio-adapters.ts";
import { regressionAdapters } from "./regression-adapters.ts";
import { sampleRatioAdapters } from "./sample-ratio-adapters.ts";
import { sequentialAdapters } from "./sequential-adapters.ts";
import { specialFunctionAdapters } from "./special-function-adapters.ts";
import { strataAdapters } from "./strata-adapters.ts";

const TOPICS: readonly Adapters[] = [
  specialFunctionAdapters,
  comparisonAdapters,
  sequentialAdapters,
  sampleRatioAdapters,
  empiricalBayesAdapters,
  bayesianAdapters,
  multipleTestingAdapters,
  offPolicyAdapters,
  confoundingAdapters,
  onlineFdrAdapters,
  powerAdapters,
  ratioAdapters,
  strataAdapters,
  regressionAdapters,
  predictionAdapters,
  survivalAdapters,
  causalAdapters,
  guardrailAdapters,
  groupSequentialAdapters,
  driftAdapters,
  panelAdapters,
  banditAdapters,
];

/** Every supported operation. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(TOPICS.flatMap((topic) => Object.entries(topic)));
