import { Select } from "@mantine/core";
import type { ChangeView } from "@ratchet/protocol";
import { actorName, capital, spoken } from "../format/words.ts";
import { recallPerson } from "./person.ts";

/** Who rules, and as what. */
export interface Ruler {
  readonly role: string | null;
  readonly by: string | null;
}

interface RulerFieldsProps extends Ruler {
  /** The roles still asked for, each with its people, as the policy has them. */
  readonly roles: ChangeView["approvals_missing"];
  readonly onChoose: (ruler: Ruler) => void;
}

/** A role of the policy, and one of its people. */
export function RulerFields({ roles, role, by, onChoose }: RulerFieldsProps) {
  const peopleOf = (wanted: string | null): readonly string[] => roles.find((one) => one.role === wanted)?.people ?? [];
  return (
    <>
      <Select
        label="Role"
        data={roles.map((one) => ({ value: one.role, label: capital(spoken(one.role)) }))}
        value={role}
        onChange={(next) => onChoose({ role: next, by: recallPerson(peopleOf(next)) })}
        allowDeselect={false}
        required
      />
      <Select
        label="Person"
        data={peopleOf(role).map((person) => ({ value: person, label: actorName(person) }))}
        value={by}
        onChange={(next) => onChoose({ role, by: next })}
        allowDeselect={false}
        placeholder="Who are you?"
        nothingFoundMessage="Nobody has this role in the policy"
        required
      />
    </>
  );
}
