import { isoOf, recordState, type RecordKind } from "@ratchet/engine";
import { ROUTES, statusOf, type RecordView, type UpsertResponse } from "@ratchet/protocol";
import type { Context, Hono } from "hono";
import type { AppContext } from "../context.ts";
import { keyOf as recordKeyOf } from "../crm/read-row.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { namelessText } from "../http/nameless-text.ts";
import { bodyFrom, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { itemTexts } from "../ingest/item-texts.ts";
import { readBodyText } from "../ingest/read-body.ts";
import { keyOf, markNoted, sourceOf } from "../ingest/receive.ts";
import { replayWaiting } from "../ingest/replay-quarantine.ts";
import { textAt } from "../vendors/json.ts";

const UPSERTS = [
  ["upsertAccounts", "account"],
  ["upsertContacts", "contact"],
  ["upsertLeads", "lead"],
  ["upsertOpportunities", "opportunity"],
] as const;

/** Rows of CRMs as reverse-ETL tools send them, what they add up to, and which accounts leads belong to. */
export function crmRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  for (const [route, kind] of UPSERTS) on(app, route, (c) => upsert(c, context, { route, kind }));
  on(app, "record", async (c) => {
    const { kind, source, id } = readQuery(c, ROUTES.record.query);
    const key = recordKeyOf({ kind, source, id }, context.surrogates);
    const versions = await context.stores.state.recordVersions([key]);
    if (versions.length === 0)
      throw new ProblemError("record.not_found", `no row of this ${kind} came from source "${source}"`);
    const { updatedAt, fields, roles } = recordState(versions);
    return {
      ...key,
      updated_at: isoOf(updatedAt),
      fields,
      contacts: roles,
      versions: versions.length,
    } satisfies RecordView;
  });
  on(app, "matching", async () => context.matching.view());
  on(app, "setMatching", async (c) => {
    const { rules } = await readBody(c, ROUTES.setMatching.request);
    await context.matching.setRules(rules);
    return context.matching.view();
  });
}

interface Upsert {
  readonly route: (typeof UPSERTS)[number][0];
  readonly kind: RecordKind;
}

/** Takes the rows of one request and writes it into its source's request log, however it ends. */
async function upsert(
  c: Context<ServerEnvironment>,
  context: AppContext,
  { route, kind }: Upsert,
): Promise<UpsertResponse> {
  const source = sourceOf(context, keyOf(c), route);
  const now = context.stores.clock();
  const entry = { at: now, route, sent: 0, accepted: 0, duplicates: 0, quarantined: 0 };
  try {
    if (source.kind !== "api")
      throw new ProblemError("auth.forbidden", "rows are taken from sources of kind api; this key is of another");
    await context.backPressure.admit();
    const text = await readBodyText(c);
    const body = bodyFrom(text, ROUTES[route].request);
    const [rows, path] = "rows" in body ? ([body.rows, ["rows"]] as const) : ([body, []] as const);
    const rawOf = itemTexts(text, path);
    const taken = await context.crm.take({ source, kind, rows, rawOf, requestId: c.get("requestId"), now });
    if (kind === "opportunity")
      await replayWaiting(
        context,
        rows.flatMap((row) => textAt(row, "id") ?? []),
      );
    const { sent, accepted, duplicates, quarantined, rejected } = taken;
    const fault = rejected[0]?.message ?? null;
    context.requestLog.add(source.id, { ...entry, sent, accepted, duplicates, quarantined, status: 200, fault });
    return taken;
  } catch (error) {
    const status = error instanceof ProblemError ? statusOf(error.code) : 500;
    const fault = error instanceof Error ? namelessText(error.message) : "the server failed";
    context.requestLog.add(source.id, { ...entry, status, fault });
    markNoted(error);
    throw error;
  }
}
