import type { Context } from "../context.ts";
import { actionId, type ActionId, type UnitId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Recipient } from "./eligibility/standing.ts";

/** An action that a rule took out, and the reason in words, such as `quiet hours in Europe/Berlin until 08:00`. */
export interface RemovedAction {
  readonly action: ActionId;
  readonly why: string;
}

/** What one rule left of the candidates. `before − removed = after`; a rule that took nothing out may be left away. */
export interface FunnelStage {
  /** Stable name of the rule: `consent`, `quiet-hours`, `cap:email-weekly`, or a team's own. */
  readonly rule: string;
  /** Candidates that reached it. */
  readonly before: number;
  /** Candidates that passed it. */
  readonly after: number;
  readonly removed: readonly RemovedAction[];
}

/** The way of the candidates through the rules, in the order in which they were asked; empty where nothing was taken out. */
export interface Funnel {
  readonly stages: readonly FunnelStage[];
}

/** What is asked before anything is chosen. */
export interface EligibilityQuestion {
  readonly lever: string;
  /** Of what kind it is. The bands of `weights` put in order and contact nobody, unless the rules state otherwise. Absent: it may contact. */
  readonly leverKind?: "choice" | "weights" | "threshold";
  readonly point: string;
  /** Already resolved: the surviving unit after a merge. */
  readonly unitId: UnitId;
  /** Whom a contact would reach; the unit itself where absent. */
  readonly recipient?: Recipient;
  readonly context: Context;
  /** In the order of the lever. */
  readonly candidates: readonly ActionId[];
  readonly now: Instant;
}

/** Who may be chosen from. `remaining` keeps the order of the candidates; empty means that nothing but doing nothing is left. */
export interface Eligibility {
  readonly funnel: Funnel;
  readonly remaining: readonly ActionId[];
  /** When each remaining action goes out, where it contacts somebody. */
  readonly sendAt?: Readonly<Record<string, Instant>>;
}

/** Asked by the decision path once a decision, in memory: no store, no clock of its own. A rule that cannot be checked takes its action out. */
export type EligibilityRule = (question: EligibilityQuestion) => Eligibility;

/** What is done where no action is left: always possible, always allowed, for certain. */
export const DO_NOTHING: ActionId = actionId("do_nothing");

/** The funnel of a decision that no rule was asked about. */
export const OPEN_FUNNEL: Funnel = { stages: [] };
