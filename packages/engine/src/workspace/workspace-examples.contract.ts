import type { Decision } from "../decisions/decision.ts";
import type { ChoiceLever } from "../decisions/lever.ts";
import { firstPlaybook } from "../governance/default-policy.ts";
import type { Policy } from "../governance/policy.ts";
import { unitId } from "../ids.ts";
import { BO, exampleLever, examplePolicy, NOON } from "../loop-examples.contract.ts";
import { memoryFactsStore } from "../ports/memory-facts-store.ts";
import { memoryStateStore } from "../ports/memory-state-store.ts";
import { DAY_MS, instant, later, type Instant } from "../time.ts";
import { hashToUnitInterval } from "../digest.ts";
import { runCycle } from "./run-cycle.ts";
import { Workspace, type WorkspaceStores } from "./workspace.ts";
import type { LeverReport } from "../loop.ts";

/** A workspace on memory stores, with a clock that tests set. */
export interface ExampleWorkspace {
  readonly workspace: Workspace;
  readonly stores: WorkspaceStores;
  readonly setClock: (now: Instant) => void;
}

export async function exampleWorkspace(
  told: Partial<Policy> = {},
  lever: Partial<ChoiceLever> = {},
): Promise<ExampleWorkspace> {
  let now = NOON;
  const stores = { state: memoryStateStore(), facts: memoryFactsStore(), clock: () => now };
  const workspace = await Workspace.open(stores);
  const policy = examplePolicy({ exploration: { start: 0.25, floor: 0.05, settledFloor: 0.05 }, ...told });
  await workspace.create({
    salt: "example",
    policy,
    playbook: firstPlaybook([exampleLever(lever)], policy),
    createdBy: BO,
  });
  return {
    workspace,
    stores,
    setClock: (at) => {
      now = at;
    },
  };
}

/** Chance of a meeting and of an unsubscribe, by action. */
export type World = (action: string) => { readonly meeting: number; readonly unsubscribe?: number };

/** One week of leads, their answers at once, and the end of the cycle. Draws are hashes, so a week is the same in every run. */
export async function week(
  { workspace, setClock }: ExampleWorkspace,
  units: number,
  world: World,
): Promise<readonly LeverReport[]> {
  const decisions = await traffic({ workspace, setClock }, units, world);
  setClock(later(decisions.at(-1)?.decidedAt ?? NOON, DAY_MS));
  return (await runCycle(workspace)).reports;
}

/** Leads with their answers, in the cycle that runs. */
export async function traffic(
  { workspace, setClock }: Pick<ExampleWorkspace, "workspace" | "setClock">,
  units: number,
  world: World,
): Promise<readonly Decision[]> {
  const start = workspace.stores.clock();
  const decisions: Decision[] = [];
  for (let i = 0; i < units; i++) {
    setClock(instant(start + i));
    const outcome = await workspace.decide({
      point: "first-email",
      unitId: unitId(`account-${start}-${i}`),
      context: { size: i % 3 === 0 ? "large" : "small" },
    });
    if (outcome.kind === "refused") throw new Error(outcome.message);
    decisions.push(outcome.decision);
  }
  await workspace.receive(decisions.flatMap((decision) => answers(decision, world)));
  return decisions;
}

function answers(decision: Decision, world: World): Parameters<Workspace["receive"]>[0] {
  const { meeting, unsubscribe = 0.01 } = world(decision.action);
  const happened = { meeting_booked: meeting, unsubscribed: unsubscribe };
  return Object.entries(happened)
    .filter(([type, chance]) => hashToUnitInterval([type, decision.id]) < chance)
    .map(([type]) => ({
      source: "crm",
      messageId: `${decision.id}:${type}`,
      type,
      unitId: decision.unitId,
      decisionId: decision.id,
      value: null,
      occurredAt: decision.decidedAt,
      receivedAt: decision.decidedAt,
    }));
}
