import { later } from "../../time.ts";
import { durationInWords } from "./duration-in-words.ts";
import type { EligibilityRules, FrequencyCap } from "./rules.ts";
import type { Asked, Candidate, Stage } from "./stage.ts";
import { subjectOf } from "./subject.ts";

/** One stage a cap: so many contacts of one recipient in a rolling window, counting those that were decided on and not taken back. */
export function capStages({ caps }: EligibilityRules): readonly Stage[] {
  return caps.map((cap) => ({ rule: `cap:${cap.id}`, refuses: (candidate, asked) => used(cap, candidate, asked) }));
}

function used(cap: FrequencyCap, { effect }: Candidate, { question, recipient, standing }: Asked): string | null {
  if (
    effect?.kind !== "contact" ||
    effect.counted === false ||
    (cap.channel !== null && cap.channel !== effect.channel)
  )
    return null;
  const count = standing.contacts({
    subject: subjectOf(cap.per, question.unitId, recipient),
    channel: cap.channel,
    since: later(question.now, -cap.windowMs),
  });
  if (count === null) return "how often the recipient was contacted cannot be told now";
  return count < cap.max ? null : `${count} of at most ${cap.max} in ${durationInWords(cap.windowMs)}`;
}
