import { counterfactualInWords, type Contribution, type DecisionRecord } from "@ratchet/engine";
import type { DecisionRecordView } from "@ratchet/protocol";

/** What a decision was made from, for people and programs that ask why. */
export function recordView(record: DecisionRecord, contributions: readonly Contribution[]): DecisionRecordView {
  const { score } = record;
  return {
    lever: record.lever,
    playbook: record.playbook,
    policy: record.policy,
    draw: record.draw,
    fallback: record.lease ?? record.fallback,
    candidates: record.candidates,
    funnel: record.funnel.stages,
    score:
      score === null
        ? null
        : {
            of: score.of,
            score: score.score,
            calibrated: score.calibrated,
            intercept: score.intercept,
            contributions,
          },
    what_would_have_changed_it: counterfactualInWords(record.counterfactual),
  };
}
