import { DAY_MS, instant } from "../time.ts";
import type { DataQuestion } from "./data-question.ts";
import type { FaultCount, FaultKind } from "./data-profile.ts";
import { dayOf } from "./day-counts.ts";
import {
  fine,
  finding,
  metricsCounting,
  noData,
  percent,
  type DataCheck,
  type DataReading,
  type Severity,
} from "./reading.ts";

/** From which share of a source's signals a fault is a warning, and from which it voids: facts, not guesses, so no test is needed. */
interface FaultRule {
  readonly check: DataCheck;
  readonly kinds: readonly FaultKind[];
  /** Signals that the share is of. */
  readonly among: (type: string, question: DataQuestion) => boolean;
  readonly warnShare: number;
  /** Above 1: never. */
  readonly criticalShare: number;
  readonly what: string;
  readonly effect: string;
  readonly fix: string;
}

const WARN_MIN = 5;
const CRITICAL_MIN = 20;
const everything = (): boolean => true;

const RULES: readonly FaultRule[] = [
  {
    check: "impossible-values",
    kinds: ["before_decision", "future", "negative_value", "probability_outside"],
    among: everything,
    warnShare: 0.005,
    criticalShare: 0.1,
    what: "cannot be (an outcome before its decision, a time to come, an amount below zero, a probability outside 0 to 1)",
    effect: "they count for nothing, or for the wrong decision",
    fix: "Look at the examples in the source's own records. Times that are off by whole hours are a time zone or a clock; amounts below zero are refunds that want a type of their own",
  },
  {
    check: "impossible-transitions",
    kinds: ["stage_mismatch", "won_reopened"],
    among: (type) => type === "stage_changed",
    warnShare: 0.02,
    criticalShare: 0.3,
    what: "move from a stage that the thing was not in, or move something that was won",
    effect: "the order of stages cannot be relied on",
    fix: "A bulk edit or a merge in the CRM does this; so do transitions that are sent without an id of the deal. Send opportunity_id or deal_id with each",
  },
  {
    check: "duplicates",
    kinds: ["duplicate"],
    among: everything,
    warnShare: 0.02,
    criticalShare: 0.2,
    what: "say what another signal says, under another message id",
    effect: "amounts are counted twice",
    fix: "Two connections of one system, or a sender that makes a new message id for each retry. Disable one of them (ratchet sources disable), and let the id be the event's own",
  },
];

/** What cannot be, what is told twice, and what leads nowhere: counted since yesterday, and over seven days. */
export function checkFaults(question: DataQuestion): readonly DataReading[] {
  const sources = question.profile.sources.map(({ source }) => source);
  return RULES.flatMap((rule) => sources.map((source) => readRule(question, rule, source)));
}

/** Signals that name a decision which is not there. */
export const ORPHANS: FaultRule = {
  check: "orphan-outcomes",
  kinds: ["no_such_decision"],
  among: everything,
  warnShare: 0.01,
  criticalShare: 0.2,
  what: "name a decision that is not there",
  effect: "they count for no decision, so everything looks less effective than it is",
  fix: "Another installation's decision ids, or ids that a tool cut short or changed in case. Send the decision_id exactly as it was answered",
};

export function readRule(question: DataQuestion, rule: FaultRule, source: string): DataReading {
  const { profile, now, metrics } = question;
  const looked = { check: rule.check, key: `${rule.check} ${source}`, source, subject: source };
  const today = dayOf(now);
  const spans = [instant(today - DAY_MS), instant(today - 6 * DAY_MS)].map((from) => {
    const faults = profile.faults.filter(
      (fault) => fault.source === source && fault.day >= from && rule.kinds.includes(fault.kind),
    );
    const n = profile.signals
      .filter((count) => count.source === source && count.day >= from && rule.among(count.type, question))
      .reduce((sum, count) => sum + count.n, 0);
    return { from, n, faults, k: faults.reduce((sum, fault) => sum + fault.n, 0) };
  });
  if (spans.every(({ n }) => n === 0)) return noData(looked, `${source} sent none of these in the last seven days`);
  const judged = spans.map((span) => ({ ...span, severity: severityOf(rule, span) }));
  const worst = judged.toSorted((a, b) => rank(b.severity) - rank(a.severity))[0];
  if (worst?.severity === null || worst === undefined)
    return fine(looked, `0 of ${source}'s signals of the last seven days ${rule.what}`);
  const { severity, k, n, faults } = worst;
  return finding(looked, {
    severity,
    sentence: `${k} of ${n} signals of ${source} (${percent(k / n)}) ${rule.what}: ${countsOf(faults)}; ${rule.effect}`,
    metrics: metricsCounting(metrics, new Set(faults.map(({ type }) => type))),
    from: faults.reduce((first, { day }) => (day < first ? day : first), now),
    figures: { n, faults: k, share: k / n },
    examples: [...new Set(faults.toReversed().flatMap(({ examples }) => examples))].slice(0, 3),
    fix: rule.fix,
  });
}

const SEVERITIES: readonly (Severity | null)[] = [null, "info", "warning", "critical"];
const rank = (severity: Severity | null): number => SEVERITIES.indexOf(severity);

function severityOf(rule: FaultRule, { n, k }: { readonly n: number; readonly k: number }): Severity | null {
  if (k === 0) return null;
  const share = k / n;
  if (k >= CRITICAL_MIN && share >= rule.criticalShare) return "critical";
  return k >= WARN_MIN && share >= rule.warnShare ? "warning" : "info";
}

/** `12 future, 3 negative value`. */
function countsOf(faults: readonly FaultCount[]): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const n = faults.filter((fault) => fault.kind === kind).reduce((sum, fault) => sum + fault.n, 0);
      return `${n} ${kind.replaceAll("_", " ")}`;
    })
    .join(", ");
}
