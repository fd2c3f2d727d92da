import { MultiSelect, NumberInput, Select } from "@mantine/core";
import type { MappingGuess } from "@ratchet/protocol";
import { scaleOf, unitOf } from "../format/numbers.ts";
import { spoken } from "../format/words.ts";
import { outcomeOf, type MappingDraft, type OutcomeDraft } from "./mapping-draft.ts";

interface OutcomeFieldsProps {
  readonly draft: MappingDraft;
  readonly guess: MappingGuess;
  readonly onChange: (draft: MappingDraft) => void;
}

const KINDS = [
  { value: "conversion", label: "Happened or not" },
  { value: "value", label: "An amount" },
];

/** What came of it, which of it to improve, and from when on a difference matters. */
export function OutcomeFields({ draft, guess, onChange }: OutcomeFieldsProps) {
  const choose = (columns: readonly string[]): void => {
    const outcomes = columns.map(
      (column) => draft.outcomes.find((one) => one.column === column) ?? outcomeOf(column, cellsOf(guess, column)),
    );
    const objective = outcomes.some(({ id }) => id === draft.objective) ? draft.objective : (outcomes[0]?.id ?? null);
    onChange({ ...draft, outcomes, objective });
  };
  const edit = (changed: OutcomeDraft): void =>
    onChange({ ...draft, outcomes: draft.outcomes.map((one) => (one.column === changed.column ? changed : one)) });
  return (
    <div className="stack">
      <div className="questions">
        <MultiSelect
          label="What came of it?"
          description="One or more outcome columns"
          data={[...guess.columns]}
          value={draft.outcomes.map(({ column }) => column)}
          onChange={choose}
          searchable
        />
        <Select
          label="What to improve"
          description="The objective; the others are watched"
          data={draft.outcomes.map(({ id }) => ({ value: id, label: spoken(id) }))}
          value={draft.objective}
          onChange={(objective) => onChange({ ...draft, objective })}
          allowDeselect={false}
          nothingFoundMessage="Choose an outcome first"
        />
      </div>
      {draft.outcomes.map((outcome) => (
        <OutcomeRow key={outcome.column} outcome={outcome} onChange={edit} />
      ))}
    </div>
  );
}

function cellsOf(guess: MappingGuess, column: string): readonly string[] {
  const at = guess.columns.indexOf(column);
  return guess.preview.map((row) => row[at] ?? "");
}

function OutcomeRow({
  outcome,
  onChange,
}: {
  readonly outcome: OutcomeDraft;
  readonly onChange: (outcome: OutcomeDraft) => void;
}) {
  const scale = scaleOf(outcome.kind);
  const setEffect = (value: string | number): void => {
    const shown = Number(value);
    if (shown > 0) onChange({ ...outcome, minimumEffect: Number((shown / scale).toPrecision(12)) });
  };
  return (
    <div className="outcome-row">
      <strong>{spoken(outcome.id)}</strong>
      <Select
        size="xs"
        aria-label={`Kind of ${spoken(outcome.id)}`}
        data={KINDS}
        value={outcome.kind}
        onChange={(kind) => onChange({ ...outcome, kind: kind === "value" ? "value" : "conversion" })}
        allowDeselect={false}
      />
      <NumberInput
        size="xs"
        aria-label={`Smallest difference in ${spoken(outcome.id)} that is worth a change`}
        prefix="worth a change from "
        suffix={` ${unitOf(outcome.kind)}`}
        min={0}
        value={Number((outcome.minimumEffect * scale).toPrecision(12))}
        onChange={setEffect}
      />
    </div>
  );
}
