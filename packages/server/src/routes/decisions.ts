import { parseUnitId, projectInbox, replayStored, trace, type DecisionQuery, type LedgerEntry } from "@ratchet/engine";
import { ROUTES, type DecisionGridRequest, type DecisionListQuery, type DecisionRequest } from "@ratchet/protocol";
import type { Hono } from "hono";
import { inModeOfKey } from "../access/test-mode.ts";
import type { AppContext } from "../context.ts";
import { decideOne } from "../decisions/decide-one.ts";
import { carriedOut, decisionInFull, findDecision, unknownDecision } from "../decisions/look-up.ts";
import { on } from "../http/on.ts";
import { asOfFrom } from "../http/as-of.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { actionBefore } from "../views/action-before.ts";
import { traceView } from "../views/trace-view.ts";

const LISTED = 50;

/** Deciding touches memory and the inbox only: a facts store that fails does not stop it. */
export function decisionRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "decide", async (c) => {
    const body = await readBody(c, ROUTES.decide.request);
    const key = c.req.header("idempotency-key");
    if ("point" in body) return decideOne(context, inModeOfKey(c, body), key);
    const requests = "requests" in body ? body.requests : gridOf(body);
    return {
      decisions: await Promise.all(requests.map((request) => decideOne(context, inModeOfKey(c, request), key))),
    };
  });
  on(app, "decisions", async (c) => {
    const query = readQuery(c, ROUTES.decisions.query);
    const { state, facts } = context.stores;
    await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
    const [decisions, { decisions: total }] = [await facts.decisions(queryFrom(query, context)), await facts.counts()];
    return { decisions: await carriedOut(context, decisions), total };
  });
  on(app, "decision", async (c) => decisionInFull(context, await findDecision(context, parameter(c, "decision_id"))));
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

/** Unit by unit, in the order of the points. */
function gridOf({ units, points, mode }: DecisionGridRequest): readonly DecisionRequest[] {
  return units.flatMap((unit) => points.map((point) => ({ ...unit, point, ...(mode === undefined ? {} : { mode }) })));
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

function entriesAbout(entries: readonly LedgerEntry[], changeId: string): readonly LedgerEntry[] {
  return entries.filter(({ body }) => "changeId" in body && body.changeId === changeId);
}
