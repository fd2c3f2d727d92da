import { DO_OWN_THING } from "../decisions/decide.ts";
import type { Decision } from "../decisions/decision.ts";
import { eligibilityCheck, type EligibilityCheck, type Withheld } from "../decisions/eligibility/eligible.ts";
import { STARTING_RULES, type EligibilityRules } from "../decisions/eligibility/rules.ts";
import { TouchBook, type TouchNews } from "../decisions/eligibility/touch-book.ts";
import { effectOf, longestWindowMs, touchOf } from "../decisions/eligibility/touch.ts";
import type { Execution, ExecutionReport } from "../decisions/execution.ts";
import { DO_NOTHING, type EligibilityQuestion, type EligibilityRule } from "../decisions/funnel.ts";
import type { FactsStore } from "../ports/facts-store.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { ConsentBook } from "../signals/consent-book.ts";
import { instant, later, type Instant } from "../time.ts";
import { projectInbox } from "./project-inbox.ts";

/** Facts that are read at once while the counters are rebuilt. */
const PAGE = 10_000;
/** Pages of it: more than the counters can hold. */
const PAGES_MAX = 400;
/** A facts store that failed is not asked again sooner, in ms. */
const RETRY_MS = 30_000;

/** Who asks about a decision that stands, and when. */
export type Told = Pick<EligibilityQuestion, "leverKind" | "recipient" | "now">;

/** What the decision path knows of the world beside the request, kept in memory for one workspace. */
export class StandingKeeper {
  readonly #consents: Pick<ConsentBook, "of"> | null;
  #rules: EligibilityRules = STARTING_RULES;
  #check: EligibilityCheck | null = null;
  #book = new TouchBook({ keepMs: 0, complete: true });
  #rebuilding: Promise<void> | null = null;
  #triedAt = -Infinity;
  #isComplete = true;

  /** @param consents - null: nobody ever said anything, as in a simulation. */
  constructor(consents: Pick<ConsentBook, "of"> | null) {
    this.#consents = consents;
  }

  /** Rules came into force. Counters are kept where no longer window is asked about than before. */
  adopt(rules: EligibilityRules | undefined): void {
    this.#rules = rules ?? STARTING_RULES;
    const keepMs = longestWindowMs(this.#rules);
    if (keepMs > this.#book.keepMs) {
      this.#book = new TouchBook({ keepMs, complete: false });
      this.#isComplete = false;
      this.#triedAt = -Infinity;
    }
    const consents = this.#consents;
    const asksNothing = consents === null && rules === undefined;
    this.#check = asksNothing
      ? null
      : eligibilityCheck(this.#rules, {
          consents: (refs) => (consents === null ? [] : consents.of(refs)),
          contacts: (asked) => this.#book.contacts(asked),
          assignments: (asked) => this.#book.assignments(asked),
        });
  }

  /** What the decision path asks; undefined where there is nothing to ask. */
  get rule(): EligibilityRule | undefined {
    return this.#check?.rule;
  }

  /**
   * What a decision uses up, taken as it is made. Only what is acted on counts.
   *
   * @returns how to give it back, where another decision turns out to stand under its id; null where nothing was taken.
   */
  reserve(decision: Decision): (() => void) | null {
    const touch = this.#touchOf(decision);
    if (touch === null || !this.#book.reserve(touch)) return null;
    return () => this.#book.withdraw(touch.decision);
  }

  /** As `reserve`, for what is only shown: it uses nothing up until somebody takes it up. */
  offer(decision: Decision): (() => void) | null {
    const touch = this.#touchOf(decision);
    if (touch === null || !this.#book.offer(touch)) return null;
    return () => this.#book.withdraw(touch.decision);
  }

  /** Whether a decision uses something up that counts already. */
  isTaken(decision: Decision): boolean {
    return this.#touchOf(decision) !== null && !this.#book.isOffered(decision.id);
  }

  /**
   * Somebody acts on a decision that was only offered: what it uses up is taken now, in the same moment in which every rule is asked once
   * more, for others may have used it up meanwhile.
   *
   * @returns why it may not be acted on any more; whether anything was taken.
   */
  takeUp(decision: Decision, told: Told): Withheld | boolean {
    if (!this.#book.isOffered(decision.id)) return false;
    const question = questionOf(decision, told);
    const [stage] = (question === null ? undefined : this.#check?.rule(question))?.funnel.stages ?? [];
    if (stage !== undefined) return { rule: stage.rule, why: stage.removed[0]?.why ?? "not eligible" };
    this.#book.report(decision.id, "exposed");
    return true;
  }

  /** What became of decisions: contacts that did not happen are given back, and work that was done is open no longer. */
  report(executions: readonly Execution[]): void {
    for (const { decisionId, report } of executions) {
      this.#book.report(decisionId, this.#newsOf(report));
    }
  }

  /** Why an earlier decision's action may not be carried out now; null where nothing speaks against it. */
  withheld(decision: Decision, told: Told): Withheld | null {
    const question = questionOf(decision, told);
    return question === null || this.#check === null ? null : this.#check.withheld(question, decision.action);
  }

  /** Reads the counters' history, where it is not in yet; once at a time, and not again soon after a failure. */
  async rebuild(stores: {
    readonly state: StateStore;
    readonly facts: FactsStore;
    readonly clock: () => Instant;
  }): Promise<void> {
    if (this.#isComplete) return;
    this.#rebuilding ??= this.#readHistory(stores).finally(() => {
      this.#rebuilding = null;
    });
    return this.#rebuilding;
  }

  /** As `rebuild`, in the background, from a path that must not wait. Its failures leave the counters unknown, which is seen in funnels. */
  rebuildSoon(stores: Parameters<StandingKeeper["rebuild"]>[0]): void {
    if (this.#isComplete || this.#rebuilding !== null || stores.clock() - this.#triedAt < RETRY_MS) return;
    void this.rebuild(stores).catch(() => {});
  }

  async #readHistory(stores: Parameters<StandingKeeper["rebuild"]>[0]): Promise<void> {
    const { facts, clock } = stores;
    this.#triedAt = clock();
    const book = this.#book;
    await projectInbox(stores, { maxItems: 20_000, maxSegments: 1000 });
    const since = later(clock(), -book.keepMs);
    await inPages(async (until) => {
      const page = await facts.decisions({
        source: "engine",
        since,
        limit: PAGE,
        ...(until === null ? {} : { until }),
      });
      for (const decision of page) {
        const touch = this.#touchOf(decision);
        if (touch !== null) book.reserve(touch);
      }
      return page.map(({ decidedAt }) => decidedAt);
    });
    await inPages(async (until) => {
      const page = await facts.executions({ since, limit: PAGE, ...(until === null ? {} : { until }) });
      this.report(page);
      return page.map(({ occurredAt }) => occurredAt);
    });
    if (book !== this.#book) return;
    book.setComplete(true);
    this.#isComplete = true;
  }

  #touchOf(decision: Decision): ReturnType<typeof touchOf> {
    const { record, source, cohort } = decision;
    if (record === undefined || source !== "engine" || cohort === "business-as-usual") return null;
    return touchOf(this.#rules, {
      ...decision,
      lever: record.lever,
      recipient: record.recipient ?? { person: null, account: null },
      ...(record.sendAt === undefined ? {} : { sendAt: record.sendAt }),
    });
  }

  #newsOf(report: ExecutionReport): TouchNews {
    switch (report.kind) {
      case "offered":
        return "offered";
      case "exposed":
      case "delivered":
        return "exposed";
      case "worked":
        return "worked";
      case "suppressed":
      case "skipped":
        return "released";
      case "overridden":
        // Whoever did something else instead may have contacted all the same: unless it is known to be nothing, it counts.
        return report.didInstead === null || this.#isNothing(report.didInstead) ? "released" : "exposed";
    }
  }

  #isNothing(action: string): boolean {
    if (action === DO_NOTHING) return true;
    const stated = Object.keys(this.#rules.effects).map((lever) => effectOf(this.#rules, lever, action));
    const known = stated.filter((effect) => effect !== undefined);
    return known.length > 0 && known.every(({ kind }) => kind === "nothing");
  }
}

/** What is asked about a decision that stands, as it would be carried out now; null where it is nothing to carry out. */
function questionOf(decision: Decision, { recipient, leverKind, now }: Told): EligibilityQuestion | null {
  const { record, action } = decision;
  if (record === undefined || action === DO_NOTHING || action === DO_OWN_THING) return null;
  return {
    lever: record.lever,
    point: decision.point,
    unitId: decision.unitId,
    ...(recipient === undefined ? {} : { recipient }),
    ...(leverKind === undefined ? {} : { leverKind }),
    context: decision.context,
    candidates: [action],
    // A contact that was put off goes out later: it is asked about then, by whoever sends it.
    now: record.sendAt !== undefined && record.sendAt > now ? record.sendAt : now,
  };
}

/** Reads pages from the newest back; each begins at the moment at which the one before ended, and shares what happened at it. */
async function inPages(read: (until: Instant | null) => Promise<readonly Instant[]>): Promise<void> {
  let until: Instant | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const times: readonly Instant[] = await read(until);
    const last = times.at(-1);
    if (times.length < PAGE || last === undefined) return;
    if (last === until)
      throw new Error(`more than ${PAGE} facts of one moment (${until}): the counters cannot be rebuilt`);
    until = instant(last);
  }
  throw new Error("the counters cannot hold so many facts");
}
