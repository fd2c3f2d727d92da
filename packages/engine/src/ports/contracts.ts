/**
 * What a driver of a port must promise, as test suites to run against it. For tests: it needs vitest and fast-check.
 */
export { specifyStateStore, type OpenedStateStore, type StateStoreLacks } from "./state-store.contract.ts";
export { specifyFactsStore, type FactsStoreLacks, type OpenedFactsStore } from "./facts-store.contract.ts";
export { exampleExecution, executionItem } from "./executions.contract.ts";
export {
  decisionItem,
  exampleDecision,
  exampleMetric,
  exampleSignal,
  signalItem,
  START_MS,
} from "./example-facts.contract.ts";
export { randomFacts, type RandomFacts } from "./measure.contract.ts";
