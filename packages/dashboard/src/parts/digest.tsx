import { CopyButton } from "./copy-button.tsx";

const SHOWN = 10;

/** A content address, shortened; the whole of it is one click away. */
export function Digest({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <span className="digest">
      <span className="mono" title={value}>
        {value.slice(0, SHOWN)}…
      </span>
      <CopyButton text={value} label={`Copy ${label}`} />
    </span>
  );
}
