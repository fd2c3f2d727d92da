import { explainStored, parseDecisionId, projectInbox, type Decision } from "@ratchet/engine";
import type { DecisionDetailView } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";
import { decisionDetailView, withExecutions } from "../views/decision-view.ts";
import { recordView } from "../views/record-view.ts";

/** Executions that are read for a page of decisions. */
const EXECUTIONS_SHOWN = 5000;

/** From the state store while it is fresh, else from the facts. @throws ProblemError `decision.not_found`. */
export async function findDecision({ stores }: AppContext, id: string): Promise<Decision> {
  const parsed = parseDecisionId(id);
  if (parsed.kind === "err") throw unknownDecision(id);
  const found = (await stores.state.servedDecision(parsed.value)) ?? (await stores.facts.decision(parsed.value));
  if (found === null) throw unknownDecision(id);
  return found;
}

export function unknownDecision(id: string): ProblemError {
  return new ProblemError("decision.not_found", `there is no decision "${id}"; list them with GET /v1/decisions`);
}

/** A decision with what it was made from and what became of it, as far as the facts store says so. */
export async function decisionInFull(context: AppContext, decision: Decision): Promise<DecisionDetailView> {
  const { state, facts } = context.stores;
  try {
    await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
    const [view] = await carriedOut(context, [decision]);
    return { ...(view ?? decisionDetailView(decision)), ...(await why(context, decision)) };
  } catch (error) {
    // A decision is looked up also where the facts do not answer; only what became of it is not known then.
    context.log.warn({ err: error }, "the facts store does not say what became of a decision");
    return { ...decisionDetailView(decision), ...(await why(context, decision)) };
  }
}

/** What a decision was made from; nothing where there is no record of it. */
async function why({ workspace }: AppContext, decision: Decision): Promise<Pick<DecisionDetailView, "record">> {
  const { record } = decision;
  return record === undefined ? {} : { record: recordView(record, await explainStored(workspace.current(), decision)) };
}

/** Decisions with what became of them. */
export async function carriedOut(
  { stores }: AppContext,
  decisions: readonly Decision[],
): Promise<readonly DecisionDetailView[]> {
  const decisionIds = decisions.map(({ id }) => id);
  const executions = await stores.facts.executions({ decisionIds, limit: EXECUTIONS_SHOWN });
  return decisions.map((decision) =>
    withExecutions(
      decisionDetailView(decision),
      executions.filter(({ decisionId }) => decisionId === decision.id),
    ),
  );
}
