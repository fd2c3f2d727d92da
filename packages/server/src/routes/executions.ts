import { parseInstant, projectInbox, type OverrideCount } from "@ratchet/engine";
import { ROUTES, type OverridesView } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { takeExecutions } from "../executions/take-executions.ts";
import { on } from "../http/on.ts";
import { bodyFrom, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { itemTexts } from "../ingest/item-texts.ts";
import { readBodyText } from "../ingest/read-body.ts";

/** What became of decisions, read one by one. The answer comes when everything accepted, and everything rejected, is durable. */
export function executionRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "executions", async (c) => {
    const body = await readBodyText(c);
    const { executions } = bodyFrom(body, ROUTES.executions.request);
    const textOf = itemTexts(body, ["executions"]);
    return takeExecutions(context, { executions, textOf, requestId: c.get("requestId") });
  });
  on(app, "overrides", async (c) => {
    const { since } = readQuery(c, ROUTES.overrides.query);
    const { state, facts } = context.stores;
    await projectInbox({ state, facts }, { maxItems: 20_000, maxSegments: 1 });
    const from = since === undefined ? null : parseInstant(since);
    return overridesView(await facts.overrides(from?.kind === "ok" ? { since: from.value } : {}));
  });
}

function overridesView(counted: readonly OverrideCount[]): OverridesView {
  const reasons = new Map<OverrideCount["reason"], number>();
  for (const { reason, count } of counted) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  return {
    reasons: [...reasons]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    overrides: counted.map(({ didInstead, ...rest }) => ({ ...rest, did_instead: didInstead })),
  };
}
