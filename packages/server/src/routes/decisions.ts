import {
  parseDecisionId,
  parseUnitId,
  projectInbox,
  DO_NOTHING,
  explainStored,
  replayStored,
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
  type DecisionGridRequest,
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
import { namelessContext } from "../people/nameless-state.ts";
import { actionBefore } from "../views/action-before.ts";
import { decisionDetailView, decisionView, withExecutions } from "../views/decision-view.ts";
import { recordView } from "../views/record-view.ts";
import { traceView } from "../views/trace-view.ts";

const LISTED = 50;
/** Executions that are read for a page of decisions. */
const EXECUTIONS_SHOWN = 5000;

/** Deciding touches memory and the inbox only: a facts store that fails does not stop it. */
export function decisionRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "decide", async (c) => {
    const body = await readBody(c, ROUTES.decide.request);
    const key = c.req.header("idempotency-key");
    if ("point" in body) return decideOne(context, body, key);
    const requests = "requests" in body ? body.requests : gridOf(body);
    return { decisions: await Promise.all(requests.map((request) => decideOne(context, request, key))) };
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
      return { ...(view ?? decisionDetailView(decision)), ...(await why(context, decision)) };
    } catch (error) {
      // A decision is looked up also where the facts do not answer; only what became of it is not known then.
      context.log.warn({ err: error }, "the facts store does not say what became of a decision");
      return { ...decisionDetailView(decision), ...(await why(context, decision)) };
    }
  });
  on(app, "replayDecision", async (c) => {
    const decision = await findDecision(context, parameter(c, "decision_id"));
    const replayed = await replayStored(context.workspace.current(), decision);
    if (replayed.kind === "refused") throw new ProblemError("decision.no_record", replayed.message);
    const { same, again } = replayed;
    const { record } = decision;
    if (record === undefined) throw new ProblemError("decision.no_record", "the decision has no record");
    return {
      decision_id: decision.id,
      same,
      action: again.action,
      propensity: again.propensity ?? 0,
      playbook: record.playbook,
      playbook_version: decision.playbookVersion,
      sentence: same
        ? `Made again from its record and playbook v${decision.playbookVersion}: the same to the byte`
        : `Made again it came to "${again.action}": what is stored is not what was decided`,
    };
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

/** What a decision was made from; nothing where there is no record of it. */
async function why({ workspace }: AppContext, decision: Decision): Promise<Pick<DecisionDetailView, "record">> {
  const { record } = decision;
  return record === undefined ? {} : { record: recordView(record, await explainStored(workspace.current(), decision)) };
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

/** Unit by unit, in the order of the points. */
function gridOf({ units, points, mode }: DecisionGridRequest): readonly DecisionRequest[] {
  return units.flatMap((unit) => points.map((point) => ({ ...unit, point, ...(mode === undefined ? {} : { mode }) })));
}

async function decideOne(
  context: AppContext,
  request: DecisionRequest,
  key: string | undefined,
): Promise<DecisionView> {
  const idempotencyKey = request.idempotency_key ?? key;
  const outcome = await context.workspace.current().decide({
    point: request.point,
    unitId: context.surrogates.unit(request.unit_id),
    context: namelessContext(request.context ?? {}),
    recipient: recipientOf(context, request),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(request.mode === undefined ? {} : { mode: request.mode }),
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
