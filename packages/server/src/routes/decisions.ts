import {
  parseDecisionId,
  parseUnitId,
  projectInbox,
  DO_NOTHING,
  trace,
  type Decision,
  type DecisionQuery,
  type LedgerEntry,
  type Recipient,
  type Surrogates,
} from "@ratchet/engine";
import {
  ROUTES,
  type DecisionDetailView,
  type DecisionListQuery,
  type DecisionRequest,
  type DecisionView,
} from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { actionBefore } from "../views/action-before.ts";
import { decisionDetailView, decisionView, withExecutions } from "../views/decision-view.ts";
import { traceView } from "../views/trace-view.ts";

const LISTED = 50;
/** Executions that are read for a page of decisions. */
const EXECUTIONS_SHOWN = 5000;

/** Deciding touches memory and the inbox only: a facts store that fails does not stop it. */
export function decisionRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "decide", async (c) => {
    const body = await readBody(c, ROUTES.decide.request);
    if (!("requests" in body)) return decideOne(context, body);
    return { decisions: await Promise.all(body.requests.map((request) => decideOne(context, request))) };
  });
  on(app, "decisions", async (c) => {
    const query = readQuery(c, ROUTES.decisions.query);
    const { state, facts } = context.stores;
    await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
    const [decisions, { decisions: total }] = [
      await facts.decisions(queryFrom(query, context.surrogates)),
      await facts.counts(),
    ];
    return { decisions: await carriedOut(context, decisions), total };
  });
  on(app, "decision", async (c) => {
    const decision = await findDecision(context, parameter(c, "decision_id"));
    const { state, facts } = context.stores;
    try {
      await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
      const [view] = await carriedOut(context, [decision]);
      return view ?? decisionDetailView(decision);
    } catch (error) {
      // A decision is looked up also where the facts do not answer; only what became of it is not known then.
      context.log.warn({ err: error }, "the facts store does not say what became of a decision");
      return decisionDetailView(decision);
    }
  });
  on(app, "trace", async (c) => {
    const { id } = await findDecision(context, parameter(c, "decision_id"));
    const workspace = context.workspace.current();
    const traced = await trace(workspace, id);
    if (traced === null) throw unknownDecision(id);
    const entries = await context.stores.state.ledger({});
    return traceView(traced, (changeId) => entriesAbout(entries, changeId), actionBefore(workspace, traced));
  });
}

/** Decisions with what became of them. */
async function carriedOut(
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

async function decideOne(context: AppContext, request: DecisionRequest): Promise<DecisionView> {
  const outcome = await context.workspace.current().decide({
    point: request.point,
    unitId: context.surrogates.unit(request.unit_id),
    context: request.context ?? {},
    recipient: recipientOf(context, request),
  });
  if (outcome.kind === "refused") throw new ProblemError("decision.unknown_point", outcome.message);
  context.projector.notice(1);
  // The caller gets the name back that it asked with.
  const view = { ...decisionView(outcome.decision), unit_id: request.unit_id };
  const { withheld } = outcome;
  if (withheld === undefined) return view;
  return { ...view, action: DO_NOTHING, withheld, reasons: [`Withheld: ${withheld.why}`, ...view.reasons].slice(0, 3) };
}

/** Opt-outs are looked for under every name that the request may mean; the unit stands for whoever is not named. */
function recipientOf({ people, surrogates }: AppContext, { unit_id, person, account }: DecisionRequest): Recipient {
  const refs = [...(person === undefined ? [] : people.refsOf(person)), ...people.refsOf(unit_id)];
  const named = person === undefined ? undefined : refs[0];
  return {
    refs,
    person: named ?? null,
    account: account === undefined ? null : surrogates.account({ accountId: account }),
  };
}

function queryFrom(
  { source, unit_id, playbook_version, limit }: DecisionListQuery,
  surrogates: Surrogates,
): DecisionQuery {
  const unit = unit_id === undefined ? null : parseUnitId(surrogates.unit(unit_id));
  return {
    limit: limit ?? LISTED,
    ...(source === undefined ? {} : { source }),
    ...(unit?.kind === "ok" ? { unitId: unit.value } : {}),
    ...(playbook_version === undefined ? {} : { playbookVersion: playbook_version }),
  };
}

/** From the state store while it is fresh, else from the facts. */
async function findDecision({ stores }: AppContext, id: string): Promise<Decision> {
  const parsed = parseDecisionId(id);
  if (parsed.kind === "err") throw unknownDecision(id);
  const found = (await stores.state.servedDecision(parsed.value)) ?? (await stores.facts.decision(parsed.value));
  if (found === null) throw unknownDecision(id);
  return found;
}

function unknownDecision(id: string): ProblemError {
  return new ProblemError("decision.not_found", `there is no decision "${id}"; list them with GET /v1/decisions`);
}

function entriesAbout(entries: readonly LedgerEntry[], changeId: string): readonly LedgerEntry[] {
  return entries.filter(({ body }) => "changeId" in body && body.changeId === changeId);
}
