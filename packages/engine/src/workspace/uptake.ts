import { DO_OWN_THING, type DecisionRequest } from "../decisions/decide.ts";
import type { Decision } from "../decisions/decision.ts";
import type { Withheld } from "../decisions/eligibility/eligible.ts";
import { executionKey, type ExecutionReport } from "../decisions/execution.ts";
import { DO_NOTHING } from "../decisions/funnel.ts";
import type { DecisionId } from "../ids.ts";
import type { InboxItem } from "../ports/state-store.ts";
import type { Instant } from "../time.ts";
import type { StandingKeeper, Told } from "./standing-keeper.ts";

/** Exposures that are remembered as written down: applications evaluate the same decision again and again. */
const REMEMBERED_MAX = 100_000;

type ExecutionItem = Extract<InboxItem, { readonly kind: "execution" }>;

/** Tells decisions that were only shown from those that somebody acts on, and writes both down. */
export class Uptake {
  readonly #standing: StandingKeeper;
  readonly #report: (items: readonly ExecutionItem[]) => Promise<unknown>;
  readonly #exposed = new Set<DecisionId>();

  constructor(standing: StandingKeeper, report: (items: readonly ExecutionItem[]) => Promise<unknown>) {
    this.#standing = standing;
    this.#report = report;
  }

  /**
   * A decision stands and is about to be answered.
   *
   * @param isNew - it was made by this very request.
   * @returns why it may not be acted on any more: what was free when it was offered has been used up.
   */
  async note(
    decision: Decision,
    {
      asking,
      isNew,
      told,
    }: { readonly asking: DecisionRequest["asking"]; readonly isNew: boolean; readonly told: Told },
  ): Promise<Withheld | null> {
    if (!isToActOn(decision)) return null;
    if (asking === "offer") {
      if (isNew && !this.#standing.isTaken(decision)) await this.#write(decision, "offered", told.now);
      return null;
    }
    const taken = this.#standing.takeUp(decision, told);
    if (typeof taken === "object") return taken;
    if ((taken || asking === "exposure") && !this.#exposed.has(decision.id)) {
      await this.#write(decision, "exposed", told.now);
      if (this.#exposed.size >= REMEMBERED_MAX) this.#exposed.clear();
      this.#exposed.add(decision.id);
    }
    return null;
  }

  /** Where it cannot be written, the decision stands all the same: it is written when it is asked for again. */
  async #write(decision: Decision, kind: "offered" | "exposed", now: Instant): Promise<void> {
    try {
      await this.#report([ownReport(decision.id, { kind }, now)]);
    } catch {
      // Whoever gets no answer may fall back to sending.
    }
  }
}

/** What the engine itself has to say of a decision, once: whoever asks again hears nothing new. */
export function ownReport(decisionId: DecisionId, report: ExecutionReport, now: Instant): ExecutionItem {
  const messageId = `${report.kind === "suppressed" ? "withheld" : report.kind}:${decisionId}`;
  return {
    kind: "execution",
    source: "engine",
    messageId: executionKey(messageId),
    execution: { source: "engine", messageId, decisionId, report, occurredAt: now, receivedAt: now },
    undated: true,
  };
}

function isToActOn({ action, record }: Decision): boolean {
  return action !== DO_NOTHING && action !== DO_OWN_THING && record?.mode !== "shadow";
}
