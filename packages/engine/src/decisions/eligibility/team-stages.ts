import { parseCondition } from "./condition.ts";
import type { EligibilityRules, TeamRule } from "./rules.ts";
import type { Asked, Candidate, Stage } from "./stage.ts";

/** One stage a rule of the team's own. A rule that cannot be read refuses everything that it is about. */
export function teamStages({ teamRules }: EligibilityRules): readonly Stage[] {
  return teamRules.map((rule) => ({ rule: `rule:${rule.id}`, refuses: refusalOf(rule) }));
}

function refusalOf({ levers, actions, condition: text, because }: TeamRule): Stage["refuses"] {
  const condition = parseCondition(text);
  const isAbout = ({ action }: Candidate, { question: { lever } }: Asked): boolean =>
    (levers === null || levers.includes(lever)) && (actions === null || actions.some((one) => one === action));
  return (candidate, asked) => {
    if (!isAbout(candidate, asked)) return null;
    if (condition.kind === "err") return `the rule cannot be read: ${condition.error}`;
    const { effect, action } = candidate;
    const channel = effect?.kind === "contact" ? effect.channel : "";
    const answer = condition.value.ask({ context: asked.question.context, action, channel });
    if (answer.kind === "holds") return null;
    return answer.kind === "fails" ? (because ?? `not so: ${text}`) : `cannot be checked: ${answer.why}`;
  };
}
