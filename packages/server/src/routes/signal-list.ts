import { parseInstant, projectInbox, readingOf, unitId, type Instant, type SignalQuery } from "@ratchet/engine";
import { ROUTES, type SignalListQuery } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { asOfFrom } from "../http/as-of.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { cursorOf, placeFrom } from "../views/signal-cursor.ts";
import { signalView } from "../views/signal-view.ts";

const LISTED = 50;
/** As much of the inbox as is brought into the facts before a list is read. */
const CAUGHT_UP = { maxItems: 20_000, maxSegments: 1 } as const;

/** `GET /v1/signals`: what happened, as the workspace reads it: clocks corrected, units that turned out to be one as one. */
export function signalListRoute(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "listSignals", async (c) => {
    const { limit = LISTED, ...query } = readQuery(c, ROUTES.listSignals.query);
    const { state, facts } = context.stores;
    const asked = await queryFrom(query, context);
    await projectInbox({ state, facts }, CAUGHT_UP);
    // One more than asked for tells whether there is another page.
    const found = await facts.signals({ ...asked, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      signals: shown.map(signalView),
      next_cursor: last === undefined || found.length === shown.length ? null : cursorOf(last),
    };
  });
}

async function queryFrom(
  { source, type, unit_id, since, until, as_of, cursor }: SignalListQuery,
  { stores, surrogates }: AppContext,
): Promise<Omit<SignalQuery, "limit">> {
  const asOf = asOfFrom(as_of, stores.clock());
  return {
    ...(await readingOf(stores.state, asOf ?? undefined)),
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { type }),
    ...(unit_id === undefined ? {} : { unitId: unitId(surrogates.unit(unit_id)) }),
    ...(since === undefined ? {} : { since: timeFrom(since, "since") }),
    ...(until === undefined ? {} : { until: timeFrom(until, "until") }),
    ...(cursor === undefined ? {} : { behind: placeFrom(cursor) }),
  };
}

function timeFrom(text: string, name: string): Instant {
  const parsed = parseInstant(text);
  if (parsed.kind === "err") throw new ProblemError("request.invalid", `${name}: ${parsed.error.message}`);
  return parsed.value;
}
