import { addis, addisSpending } from "../multiplicity/addis.ts";
import {
  batchBenjaminiHochberg,
  batchPositivelyDependent,
  batchStorey,
  testBatch,
  type BatchDecision,
  type BatchProcedure,
} from "../multiplicity/batch-fdr.ts";
import { lond, londDependent } from "../multiplicity/lond.ts";
import { lordDependent, lordDiscarding, lordPlusPlus, lordThree } from "../multiplicity/lord.ts";
import { alphaSpending, onlineFallback } from "../multiplicity/online-familywise.ts";
import {
  beginTest,
  logarithmicShare,
  noOnlineTests,
  rememberOutcome,
  testOnline,
  type OnlineProcedure,
  type OnlineTests,
} from "../multiplicity/online-tests.ts";
import { alphaInvesting, saffron } from "../multiplicity/saffron.ts";
import type { Refused } from "../refused.ts";
import { accepted, type Adapter, type Adapters } from "./adapter.ts";
import { Disputed, num, numOr, nums, toNumber, type JsonObject, type Produced } from "./json.ts";

type Rule = (alpha: number, inputs: JsonObject) => OnlineProcedure;

function decisions(procedure: OnlineProcedure, pValues: readonly number[]) {
  let tests = noOnlineTests;
  return pValues.map((p) => {
    const decision = accepted(testOnline(procedure, tests, p));
    tests = decision.tests;
    return { level: decision.level, rejected: decision.rejected ? 1 : 0 };
  });
}

function online(procedure: Rule): Adapter {
  return (inputs) => {
    const decided = decisions(procedure(num(inputs, "alpha"), inputs), nums(inputs, "p"));
    return { alphai: decided.map((d) => d.level), R: decided.map((d) => d.rejected) };
  };
}

/** dt[i] is the test at whose beginning p-value i is known: outcomes come late and out of order. */
function asynchronous(procedure: Rule): Adapter {
  return (inputs) => {
    const rule = procedure(num(inputs, "alpha"), inputs);
    const [pValues, known] = [nums(inputs, "p"), nums(inputs, "dt")];
    let tests = noOnlineTests;
    const levels: number[] = [];
    pValues.forEach((_, i) => {
      const begun = accepted(beginTest(rule, tests));
      tests = begun.tests;
      levels.push(begun.level);
      pValues.forEach((pValue, j) => {
        if (known[j] !== i + 1) return;
        tests = remembered(rememberOutcome(rule, tests, { number: j + 1, pValue, level: levels[j] ?? NaN }));
      });
    });
    return { alphai: levels, R: pValues.map((p, i) => (p <= (levels[i] ?? NaN) ? 1 : 0)) };
  };
}

function remembered(answer: OnlineTests | Refused): OnlineTests {
  if ("kind" in answer) throw new Error(answer.message);
  return answer;
}

/** onlineFDR's LOND* multiplies by max(discoveries, 1) where its LOND has discoveries + 1. */
function londOfOriginal(alpha: number): OnlineProcedure {
  const { lambda, level } = lond(alpha);
  return {
    lambda,
    level: (past) => (level(past) * Math.max(1, past.rejected.length)) / (past.rejected.length + 1),
  };
}

/**
 * LORD 3 of onlineFDR 2.19.1 (lord.cpp, `W[i+1] = W[i] - phi + R[i-1]*b0`): a discovery is paid for two tests late, and the
 * beginning is paid for as if it were one. Its own earlier version in R and the paper pay at once, as we do.
 */
function lordThreeOfOriginal(pValues: readonly number[], alpha: number) {
  const [initialWealth, payout] = [alpha / 10, (alpha * 9) / 10];
  const rejected = [1];
  const held = [initialWealth];
  let last = 0;
  return pValues.map((p, i) => {
    const level = logarithmicShare(i + 1 - last) * (held[last] ?? NaN);
    const isRejected = p <= level ? 1 : 0;
    rejected.push(isRejected);
    const paid = i === 0 ? isRejected : (rejected[i - 1] ?? 0);
    held.push((held[i] ?? NaN) - level + paid * payout);
    if (isRejected === 1) last = i + 1;
    return { level, rejected: isRejected };
  });
}

function lordThreeWhereRight(inputs: JsonObject): ReturnType<Adapter> {
  const [pValues, alpha] = [nums(inputs, "p"), num(inputs, "alpha")];
  const theirs = lordThreeOfOriginal(pValues, alpha);
  const ours = decisions(lordThree(alpha), pValues);
  const orDisputed = (our: number, their: number): Produced =>
    Math.abs(our - their) <= 1e-9 * our
      ? our
      : new Disputed(our, (want) => Math.abs((toNumber(want) ?? NaN) - their) <= 1e-7 * their);
  return {
    alphai: ours.map(({ level }, i) => orDisputed(level, theirs[i]?.level ?? NaN)),
    R: ours.map(({ rejected }, i) => orDisputed(rejected, theirs[i]?.rejected ?? NaN)),
  };
}

function inBatches(procedure: (alpha: number, inputs: JsonObject) => BatchProcedure): Adapter {
  return (inputs) => {
    const rule = procedure(num(inputs, "alpha"), inputs);
    const [pValues, labels] = [nums(inputs, "p"), nums(inputs, "batch")];
    let past: BatchDecision["past"] = [];
    const decided = [...new Set(labels)]
      .toSorted((a, b) => a - b)
      .map((label) => {
        const decision = accepted(
          testBatch(
            rule,
            past,
            pValues.filter((_, i) => labels[i] === label),
          ),
        );
        past = decision.past;
        return decision;
      });
    return {
      R: decided.flatMap(({ rejected }) => rejected.map(Number)),
      alphai: decided.flatMap(({ level, rejected }) => rejected.map(() => level)),
    };
  };
}

const wealth = (inputs: JsonObject, otherwise: number) => numOr(inputs, "w0", otherwise);
const addisOf: Rule = (alpha, inputs) => {
  const [lambda, tau] = [numOr(inputs, "lambda", 0.25), numOr(inputs, "tau", 0.5)];
  return addis(alpha, { lambda, tau, initialWealth: numOr(inputs, "w0", (tau * lambda * alpha) / 2) });
};
const saffronOf: Rule = (alpha, inputs) =>
  saffron(alpha, { lambda: numOr(inputs, "lambda", 0.5), initialWealth: wealth(inputs, alpha / 2) });

export const onlineFdrAdapters: Adapters = {
  "online.LORD++": online((alpha, inputs) => lordPlusPlus(alpha, wealth(inputs, alpha / 10))),
  "online.LORD3": lordThreeWhereRight,
  "online.LORDdep": online((alpha) => lordDependent(alpha)),
  "online.LORDdiscard": online((alpha, inputs) =>
    lordDiscarding(alpha, { tau: numOr(inputs, "tau", 0.5), initialWealth: wealth(inputs, alpha / 10) }),
  ),
  "online.SAFFRON": online(saffronOf),
  "online.LOND": online((alpha) => lond(alpha)),
  "online.LONDdep": online((alpha) => londDependent(alpha)),
  "online.AlphaSpending": online((alpha) => alphaSpending(alpha)),
  "online.AlphaInvesting": online((alpha, inputs) => alphaInvesting(alpha, wealth(inputs, alpha / 2))),
  "online.OnlineFallback": online((alpha) => onlineFallback(alpha)),
  "online.ADDIS": online(addisOf),
  "online.ADDISspending": online((alpha, inputs) =>
    addisSpending(alpha, { lambda: numOr(inputs, "lambda", 0.25), tau: numOr(inputs, "tau", 0.5) }),
  ),
  "online.LORDstar.async": asynchronous((alpha, inputs) => lordPlusPlus(alpha, wealth(inputs, alpha / 10))),
  "online.SAFFRONstar.async": asynchronous(saffronOf),
  "online.LONDstar.async": asynchronous(londOfOriginal),
  "online.BatchBH": inBatches((alpha) => batchBenjaminiHochberg(alpha)),
  "online.BatchPRDS": inBatches((alpha) => batchPositivelyDependent(alpha)),
  "online.BatchStBH": inBatches((alpha, inputs) => batchStorey(alpha, { lambda: numOr(inputs, "lambda", 0.5) })),
};
