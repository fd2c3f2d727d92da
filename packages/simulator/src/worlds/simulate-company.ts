import { mersenneRng, normalDraw, type Rng } from "@ratchet/stats";
import {
  DAY_MS,
  decide,
  firstPlaybook,
  instant,
  parseAmount,
  runCycle,
  unitId,
  Workspace,
  type Context,
  type Decision,
  type FactsStore,
  type Instant,
  type LeverReport,
  type Signal,
  type StateStore,
} from "@ratchet/engine";
import { approvePending } from "../replay/replay.ts";
import type { SampleWorld } from "./sample-company.ts";

/** Where and how long to run a world. */
export interface SimulationInput {
  readonly world: SampleWorld;
  readonly state: StateStore;
  readonly facts: FactsStore;
  readonly seed: number;
  /** The last cycle ends here; earlier ones a week apart before it. */
  readonly endsAt: Instant;
  readonly cycles: number;
  readonly leadsPerCycle: number;
  /** From this cycle on nobody approves: what is proposed then waits for the person who looks. */
  readonly unattendedFrom: number;
}

/** After each simulated week. */
export interface SimulatedCycle {
  readonly cycle: number;
  readonly cycles: number;
  readonly decisions: number;
  readonly reports: readonly LeverReport[];
}

const WEEK_MS = 7 * DAY_MS;
const SOURCE = "sample";

/**
 * Runs a world through the same workspace as live traffic, week by week: leads arrive, are decided on, answer later; the cycle ends, and
 * approvals are given by script until `unattendedFrom`. Deterministic in the seed and `endsAt`.
 */
export async function* simulateCompany(input: SimulationInput): AsyncGenerator<SimulatedCycle, void> {
  const start = input.endsAt - input.cycles * WEEK_MS;
  let now = instant(start);
  const workspace = await Workspace.open({ state: input.state, facts: input.facts, clock: () => now });
  await workspace.create({
    salt: `sample-${input.seed}`,
    policy: input.world.policy,
    playbook: firstPlaybook([input.world.lever], input.world.policy),
    createdBy: input.world.policy.roles["lever-owner"]?.[0] ?? never("the sample policy names a lever-owner"),
  });
  const rng = mersenneRng(input.seed);
  let due: Signal[] = [];
  let decisions = 0;
  for (let cycle = 1; cycle <= input.cycles; cycle++) {
    const from = start + (cycle - 1) * WEEK_MS;
    const to = instant(from + WEEK_MS);
    const week = arrivals(rng, input, { cycle, from });
    const decided = week.map((lead) => decideFor(workspace, input.world, lead));
    due.push(...decided.flatMap(({ decision, lead }) => answersOf(rng, input.world, { decision, lead })));
    now = to;
    await workspace.record(decided.map(({ decision }) => decision));
    await workspace.receive(due.filter((signal) => signal.occurredAt <= to));
    due = due.filter((signal) => signal.occurredAt > to);
    const { reports } = await runCycle(workspace);
    if (cycle < input.unattendedFrom) await approvePending(workspace);
    decisions += decided.length;
    yield { cycle, cycles: input.cycles, decisions, reports };
  }
}

interface Lead {
  readonly id: string;
  readonly at: Instant;
  readonly region: string;
  readonly size: string;
}

function arrivals(
  rng: Rng,
  { world, leadsPerCycle }: SimulationInput,
  { cycle, from }: { readonly cycle: number; readonly from: number },
): readonly Lead[] {
  return Array.from({ length: leadsPerCycle }, (_, i) => ({
    id: `account-${String((cycle - 1) * leadsPerCycle + i + 1).padStart(6, "0")}`,
    at: instant(from + Math.floor(rng.next() * WEEK_MS)),
    region: pick(rng, world.regions),
    size: pick(rng, world.sizes),
  })).sort((a, b) => a.at - b.at);
}

function decideFor(
  workspace: Workspace,
  world: SampleWorld,
  lead: Lead,
): { readonly decision: Decision; readonly lead: Lead } {
  const context: Context = { region: lead.region, size: lead.size };
  const outcome = decide(workspace.frame, { point: world.lever.point, unitId: unitId(lead.id), context }, lead.at);
  if (outcome.kind === "refused") throw new Error(outcome.message);
  return { decision: outcome.decision, lead };
}

/** What the world answers: perhaps a meeting with its opportunity, days later, and perhaps an unsubscribe within the hour. */
function answersOf(
  rng: Rng,
  world: SampleWorld,
  { decision, lead }: { readonly decision: Decision; readonly lead: Lead },
): readonly Signal[] {
  const effect = world.truth(lead.region, lead.size, decision.action);
  const delay = -Math.log(1 - rng.next()) * world.meetingDelayDays * DAY_MS;
  const [meets, leaves, amount] = [
    rng.next() < effect.meeting,
    rng.next() < effect.unsubscribe,
    amountFrom(rng, world),
  ];
  const signals: Signal[] = [];
  if (meets) {
    const at = instant(decision.decidedAt + delay);
    signals.push(signalOf(decision, "meeting_booked", at, null), signalOf(decision, "opportunity_created", at, amount));
  }
  if (leaves)
    signals.push(signalOf(decision, "unsubscribed", instant(decision.decidedAt + rng.next() * 3_600_000), null));
  return signals;
}

function signalOf(decision: Decision, type: string, at: Instant, value: Signal["value"]): Signal {
  return {
    source: SOURCE,
    messageId: `${decision.id}:${type}`,
    type,
    unitId: decision.unitId,
    decisionId: decision.id,
    value,
    occurredAt: at,
    receivedAt: at,
  };
}

function amountFrom(rng: Rng, { amount }: SampleWorld): Signal["value"] {
  const parsed = parseAmount(
    Math.round(amount.median * Math.exp(amount.sigma * normalDraw(rng, { mean: 0, standardDeviation: 1 })())),
  );
  return parsed.kind === "ok" ? parsed.value : null;
}

function pick(rng: Rng, shares: Readonly<Record<string, number>>): string {
  let u = rng.next();
  let last = "";
  for (const [name, share] of Object.entries(shares)) {
    last = name;
    u -= share;
    if (u < 0) return name;
  }
  return last;
}

function never(assumed: string): never {
  throw new Error(`impossible: ${assumed}`);
}
