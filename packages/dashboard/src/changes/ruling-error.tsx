import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { hasCode } from "../api/explain-error.ts";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { Notice } from "../parts/notice.tsx";

/** Whether the change moved on after it was read: the same ruling can never be accepted. */
export function hasMovedOn(error: unknown): boolean {
  return hasCode(error, "change.stale_revision", "change.wrong_status", "change.expired", "change.not_running");
}

interface RulingErrorProps {
  readonly error: unknown;
  readonly changeId: string;
  /** Closes what stands over the change, so that it can be read again. */
  readonly onRead: () => void;
}

/** A ruling that was refused. That the change has moved on is not a fault: nothing happened, and it must be read again. */
export function RulingError({ error, changeId, onRead }: RulingErrorProps) {
  const queries = useQueryClient();
  const read = (): void => {
    void queries.invalidateQueries({ queryKey: ["change", changeId] });
    void queries.invalidateQueries({ queryKey: ["changes"] });
    onRead();
  };
  if (!hasMovedOn(error)) return <ErrorNotice error={error} />;
  return (
    <Notice tone="watch" title="The change has moved on since you opened it">
      <p>Nothing was recorded: a ruling binds exactly what was on the screen. Read it as it stands now, then decide.</p>
      <div>
        <Button size="compact-sm" variant="default" onClick={read}>
          Read the change as it is now
        </Button>
      </div>
    </Notice>
  );
}
