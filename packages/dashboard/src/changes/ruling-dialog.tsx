import { Button, Modal, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { ChangeView } from "@ratchet/protocol";
import { capital } from "../format/words.ts";
import { recallPerson, rememberPerson } from "./person.ts";
import { useSpeaker } from "../sign-in/use-speaker.ts";
import { RulerFields, type Ruler } from "./ruler-fields.tsx";
import { hasMovedOn, RulingError } from "./ruling-error.tsx";
import { useRule } from "./use-rule.ts";

interface RulingDialogProps {
  readonly change: ChangeView;
  readonly ruling: "approve" | "reject";
  readonly onClose: () => void;
}

const CONSEQUENCE = {
  approve: "Your approval binds exactly this revision. The change then starts on its first, smallest share.",
  reject: "The change ends here. It is remembered and not proposed again until the evidence has materially changed.",
};

/** Who rules, as what, and why. */
export function RulingDialog({ change, ruling, onClose }: RulingDialogProps) {
  const speaker = useSpeaker();
  // Whoever is signed in speaks as themselves alone.
  const roles = change.approvals_missing.map((one) =>
    speaker === null ? one : { ...one, people: one.people.filter((person) => person === speaker) },
  );
  const first = roles.find(({ people }) => people.length > 0) ?? roles[0];
  const [{ role, by }, choose] = useState<Ruler>({ role: first?.role ?? null, by: recallPerson(first?.people ?? []) });
  const [comment, setComment] = useState("");
  const rule = useRule(change.id, onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (role === null || by === null) return;
    rememberPerson(by);
    const note = comment.trim() === "" ? {} : { comment: comment.trim() };
    rule.mutate({ kind: ruling, body: { by, role, revision: change.revision, ...note } });
  };
  return (
    <Modal opened onClose={onClose} title={`${capital(ruling)} change`} closeButtonProps={{ "aria-label": "Close" }}>
      <form className="stack" onSubmit={submit}>
        <p>
          <strong>{change.title}</strong>
        </p>
        <p className="small dim">{CONSEQUENCE[ruling]}</p>
        <RulerFields roles={roles} role={role} by={by} onChoose={choose} />
        <Textarea
          label="Comment"
          description="Kept in the ledger for good"
          autosize
          minRows={2}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {rule.isError ? <RulingError error={rule.error} changeId={change.id} onRead={onClose} /> : null}
        <div className="row dialog-buttons">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={rule.isPending}
            disabled={role === null || by === null || hasMovedOn(rule.error)}
          >
            {capital(ruling)} change
          </Button>
        </div>
      </form>
    </Modal>
  );
}
