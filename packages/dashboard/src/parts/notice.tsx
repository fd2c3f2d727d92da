import type { ReactNode } from "react";
import type { Tone } from "../format/words.ts";

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
}

/** Something to know before going on. Faults interrupt a screen reader, the rest waits its turn. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <span className="notice-title">{title}</span>
      {children}
    </div>
  );
}
