import type { Access } from "@ratchet/protocol";
import type { AppContext } from "../context.ts";

/** Whoever speaks over MCP: a program, never a person. */
export interface Agent {
  /** As ledger and facts name it: `agent:` and the name of its key. Never approves anything: it is in no role. */
  readonly name: string;
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

/** The source of what agents report: an operator who makes a source of this name says whether it may carry outcomes. */
export const AGENT_SOURCE = "mcp";
