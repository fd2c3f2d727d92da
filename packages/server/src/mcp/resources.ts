import {
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";
import { evidenceSnapshot, isoOf } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { decisionInFull } from "../decisions/look-up.ts";
import { ProblemError } from "../http/problem-error.ts";
import { limitsForAgents, policyForAgents } from "../views/policy-view.ts";
import type { AgentCall } from "./agent.ts";
import { namedDecision } from "./named-decision.ts";
import { explained } from "./tools/explain-decision.ts";

const JSON_TYPE = "application/json";

/** What agents may read by address. Everything is for keys that read, and names nobody. */
export function registerResources(server: McpServer, call: AgentCall): void {
  const { context, agent } = call;
  const read = async (uri: URL, load: () => Promise<unknown>): Promise<ReadResourceResult> => {
    if (!agent.may(ROUTES.playbook.access))
      throw new Error(`${agent.name} may not read this: it takes a key with the scope read`);
    try {
      return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text: JSON.stringify(await load()) }] };
    } catch (error) {
      if (error instanceof ProblemError) throw new ResourceNotFoundError(uri.href, error.message);
      throw error;
    }
  };
  server.registerResource(
    "decision",
    new ResourceTemplate("ratchet://decisions/{id}", { list: undefined }),
    { title: "A decision, explained", description: "As explain_decision answers.", mimeType: JSON_TYPE },
    (uri, { id }) =>
      read(uri, async () => explained(await decisionInFull(context, await namedDecision(context, String(id))))),
  );
  server.registerResource(
    "policy",
    "ratchet://policy/current",
    {
      title: "The policy in force",
      description: "Objective, metrics, guardrails, approvals and caps.",
      mimeType: JSON_TYPE,
    },
    (uri) => read(uri, async () => policyForAgents(context.workspace.current().policy)),
  );
  server.registerResource(
    "limits",
    "ratchet://limits",
    {
      title: "Levers and their limits",
      description: "What each lever says now, and how far it may be moved.",
      mimeType: JSON_TYPE,
    },
    (uri) => {
      const workspace = context.workspace.current();
      return read(uri, async () => limitsForAgents(workspace.playbook, workspace.policy));
    },
  );
  server.registerResource(
    "cycle-report",
    new ResourceTemplate("ratchet://cycles/{n}/report", { list: undefined }),
    {
      title: "What a cycle concluded",
      description: "Cycles count from 1; list_proposals has what is open now.",
      mimeType: JSON_TYPE,
    },
    (uri, { n }) => read(uri, () => cycleReport(call, Number(n))),
  );
}

/** @throws ProblemError where that cycle has not ended. */
async function cycleReport({ context }: AgentCall, cycle: number): Promise<unknown> {
  const workspace = context.workspace.current();
  const entries = await context.stores.state.ledger({});
  const ended = entries.find(({ body }) => body.kind === "cycle.completed" && body.cycle === cycle);
  if (ended?.body.kind !== "cycle.completed")
    throw new ProblemError(
      "evidence.not_found",
      `cycle ${cycle} has not ended; the last that did is ${workspace.view.cycle}`,
    );
  const recorded = workspace.view.evidence.filter((one) => one.cycle === cycle);
  const snapshots = await Promise.all(recorded.map(({ digest }) => evidenceSnapshot(workspace, digest)));
  return {
    cycle,
    ended_at: isoOf(ended.at),
    summary: ended.body.summary,
    levers: snapshots.map(({ lever, programme, health }) => ({
      lever,
      verdict: programme.verdict.word,
      sentence: programme.verdict.sentence,
      health: health.filter(({ state }) => state !== "green").map(({ sentence }) => sentence),
    })),
  };
}
