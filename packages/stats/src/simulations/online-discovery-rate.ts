import {
  addis,
  alphaInvesting,
  alphaSpending,
  beginTest,
  eLond,
  lond,
  londDependent,
  lordDependent,
  lordDiscarding,
  lordPlusPlus,
  lordThree,
  mersenneRng,
  noOnlineTests,
  normalDraw,
  normalSf,
  rememberOutcome,
  saffron,
  testOnline,
  type Draw,
  type OnlineProcedure,
  type Refused,
  type Rng,
} from "../index.ts";
import { counted, type DiscoveryRates } from "./batch-discovery-rate.ts";

const [ALPHA, SHIFT] = [0.1, 3];

/** Procedures for independent p-values, and those for any dependence. */
const INDEPENDENT: Readonly<Record<string, OnlineProcedure>> = {
  "LORD++": lordPlusPlus(ALPHA),
  "LORD 3": lordThree(ALPHA),
  "LORD, discarding": lordDiscarding(ALPHA),
  SAFFRON: saffron(ALPHA),
  ADDIS: addis(ALPHA),
  "alpha-investing": alphaInvesting(ALPHA),
  LOND: lond(ALPHA),
};
const DEPENDENT: Readonly<Record<string, OnlineProcedure>> = {
  "LOND, any dependence": londDependent(ALPHA),
  "LORD, any dependence": lordDependent(ALPHA),
  "alpha-spending": alphaSpending(ALPHA),
};
const LATE: readonly string[] = ["LORD++", "SAFFRON", "ADDIS", "LOND"];

export const INDEPENDENT_METHODS: readonly string[] = Object.keys(INDEPENDENT);
export const LATE_METHODS: readonly string[] = LATE.map((name) => `${name}, late outcomes`);
export const DEPENDENT_METHODS: readonly string[] = [...Object.keys(DEPENDENT), "e-LOND"];

/** A stream of tests: how many, the share with an effect, and how much noise each shares with the nine around it. */
export interface Stream {
  readonly tests: number;
  readonly effectShare: number;
  readonly correlation: number;
}

/**
 * False discoveries of online procedures at alpha = 0.1 over a stream of tests: one-sided p-values of normal scores, shifted by 3 where
 * there is an effect. With late outcomes every test's p-value comes only when five more tests have begun. e-LOND gets the e-values of
 * the likelihood ratio against the shift.
 */
export function onlineDiscoveryRate({
  seed,
  runs,
  ...stream
}: Stream & { readonly seed: number; readonly runs: number }): DiscoveryRates {
  const rng = mersenneRng(seed);
  const draw = normalDraw(rng, { mean: 0, standardDeviation: 1 });
  let rates: DiscoveryRates = {};
  for (let run = 0; run < runs; run++) {
    const { isEffect, scores } = drawStream(rng, draw, stream);
    const ps = scores.map(normalSf);
    const found: Record<string, readonly boolean[]> = { "e-LOND": byEvidence(scores) };
    for (const [method, procedure] of Object.entries({ ...INDEPENDENT, ...DEPENDENT }))
      found[method] = inTime(procedure, ps);
    for (const name of LATE) {
      const procedure = INDEPENDENT[name];
      if (procedure !== undefined) found[`${name}, late outcomes`] = late(procedure, ps);
    }
    rates = Object.fromEntries(
      Object.entries(found).map(([method, rejected]) => [method, counted(rates[method], rejected, isEffect)]),
    );
  }
  return rates;
}

function drawStream(
  rng: Rng,
  draw: Draw,
  { tests, effectShare, correlation }: Stream,
): { readonly isEffect: readonly boolean[]; readonly scores: readonly number[] } {
  const isEffect = Array.from({ length: tests }, () => rng.next() < effectShare);
  const shared = Array.from({ length: Math.ceil(tests / 10) }, () => Math.sqrt(correlation) * draw());
  const scores = isEffect.map(
    (effect, i) => (effect ? SHIFT : 0) + (shared[Math.floor(i / 10)] ?? 0) + Math.sqrt(1 - correlation) * draw(),
  );
  return { isEffect, scores };
}

function inTime(procedure: OnlineProcedure, ps: readonly number[]): readonly boolean[] {
  let tests = noOnlineTests;
  return ps.map((p) => {
    const decision = answered(testOnline(procedure, tests, p));
    tests = decision.tests;
    return decision.rejected;
  });
}

function byEvidence(scores: readonly number[]): readonly boolean[] {
  let tests = noOnlineTests;
  return scores.map((z) => {
    const decision = answered(eLond(tests, SHIFT * z - SHIFT ** 2 / 2, ALPHA));
    tests = decision.tests;
    return decision.rejected;
  });
}

const DELAY = 5;

function late(procedure: OnlineProcedure, ps: readonly number[]): readonly boolean[] {
  let tests = noOnlineTests;
  const levels: number[] = [];
  const outcome = (index: number): void => {
    const [pValue, level] = [ps[index], levels[index]];
    if (pValue === undefined || level === undefined) return;
    tests = answered(rememberOutcome(procedure, tests, { number: index + 1, pValue, level }));
  };
  ps.forEach((_, i) => {
    const begun = answered(beginTest(procedure, tests));
    tests = begun.tests;
    levels.push(begun.level);
    outcome(i - DELAY);
  });
  return ps.map((p, i) => p <= (levels[i] ?? NaN));
}

function answered<T extends object>(answer: T | Refused): Exclude<T, Refused> | T {
  if ("reason" in answer) throw new Error(`refused: ${answer.reason}`);
  return answer;
}
