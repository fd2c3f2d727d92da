import type { IntervalView } from "@ratchet/protocol";
import type { Tone } from "../format/words.ts";
import { percentOf, type Domain } from "./domain.ts";
import "./charts.css";

interface IntervalStripProps {
  /** Drawn thick. */
  readonly inner: IntervalView;
  /** Drawn thin behind it: the same difference under a stricter promise. */
  readonly outer?: IntervalView;
  readonly domain: Domain;
  /** Coloured only where the interval clears zero. */
  readonly tone: Tone;
  readonly label: string;
}

const HEIGHT = 26;
const MIDDLE = HEIGHT / 2;

/** One row of a forest plot: zero line, interval, estimate. */
export function IntervalStrip({ inner, outer, domain, tone, label }: IntervalStripProps) {
  const zero = `${percentOf(0, domain)}%`;
  return (
    <svg className="strip" width="100%" height={HEIGHT} role="img" aria-label={label} data-tone={tone}>
      <line x1={zero} x2={zero} y1="0" y2={HEIGHT} className="strip-zero" />
      {outer === undefined ? null : <Span interval={outer} domain={domain} className="strip-outer" />}
      <Span interval={inner} domain={domain} className="strip-inner" />
      {inner.estimate === null ? null : (
        <circle cx={`${percentOf(inner.estimate, domain)}%`} cy={MIDDLE} r="5" className="strip-dot" />
      )}
    </svg>
  );
}

interface SpanProps {
  readonly interval: IntervalView;
  readonly domain: Domain;
  readonly className: string;
}

function Span({ interval: { estimate, lower, upper }, domain, className }: SpanProps) {
  if (estimate === null) return null;
  const from = lower === null ? 0 : percentOf(lower, domain);
  const to = upper === null ? 100 : percentOf(upper, domain);
  return <line x1={`${from}%`} x2={`${to}%`} y1={MIDDLE} y2={MIDDLE} className={className} />;
}
