import type { Decision } from "../decisions/decision.ts";
import { decide, type DecisionRequest } from "../decisions/decide.ts";
import type { DecisionFrame } from "../decisions/plan.ts";
import type { DecisionId } from "../ids.ts";
import type { Instant } from "../time.ts";

/** Baselines that are kept until they can be recorded: some minutes of a busy day. */
const WAITING_MAX = 100_000;

/** A baseline that was answered, and whether for the first time. */
interface Spare {
  readonly decision: Decision;
  readonly isNew: boolean;
}

/** What is answered while the state store is away: baselines, each saying why, written down when it is back. */
export interface Spares {
  /** The frame that serves baselines only; the same one as long as frame and reason are, so that it is planned once. */
  readonly frame: (of: DecisionFrame, because: string) => DecisionFrame;
  /** The baseline for a unit, the same one until it is recorded; null where no lever answers at the point. */
  readonly answer: (of: DecisionFrame, request: DecisionRequest, now: Instant) => Spare | null;
  readonly waiting: () => number;
  readonly record: (write: (decisions: readonly Decision[]) => Promise<unknown>) => Promise<void>;
}

export function openSpares(): Spares {
  let made: { readonly of: DecisionFrame; readonly frame: DecisionFrame } | null = null;
  const waiting = new Map<DecisionId, Decision>();
  const frameFor = (of: DecisionFrame, because: string): DecisionFrame => {
    if (made?.of !== of || made.frame.baselineBecause !== because)
      made = { of, frame: { ...of, baselineBecause: because } };
    return made.frame;
  };
  return {
    frame: frameFor,
    answer: (of, request, now) => {
      const outcome = decide(frameFor(of, "the state store does not take decisions"), request, now);
      if (outcome.kind === "refused") return null;
      const { decision } = outcome;
      const known = waiting.get(decision.id);
      if (known !== undefined) return { decision: known, isNew: false };
      // Beyond that they are answered all the same, and lost: selling goes on.
      if (waiting.size < WAITING_MAX) waiting.set(decision.id, decision);
      return { decision, isNew: true };
    },
    waiting: () => waiting.size,
    record: async (write) => {
      const decisions = [...waiting.values()];
      if (decisions.length === 0) return;
      await write(decisions);
      for (const { id } of decisions) waiting.delete(id);
    },
  };
}
