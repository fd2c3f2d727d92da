import {
  isoOf,
  parseDecisionId,
  parseUnitId,
  projectInbox,
  trace,
  type Decision,
  type DecisionQuery,
  type LedgerEntry,
} from "@ratchet/engine";
import {
  ROUTES,
  type DecisionListQuery,
  type DecisionRequest,
  type DecisionView,
  type RefusedDecision,
} from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { asOfFrom } from "../http/as-of.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { decideAllowed } from "../people/decide-allowed.ts";
import { namelessContext } from "../people/nameless-state.ts";
import { actionBefore } from "../views/action-before.ts";
import { decisionDetailView, decisionView } from "../views/decision-view.ts";
import { traceView } from "../views/trace-view.ts";

const LISTED = 50;

/** Deciding touches memory and the inbox only: a facts store that fails does not stop it. */
export function decisionRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "decide", async (c) => {
    const body = await readBody(c, ROUTES.decide.request);
    if (!("requests" in body)) return onlyDecided(await decideOne(context, body));
    return { decisions: await Promise.all(body.requests.map((request) => decideOne(context, request))) };
  });
  on(app, "decisions", async (c) => {
    const query = readQuery(c, ROUTES.decisions.query);
    const { state, facts } = context.stores;
    await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
    const [decisions, { decisions: total }] = [await facts.decisions(queryFrom(query, context)), await facts.counts()];
    return { decisions: decisions.map(decisionDetailView), total };
  });
  on(app, "decision", async (c) => decisionDetailView(await findDecision(context, parameter(c, "decision_id"))));
  on(app, "trace", async (c) => {
    const { id } = await findDecision(context, parameter(c, "decision_id"));
    const workspace = context.workspace.current();
    const traced = await trace(workspace, id);
    if (traced === null) throw unknownDecision(id);
    const entries = await context.stores.state.ledger({});
    return traceView(traced, (changeId) => entriesAbout(entries, changeId), actionBefore(workspace, traced));
  });
}

async function decideOne(context: AppContext, request: DecisionRequest): Promise<DecisionView | RefusedDecision> {
  const { point, unit_id } = request;
  const asked = {
    point,
    unitId: context.merges.survivorOf(context.surrogates.unit(unit_id)),
    context: namelessContext(request.context ?? {}),
  };
  const outcome = await decideAllowed(context, asked, unit_id);
  if (outcome.kind === "decided") {
    context.projector.notice(1);
    // The caller gets the name back that it asked with.
    return { ...decisionView(outcome.decision), unit_id };
  }
  if (outcome.reason === "unknown-point") throw new ProblemError("decision.unknown_point", outcome.message);
  const { rule, channel, since } = outcome.answer;
  return { refused: outcome.reason, point, unit_id, rule, channel, since: isoOf(since) };
}

/** Whoever asks for one decision and does not look at what comes must not find an answer that reads like one. */
function onlyDecided(answer: DecisionView | RefusedDecision): DecisionView {
  if (!("refused" in answer)) return answer;
  throw new ProblemError(
    "decision.suppressed",
    `the unit must not be contacted (${answer.rule} since ${answer.since}): do nothing`,
  );
}

function queryFrom(
  { source, unit_id, playbook_version, as_of, limit }: DecisionListQuery,
  { surrogates, stores }: AppContext,
): DecisionQuery {
  const asOf = asOfFrom(as_of, stores.clock());
  const unit = unit_id === undefined ? null : parseUnitId(surrogates.unit(unit_id));
  return {
    limit: limit ?? LISTED,
    ...(source === undefined ? {} : { source }),
    ...(unit?.kind === "ok" ? { unitId: unit.value } : {}),
    ...(playbook_version === undefined ? {} : { playbookVersion: playbook_version }),
    ...(asOf === null ? {} : { knownAt: asOf }),
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
