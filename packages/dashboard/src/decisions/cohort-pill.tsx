import type { DecisionView } from "@ratchet/protocol";
import type { Tone } from "../format/words.ts";
import { Pill } from "../parts/pill.tsx";

const COHORTS: Readonly<
  Record<DecisionView["cohort"], { readonly word: string; readonly tone: Tone; readonly meaning: string }>
> = {
  holdout: {
    word: "Holdout",
    tone: "watch",
    meaning: "Always gets the baseline, whatever is learned: what the programme is measured against.",
  },
  "business-as-usual": {
    word: "Own way",
    tone: "watch",
    meaning: "Only observed: the team does what it would do without the engine.",
  },
  control: { word: "Playbook", tone: "neutral", meaning: "Gets the playbook in force." },
  candidate: { word: "On trial", tone: "info", meaning: "Gets the change that is being rolled out." },
};

/** Which playbook the unit gets. */
export function CohortPill({ cohort }: { readonly cohort: DecisionView["cohort"] }) {
  const { word, tone, meaning } = COHORTS[cohort];
  return (
    <Pill tone={tone} title={meaning}>
      {word}
    </Pill>
  );
}
