import { ENGINE, explainIncident } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import type { Hono } from "hono";
import { speaker } from "../access/speaker.ts";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { dataHealthView, incidentView } from "../views/data-health-view.ts";

const INCIDENTS_SHOWN = 100;

/** Whether the data are good enough to learn from: every check, and what was ever wrong. */
export function healthRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  const incidents = () => [...context.workspace.current().view.incidents.values()];
  const known = () => ({ incidents: incidents(), imports: context.imports.list() });
  on(app, "dataHealth", async () => dataHealthView(context.data.last(), known()));
  on(app, "checkDataHealth", async () => dataHealthView(await context.data.look(), known()));
  on(app, "incidents", async (c) => {
    const { state = "all", limit = INCIDENTS_SHOWN } = readQuery(c, ROUTES.incidents.query);
    const all = incidents().toReversed();
    const open = all.filter(({ end }) => end === null);
    return { incidents: (state === "open" ? open : all).slice(0, limit).map(incidentView), open: open.length };
  });
  on(app, "resolveIncident", async (c) => {
    const { by, reason } = await readBody(c, ROUTES.resolveIncident.request);
    const actor = speaker(c, by);
    if (actor === ENGINE)
      throw new ProblemError("incident.reserved_actor", 'only a person explains an incident; "engine" is none');
    const incidentId = parameter(c, "incident_id");
    const answer = await explainIncident(context.workspace.current(), { incidentId, by: actor, reason });
    if (answer.kind === "refused")
      throw new ProblemError(`incident.${answer.reason.replaceAll("-", "_")}`, answer.message);
    return incidentView(answer.incident);
  });
}
