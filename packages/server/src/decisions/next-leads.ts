import {
  DAY_MS,
  DO_NOTHING,
  DO_OWN_THING,
  executionState,
  inOrder,
  later,
  projectInbox,
  type Decision,
  type Lever,
  type Playbook,
  type Ranked,
  type UnitId,
  type WeightsLever,
} from "@ratchet/engine";
import type { AppContext } from "../context.ts";
import { ProblemError } from "../http/problem-error.ts";

/** Decisions that are looked through for the last place of each lead. */
const READ_MAX = 20_000;
/** A place in an order says nothing for longer, unless the lever keeps it longer. */
const FRESH_MS = 7 * DAY_MS;
/** Leads of which it is looked up at once whether somebody worked them. */
const LOOKED_UP = 500;

/** Which leads to show. */
export interface NextLeadsQuestion {
  readonly limit: number;
  /** Only those that routing gave to this team or queue; of all where null. */
  readonly team: string | null;
}

/** Leads that nobody has worked since they were ranked, the likeliest first, and how many were ranked. */
export interface NextLeads {
  readonly ranked: number;
  readonly leads: readonly Ranked[];
}

/**
 * The last order that was made, as it stands: nothing is decided here. Leads that are only observed or that a rule took out are not shown.
 *
 * @throws ProblemError where no lever puts leads in order, or none gives work to that team.
 */
export async function nextLeads(context: AppContext, { limit, team }: NextLeadsQuestion): Promise<NextLeads> {
  const { state, facts, clock } = context.stores;
  const { playbook } = context.workspace.current();
  const order = orderingLever(playbook);
  const routing = team === null ? null : routingLever(playbook, team);
  await projectInbox({ state, facts }, { maxItems: READ_MAX, maxSegments: 1 });
  const since = later(clock(), -Math.max(order.decisionWindowMs, FRESH_MS));
  const decisions = await facts.decisions({ source: "engine", since, limit: READ_MAX });
  const places = latestAt(decisions, order.point);
  const routed = routing === null ? null : latestAt(decisions, routing.point);
  const wanted = [...places.values()].filter(
    ({ action, unitId }) =>
      action !== DO_NOTHING && action !== DO_OWN_THING && (routed === null || routed.get(unitId)?.action === team),
  );
  return { ranked: places.size, leads: await notWorked(context, inOrder(wanted), limit) };
}

function orderingLever({ levers }: Playbook): WeightsLever {
  const lever = levers.find((one) => one.kind === "weights");
  if (lever !== undefined) return lever;
  throw new ProblemError(
    "decision.not_a_score",
    "no lever of this playbook puts leads in order; ask get_decision for each lead",
  );
}

function routingLever({ levers }: Playbook, team: string): Lever {
  const lever = levers.find((one) => one.kind === "choice" && one.actions.some((action) => action === team));
  if (lever !== undefined) return lever;
  const known = levers.flatMap((one) => (one.kind === "choice" && one.name === "routing" ? one.actions : []));
  const instead = known.length === 0 ? "leave team out" : `the teams are ${known.join(", ")}`;
  throw new ProblemError("decision.unknown_team", `no lever gives work to this team; ${instead}`);
}

/** The last decision of each unit at a point, from a list that is newest first. */
function latestAt(decisions: readonly Decision[], point: string): ReadonlyMap<UnitId, Decision> {
  const latest = new Map<UnitId, Decision>();
  for (const decision of decisions)
    if (decision.point === point && !latest.has(decision.unitId)) latest.set(decision.unitId, decision);
  return latest;
}

/** The first so many whose place nobody has acted on yet. */
async function notWorked({ stores }: AppContext, ranked: readonly Ranked[], limit: number): Promise<readonly Ranked[]> {
  const found: Ranked[] = [];
  for (let at = 0; at < ranked.length && found.length < limit; at += LOOKED_UP) {
    const some = ranked.slice(at, at + LOOKED_UP);
    const decisionIds = some.map(({ decision }) => decision.id);
    const executions = await stores.facts.executions({ decisionIds, limit: READ_MAX });
    for (const place of some) {
      const own = executions.filter(({ decisionId }) => decisionId === place.decision.id);
      if (executionState(own) === "assigned" && found.length < limit) found.push(place);
    }
  }
  return found;
}
