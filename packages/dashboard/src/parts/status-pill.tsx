import type { ChangeStatusWord } from "@ratchet/protocol";
import { STATUSES } from "../format/words.ts";
import { Pill } from "./pill.tsx";

/** Where a change stands. */
export function StatusPill({ status }: { readonly status: ChangeStatusWord }) {
  const { word, tone, meaning } = STATUSES[status];
  return (
    <Pill tone={tone} title={meaning}>
      {word}
    </Pill>
  );
}
