import { Button, Tooltip } from "@mantine/core";
import { useCallback, useState } from "react";
import type { ChangeView } from "@ratchet/protocol";
import { useKey } from "../app/use-shortcuts.ts";
import { isRunning } from "../format/words.ts";
import { RulingDialog } from "./ruling-dialog.tsx";
import { UndoDialog } from "./undo-dialog.tsx";

type Asked = "approve" | "reject" | "undo" | null;

/** What a person may do with the change as it stands. */
export function RulingButtons({ change }: { readonly change: ChangeView }) {
  const [asked, setAsked] = useState<Asked>(null);
  const isPending = change.status === "pending";
  const canUndo = isRunning(change.status);
  const approve = useCallback(() => setAsked("approve"), []);
  const reject = useCallback(() => setAsked("reject"), []);
  const undo = useCallback(() => setAsked("undo"), []);
  useKey("a", isPending ? approve : null);
  useKey("r", isPending ? reject : null);
  useKey("u", canUndo ? undo : null);
  const close = (): void => setAsked(null);
  return (
    <>
      {isPending ? (
        <>
          <Tooltip label="Reject (r)">
            <Button variant="default" onClick={reject}>
              Reject change
            </Button>
          </Tooltip>
          <Tooltip label="Approve (a)">
            <Button onClick={approve}>Approve change</Button>
          </Tooltip>
        </>
      ) : null}
      {canUndo ? (
        <Tooltip label="Undo (u)">
          <Button variant="default" onClick={undo}>
            Undo change
          </Button>
        </Tooltip>
      ) : null}
      {asked === "approve" || asked === "reject" ? (
        <RulingDialog change={change} ruling={asked} onClose={close} />
      ) : null}
      {asked === "undo" ? <UndoDialog change={change} onClose={close} /> : null}
    </>
  );
}
