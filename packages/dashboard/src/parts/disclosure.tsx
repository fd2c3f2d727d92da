import type { ReactNode } from "react";

/** Folded detail. */
export function Disclosure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <details className="disclosure">
      <summary>{label}</summary>
      {children}
    </details>
  );
}
