import { describe, expect, it } from "vitest";
import { anytimeArithmetic, anytimeEdges } from "./anytime/edge-inputs.fixture.ts";
import { banditArithmetic, banditEdges } from "./bandits/edge-inputs.fixture.ts";
import { bayesArithmetic, bayesEdges } from "./bayes/edge-inputs.fixture.ts";
import { cohortArithmetic, cohortEdges } from "./cohorts/edge-inputs.fixture.ts";
import { designArithmetic, designEdges } from "./design/edge-inputs.fixture.ts";
import { driftArithmetic, driftEdges } from "./drift/edge-inputs.fixture.ts";
import { expectHonest } from "./honest-answer.contract.ts";
import * as stats from "./index.ts";
import { multiplicityArithmetic, multiplicityEdges } from "./multiplicity/edge-inputs.fixture.ts";
import { numericsArithmetic, numericsEdges } from "./numerics/edge-inputs.fixture.ts";
import { observationalArithmetic, observationalEdges } from "./observational/edge-inputs.fixture.ts";
import { offPolicyArithmetic, offPolicyEdges } from "./off-policy/edge-inputs.fixture.ts";
import { predictionArithmetic, predictionEdges } from "./prediction/edge-inputs.fixture.ts";
import { survivalArithmetic, survivalEdges } from "./survival/edge-inputs.fixture.ts";
import { textArithmetic, textEdges } from "./text/edge-inputs.fixture.ts";

const EDGES = {
  ...numericsEdges,
  ...cohortEdges,
  ...anytimeEdges,
  ...bayesEdges,
  ...multiplicityEdges,
  ...offPolicyEdges,
  ...banditEdges,
  ...predictionEdges,
  ...textEdges,
  ...survivalEdges,
  ...observationalEdges,
  ...driftEdges,
  ...designEdges,
};

const ARITHMETIC = {
  ...numericsArithmetic,
  ...cohortArithmetic,
  ...anytimeArithmetic,
  ...bayesArithmetic,
  ...multiplicityArithmetic,
  ...offPolicyArithmetic,
  ...banditArithmetic,
  ...predictionArithmetic,
  ...textArithmetic,
  ...survivalArithmetic,
  ...observationalArithmetic,
  ...driftArithmetic,
  ...designArithmetic,
};

/** Not estimators: they build an answer or a brand, and have tests of their own. */
const PLUMBING = ["err", "ok", "refuse", "parseProbability", "parsePropensity", "probability", "propensity"];

describe("with no units, one unit, no spread, all converted, 10¹² units, NaN and infinities", () => {
  it.each(Object.entries(EDGES))("%s answers honestly or refuses with a reason", (name, calls) => {
    expect(calls.length).toBeGreaterThan(0);
    for (const [index, call] of calls.entries()) {
      const answer = call();
      if (!(name in ARITHMETIC && Number.isNaN(answer))) expectHonest(answer, `${name}[${index}]`);
    }
  });

  it("is tried on every exported function", () => {
    const functions = Object.entries(stats).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    expect(functions.filter((name) => !(name in EDGES) && !PLUMBING.includes(name))).toEqual([]);
  });

  it("calls arithmetic only what is exported", () => {
    expect(Object.keys(ARITHMETIC).filter((name) => !(name in stats))).toEqual([]);
  });
});
