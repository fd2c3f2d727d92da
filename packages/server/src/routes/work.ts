import { isoOf, type QuarantineEntry } from "@ratchet/engine";
import { ROUTES, type QuarantineView } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { setUpFromPlaybook } from "../setup/set-up-from-playbook.ts";
import { startSample } from "../setup/start-sample.ts";
import { VERSION } from "../version.ts";
import { countFacts } from "./today.ts";

const QUARANTINE_LISTED = 100;

/** What the server does and has to be looked after: jobs, cycles, quarantine, status. */
export function workRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "setUp", async (c) => {
    const { playbook, policy } = await setUpFromPlaybook(context, await readBody(c, ROUTES.setUp.request));
    return {
      playbook_version: playbook.version,
      levers: playbook.levers.map(({ name, kind, point }) => ({ name, kind, point })),
      sentence: `the workspace was set up: ${playbook.levers.length} levers, objective ${policy.objective}, ${100 * policy.holdoutShare} % holdout`,
    };
  });
  on(app, "sample", async (c) => startSample(context, await readBody(c, ROUTES.sample.request)));
  on(app, "job", async (c) => {
    const id = parameter(c, "job_id");
    const job = context.jobs.job(id);
    if (job === null)
      throw new ProblemError(
        "request.not_found",
        `there is no job "${id}"; jobs are forgotten when the server restarts`,
      );
    return job;
  });
  on(app, "runCycle", async () => {
    const { drafts, reports } = await context.cycles.runNow();
    const ended = drafts.flatMap(({ body }) => (body.kind === "cycle.completed" ? [body] : []))[0];
    const did = reports.flatMap(({ moves, proposal }) => [...moves, proposal]);
    return { cycle: ended?.cycle ?? 0, summary: ended?.summary ?? "", did };
  });
  on(app, "quarantine", async (c) => {
    const { source, limit = QUARANTINE_LISTED } = readQuery(c, ROUTES.quarantine.query);
    const { state } = context.stores;
    const rows = await state.quarantined({ limit, ...(source === undefined ? {} : { source }) });
    return { rows: rows.map(quarantinedView), total: await state.quarantinedCount(source) };
  });
  on(app, "status", async () => {
    const { counts, facts } = await countFacts(context);
    const workspace = context.workspace.current();
    return {
      version: VERSION,
      state: workspace.isEmpty ? "empty" : "running",
      started_at: context.startedAt,
      now: isoOf(context.stores.clock()),
      stores: { ...context.storeNames, directory: context.directory },
      counts: { ...counts, ledger_entries: workspace.view.head.seq },
      checks: [
        facts,
        context.projector.health(),
        context.webhooks.health(),
        { check: "playbook", ...workspace.health },
      ],
    };
  });
}

function quarantinedView({ at, releasedAt, ...row }: QuarantineEntry): QuarantineView["rows"][number] {
  return { ...row, at: isoOf(at), released_at: releasedAt === null ? null : isoOf(releasedAt) };
}
