import type { EditRowView } from "@ratchet/protocol";
import { formatShare } from "../format/numbers.ts";
import { percentOf } from "./domain.ts";
import "./charts.css";

const HEIGHT = 34;
const MIDDLE = 11;

/** From now to proposed, inside the range that the policy allows. */
export function RangeBar({ row }: { readonly row: EditRowView }) {
  const at = (share: number): string => `${percentOf(share, [-0.02, 1.02])}%`;
  const label =
    `${row.action}: from ${formatShare(row.now)} to ${formatShare(row.proposed)}, ` +
    `allowed ${formatShare(row.min)} to ${formatShare(row.max)}`;
  const tone = row.difference > 0 ? "up" : row.difference < 0 ? "down" : "same";
  return (
    <svg className="range" width="100%" height={HEIGHT} role="img" aria-label={label} data-move={tone}>
      <line x1={at(0)} x2={at(1)} y1={MIDDLE} y2={MIDDLE} className="range-all" />
      <line x1={at(row.min)} x2={at(row.max)} y1={MIDDLE} y2={MIDDLE} className="range-allowed" />
      <line x1={at(row.now)} x2={at(row.proposed)} y1={MIDDLE} y2={MIDDLE} className="range-move" />
      <line x1={at(row.now)} x2={at(row.now)} y1={MIDDLE - 8} y2={MIDDLE + 8} className="range-now" />
      <circle cx={at(row.proposed)} cy={MIDDLE} r="5.5" className="range-proposed" />
      <text x={at(row.min)} y={HEIGHT - 2} textAnchor="start">
        {formatShare(row.min)}
      </text>
      <text x={at(row.max)} y={HEIGHT - 2} textAnchor="end">
        {formatShare(row.max)}
      </text>
    </svg>
  );
}
