import { actorId, type ActorId } from "@ratchet/engine";
import type { Access } from "@ratchet/protocol";
import { actorOf, refusalOf, type Principal } from "../access/principal.ts";
import type { AppContext } from "../context.ts";

/** Whoever speaks over MCP: a program, never a person. */
export interface Agent {
  /** As ledger and facts name it: `agent:` and the name of its key. Never approves anything: it is in no role. */
  readonly name: string;
  /**
   * Who answers for what it asks for: the agent itself; in a person's session that person, who must not rule on it then. Otherwise somebody
   * could propose by a program, and approve it themselves.
   */
  readonly author: ActorId;
  /** Whether it may use what is open to these scopes and roles. */
  readonly may: (access: Access) => boolean;
  /** Its decisions are for testing, and never learned from. */
  readonly isTest: boolean;
}

/** One call of an agent, with everything that may answer it. */
export interface AgentCall {
  readonly context: AppContext;
  readonly agent: Agent;
  /** Names the call in the log and in quarantine. */
  readonly requestId: string;
}

/** A program on this machine that needs no key: as its owner, it may use every tool. */
export const LOCAL_AGENT: Agent = {
  name: "agent:local",
  author: actorId("agent:local"),
  may: () => true,
  isTest: false,
};

/** The agent that a principal is: whoever comes in this way is a program, and speaks as one even in a person's session. */
export function agentOf(principal: Principal): Agent {
  if (principal.kind === "holder" || principal.kind === "solo") return LOCAL_AGENT;
  const named = principal.kind === "person" ? "local" : (actorOf(principal) ?? "local");
  const name = `agent:${named.replace(/^(?:agent|key|source):/u, "")}`;
  return {
    name,
    author: principal.kind === "person" ? principal.person.actor : actorId(name),
    may: (access) => refusalOf(access, principal) === null,
    isTest: principal.kind === "key" && principal.key.mode === "test",
  };
}

/** The source of what agents report: an operator who makes a source of this name says whether it may carry outcomes. */
export const AGENT_SOURCE = "mcp";
