import { useEffect, type ReactNode } from "react";

interface PageHeaderProps {
  /** Also the browser tab's title. */
  readonly title: string;
  readonly above?: ReactNode;
  readonly below?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a screen: its one h1, where it belongs, and what can be done. */
export function PageHeader({ title, above, below, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Ratchet`;
  }, [title]);
  return (
    <header className="page-header">
      <div className="page-header-text">
        {above}
        <h1>{title}</h1>
        {below}
      </div>
      {actions === undefined ? null : <div className="page-header-actions">{actions}</div>}
    </header>
  );
}
