import { later } from "../../time.ts";
import { durationInWords } from "./duration-in-words.ts";
import type { EligibilityRules, Queue } from "./rules.ts";
import type { Asked, Candidate, Stage } from "./stage.ts";
import { isOpen, own } from "./windows.ts";

/** What keeps work away from those who cannot, or should not, take it. */
export function routingStages(rules: EligibilityRules): readonly Stage[] {
  const queues = new Map(rules.queues.map((queue) => [queue.id, queue]));
  const queueOf = ({ effect }: Candidate): Queue | null | undefined =>
    effect?.kind === "assign" ? (queues.get(effect.queue) ?? null) : undefined;
  const stage = (rule: string, refuses: (queue: Queue, asked: Asked) => string | null): Stage => ({
    rule,
    refuses: (candidate, asked) => {
      const queue = queueOf(candidate);
      if (queue === undefined) return null;
      return queue === null ? "its queue is not among the rules' queues" : refuses(queue, asked);
    },
  });
  return [
    { rule: "open-opportunity", refuses: (candidate, asked) => inPlay(rules, candidate, asked) },
    stage("ownership", (queue, asked) => elsewhere(rules.ownerField, queue, asked)),
    stage("working-hours", ({ hours, zone }, { question: { now } }) =>
      hours.length === 0 || isOpen(hours, zone, now) ? null : `nobody works there at this time (${zone})`,
    ),
    stage("capacity", full),
  ];
}

function inPlay({ openOpportunity }: EligibilityRules, { effect }: Candidate, { question }: Asked): string | null {
  if (openOpportunity === null || effect === null || !openOpportunity.levers.includes(question.lever)) return null;
  const open = own(question.context, openOpportunity.field);
  if (open === false) return null;
  return open === true
    ? "an opportunity is open: its owner speaks for us"
    : `whether an opportunity is open cannot be told: "${openOpportunity.field}" is neither true nor false`;
}

/** An owned account goes to its owner, and to nobody where the owner takes no work here. The owner may be a person: not named. */
function elsewhere(field: string | null, { id, members }: Queue, { question }: Asked): string | null {
  if (field === null) return null;
  const owner = own(question.context, field);
  if (owner === null || owner === "") return null;
  if (typeof owner !== "string") return `who owns the account cannot be told: "${field}" is no text`;
  return owner === id || members.includes(owner) ? null : "the account belongs to somebody else";
}

function full({ id, capacity }: Queue, { question, standing }: Asked): string | null {
  if (capacity === null) return null;
  const { max, windowMs, counts } = capacity;
  const load = standing.assignments({ queue: id, counts, since: later(question.now, -windowMs) });
  if (load === null) return "how much work it has cannot be told now";
  return load < max ? null : `${load} of at most ${max} ${counts} in ${durationInWords(windowMs)}`;
}
