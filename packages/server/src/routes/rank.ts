import { DO_NOTHING, DO_OWN_THING, rankUnits, type Ranked } from "@ratchet/engine";
import { ROUTES, type RankView } from "@ratchet/protocol";
import type { Hono } from "hono";
import { inModeOfKey } from "../access/test-mode.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { readBody } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { namelessContext } from "../people/nameless-state.ts";

/** Putting many units in order: one answer, one write, a decision each. */
export function rankRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "rank", async (c) => {
    const body = inModeOfKey(c, await readBody(c, ROUTES.rank.request));
    const { surrogates, workspace, projector } = context;
    const { resolveUnit = (unit) => unit } = workspace.current().frame;
    const names = new Map<string, string>();
    const units = body.units.map(({ unit_id, context: told = {} }) => {
      const unitId = surrogates.unit(unit_id);
      const survivor = resolveUnit(unitId);
      if (!names.has(survivor)) names.set(survivor, unit_id);
      return { unitId, context: namelessContext(told) };
    });
    const key = body.idempotency_key ?? c.req.header("idempotency-key");
    const outcome = await rankUnits(workspace.current(), {
      point: body.point,
      units,
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(body.mode === undefined ? {} : { mode: body.mode }),
    });
    if (outcome.kind === "refused")
      throw new ProblemError(
        outcome.reason === "unknown-point" ? "decision.unknown_point" : "decision.not_a_score",
        outcome.message,
      );
    projector.notice(outcome.ranked.length);
    return {
      point: body.point,
      playbook_version: workspace.current().playbook.version,
      ranked: outcome.ranked.map((ranked) => rankedView(ranked, names)),
    };
  });
}

/** The caller gets the names back that it asked with. */
function rankedView({ position, decision }: Ranked, names: ReadonlyMap<string, string>): RankView["ranked"][number] {
  const score = decision.record?.score ?? null;
  return {
    position,
    unit_id: names.get(decision.unitId) ?? decision.unitId,
    decision_id: decision.id,
    band: decision.action === DO_NOTHING || decision.action === DO_OWN_THING ? null : decision.action,
    calibrated: score?.calibrated ?? null,
    score: score?.score ?? null,
    cohort: decision.cohort,
  };
}
