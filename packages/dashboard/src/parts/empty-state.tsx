import type { ReactNode } from "react";

interface EmptyStateProps {
  readonly title: string;
  /** The next step. */
  readonly children: ReactNode;
}

/** Nothing here yet, why, and what to do about it. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className="empty">
      <span className="empty-title">{title}</span>
      {children}
    </div>
  );
}
