import type { Decision } from "@ratchet/engine";
import type { AppContext } from "../context.ts";
import { findDecision } from "../decisions/look-up.ts";
import { ProblemError } from "../http/problem-error.ts";

/** The decision that an agent names. @throws ProblemError that says how to come by one. */
export async function namedDecision(context: AppContext, id: string): Promise<Decision> {
  try {
    return await findDecision(context, id);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(
      error.code,
      "there is no decision of this id; use the decision_id that get_decision or next_leads gave you",
    );
  }
}
