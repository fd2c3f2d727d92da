import { scaleLinear } from "d3-scale";
import { formatNumber, scaleOf, unitOf, type MetricKind } from "../format/numbers.ts";
import { percentOf, type Domain } from "./domain.ts";

const TICKS = 4;
/** Labels nearer to an edge than this would be cut, in percent. */
const EDGE = 6;

/** The axis under a forest plot, in shown numbers. */
export function StripAxis({ domain, kind }: { readonly domain: Domain; readonly kind: MetricKind }) {
  const scale = scaleOf(kind);
  const shown: Domain = [domain[0] * scale, domain[1] * scale];
  const ticks = scaleLinear([...shown], [0, 100]).ticks(TICKS);
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const digits = step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step)));
  return (
    <svg width="100%" height="34" className="strip-axis" aria-hidden>
      <line x1="0" x2="100%" y1="0.5" y2="0.5" />
      {ticks
        .map((tick) => ({ tick, at: percentOf(tick, shown) }))
        .filter(({ at }) => at >= EDGE && at <= 100 - EDGE)
        .map(({ tick, at }) => (
          <g key={tick}>
            <line x1={`${at}%`} x2={`${at}%`} y1="0" y2="4" />
            <text x={`${at}%`} y="16" textAnchor="middle">{`${tick > 0 ? "+" : ""}${formatNumber(tick, digits)}`}</text>
          </g>
        ))}
      <text x="50%" y="31" textAnchor="middle">{`difference ${unitOf(kind)}`}</text>
    </svg>
  );
}
