import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { ChangeView } from "@ratchet/protocol";
import { formatShare } from "../format/numbers.ts";
import { lastPerson, rememberPerson } from "./person.ts";
import { useSpeaker } from "../sign-in/use-speaker.ts";
import { hasMovedOn, RulingError } from "./ruling-error.tsx";
import { useRule } from "./use-rule.ts";

/** Takes a running change back: anybody may, at any time. */
export function UndoDialog({ change, onClose }: { readonly change: ChangeView; readonly onClose: () => void }) {
  const speaker = useSpeaker();
  const [named, setBy] = useState(lastPerson);
  const by = speaker ?? named;
  const [reason, setReason] = useState("");
  const rule = useRule(change.id, onClose);
  const isComplete = by.trim() !== "" && reason.trim() !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isComplete) return;
    rememberPerson(by.trim());
    rule.mutate({ kind: "undo", body: { by: by.trim(), reason: reason.trim() } });
  };
  return (
    <Modal opened onClose={onClose} title={`Undo to v${change.based_on}`} closeButtonProps={{ "aria-label": "Close" }}>
      <form className="stack" onSubmit={submit}>
        <p>
          <strong>{change.title}</strong>
        </p>
        <p className="small dim">
          {formatShare(change.share)} of units go back to playbook v{change.based_on} with their next decision. This
          needs nobody's approval.
        </p>
        {speaker === null ? (
          <TextInput label="Person" required value={by} onChange={(event) => setBy(event.currentTarget.value)} />
        ) : null}
        <Textarea
          label="Reason"
          description="Kept in the ledger for good"
          required
          autosize
          minRows={2}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {rule.isError ? <RulingError error={rule.error} changeId={change.id} onRead={onClose} /> : null}
        <div className="row dialog-buttons">
          <Button variant="default" onClick={onClose}>
            Keep it running
          </Button>
          <Button type="submit" loading={rule.isPending} disabled={!isComplete || hasMovedOn(rule.error)}>
            Undo to v{change.based_on}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
