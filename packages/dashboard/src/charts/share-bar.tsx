import { formatShare } from "../format/numbers.ts";
import { percentOf } from "./domain.ts";
import "./charts.css";

/** One share as a bar with its number. */
export function ShareBar({ share, label }: { readonly share: number; readonly label: string }) {
  return (
    <span className="share">
      <span className="share-track" role="img" aria-label={`${label}: ${formatShare(share)}`}>
        <span className="share-fill" style={{ width: `${percentOf(share, [0, 1])}%` }} />
      </span>
      <span className="num">{formatShare(share)}</span>
    </span>
  );
}
