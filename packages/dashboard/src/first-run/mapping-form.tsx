import { MultiSelect, Select, TextInput } from "@mantine/core";
import type { MappingGuess } from "@ratchet/protocol";
import { OutcomeFields } from "./outcome-fields.tsx";
import { actionsIn } from "./actions-in.ts";
import { ROW, type MappingDraft } from "./mapping-draft.ts";

interface MappingFormProps {
  readonly draft: MappingDraft;
  readonly guess: MappingGuess;
  readonly onChange: (draft: MappingDraft) => void;
}

const ASSIGNMENTS = [
  { value: "randomised", label: "Drawn at random (a test)" },
  { value: "observational", label: "Chosen by people or rules" },
];

/** Who, when, what was done, what came of it: and what to improve against what. */
export function MappingForm({ draft, guess, onChange }: MappingFormProps) {
  const set = (edit: Partial<MappingDraft>): void => onChange({ ...draft, ...edit });
  return (
    <div className="stack">
      <div className="questions">
        <ColumnFields draft={draft} guess={guess} onChange={onChange} />
        <Select
          label="How was it chosen who got what?"
          description="Only chance makes a difference an effect"
          data={ASSIGNMENTS}
          value={draft.assignment}
          onChange={(value) => set({ assignment: value === "randomised" ? "randomised" : "observational" })}
          allowDeselect={false}
        />
        <TextInput
          label="Name of this source"
          description="Lower-case words joined by hyphens"
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      </div>
      <OutcomeFields draft={draft} guess={guess} onChange={onChange} />
      <MultiSelect
        label="What was known at the time?"
        description="Never put outcomes here: they were not known"
        data={[...guess.columns]}
        value={[...draft.context]}
        onChange={(context) => set({ context })}
        searchable
        clearable
      />
    </div>
  );
}

/** The columns that make a row a decision. */
function ColumnFields({ draft, guess, onChange }: MappingFormProps) {
  const columns = guess.columns.map((column) => ({ value: column, label: column }));
  const set = (edit: Partial<MappingDraft>): void => onChange({ ...draft, ...edit });
  return (
    <>
      <Select
        label="Who was treated?"
        description="The account or contact"
        data={[{ value: ROW, label: "Each row is someone new" }, ...columns]}
        value={draft.unit}
        onChange={(unit) => set({ unit })}
        searchable
      />
      <Select
        label="When?"
        description="When it was decided"
        data={[{ value: ROW, label: "No times: rows are in order" }, ...columns]}
        value={draft.time}
        onChange={(time) => set({ time })}
        searchable
      />
      <Select
        label="What was done?"
        description="The column that names the action"
        data={columns}
        value={draft.action}
        onChange={(action) => set({ action, baseline: null })}
        searchable
      />
      <Select
        label="Compare with"
        description="The action that others must beat"
        data={[...actionsIn(guess, draft.action)]}
        value={draft.baseline}
        onChange={(baseline) => set({ baseline })}
        nothingFoundMessage="Choose what was done first"
        searchable
      />
    </>
  );
}
