import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { useState, type PointerEvent } from "react";
import { formatNumber, scaleOf, unitOf, type MetricKind } from "../format/numbers.ts";
import { laterDomain } from "./domain.ts";
import { CycleTooltip } from "./cycle-tooltip.tsx";
import { CycleKey } from "./cycle-key.tsx";
import { CycleMarkers } from "./cycle-markers.tsx";
import { describeCycles, type CycleLift } from "./describe-cycles.ts";
import { useWidth } from "./use-width.ts";
import "./charts.css";

const HEIGHT = 268;
const MARGIN = { top: 30, right: 14, bottom: 30, left: 44 };
const TICKS = 5;

interface LiftOverCyclesProps {
  readonly cycles: readonly CycleLift[];
  readonly kind: MetricKind;
}

/** Lift with its interval, cycle by cycle; zero is the holdout, marks are what happened to the playbook. */
export function LiftOverCycles({ cycles, kind }: LiftOverCyclesProps) {
  const [ref, width] = useWidth(640);
  const [near, setNear] = useState<CycleLift | null>(null);
  const plot = plotOf(cycles, width, kind);
  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setNear(cycles.reduce<CycleLift | null>((best, one) => closer(plot.x, x, best, one), null));
  };
  return (
    <figure className="chart" ref={ref}>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={describeCycles(cycles, kind)}
        onPointerMove={follow}
        onPointerLeave={() => setNear(null)}
      >
        <Grid plot={plot} width={width} kind={kind} />
        <g clipPath="url(#lift-plot)">
          <path d={plot.band} className="chart-band" />
          <path d={plot.line} className="chart-line" />
        </g>
        <CycleMarkers cycles={cycles} x={plot.x} top={MARGIN.top} bottom={HEIGHT - MARGIN.bottom} />
        {plot.last === null ? null : <circle cx={plot.last.x} cy={plot.last.y} r="4" className="chart-dot" />}
        {near === null ? null : (
          <line
            x1={plot.x(near.cycle)}
            x2={plot.x(near.cycle)}
            y1={MARGIN.top}
            y2={HEIGHT - MARGIN.bottom}
            className="chart-cross"
          />
        )}
        <clipPath id="lift-plot">
          <rect
            x={MARGIN.left}
            y={MARGIN.top}
            width={Math.max(0, width - MARGIN.left - MARGIN.right)}
            height={HEIGHT - MARGIN.top - MARGIN.bottom}
          />
        </clipPath>
      </svg>
      {near === null ? null : <CycleTooltip cycle={near} kind={kind} x={plot.x(near.cycle)} width={width} />}
      <CycleKey kind={kind} />
    </figure>
  );
}

type Scale = (value: number) => number;

interface Plot {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly digits: number;
  readonly band: string;
  readonly line: string;
  readonly last: { readonly x: number; readonly y: number } | null;
}

function plotOf(cycles: readonly CycleLift[], width: number, kind: MetricKind): Plot {
  const scale = scaleOf(kind);
  const first = cycles[0]?.cycle ?? 0;
  const final = cycles.at(-1)?.cycle ?? 1;
  const x = scaleLinear([first, Math.max(final, first + 1)], [MARGIN.left + 8, width - MARGIN.right - 8]);
  const [low, high] = laterDomain(cycles);
  const y = scaleLinear([low * scale, high * scale], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const yTicks = y.ticks(TICKS);
  const step = Math.abs((yTicks[1] ?? 1) - (yTicks[0] ?? 0));
  const shown = cycles.filter(({ estimate }) => estimate !== null);
  const last = shown.at(-1);
  const band = area<CycleLift>()
    .x((one) => x(one.cycle))
    .y0((one) => y((one.lower ?? low * 9) * scale))
    .y1((one) => y((one.upper ?? high * 9) * scale));
  const path = line<CycleLift>()
    .x((one) => x(one.cycle))
    .y((one) => y((one.estimate ?? 0) * scale));
  return {
    x,
    y,
    xTicks: x
      .ticks(Math.max(2, Math.min(cycles.length, Math.floor(width / 60))))
      .filter((tick) => Number.isInteger(tick)),
    yTicks,
    digits: step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step))),
    band: band(shown) ?? "",
    line: path(shown) ?? "",
    last: last === undefined ? null : { x: x(last.cycle), y: y((last.estimate ?? 0) * scale) },
  };
}

function closer(x: Scale, at: number, best: CycleLift | null, one: CycleLift): CycleLift {
  return best === null || Math.abs(x(one.cycle) - at) < Math.abs(x(best.cycle) - at) ? one : best;
}

function Grid({ plot, width, kind }: { readonly plot: Plot; readonly width: number; readonly kind: MetricKind }) {
  return (
    <g className="chart-grid">
      <text x={0} y={14}>{`difference ${unitOf(kind)}`}</text>
      {plot.yTicks.map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={plot.y(tick)}
            y2={plot.y(tick)}
            data-zero={tick === 0 || undefined}
          />
          <text
            x={MARGIN.left - 8}
            y={plot.y(tick) + 4}
            textAnchor="end"
          >{`${tick > 0 ? "+" : ""}${formatNumber(tick, plot.digits)}`}</text>
        </g>
      ))}
      {plot.xTicks.map((tick) => (
        <text key={tick} x={plot.x(tick)} y={HEIGHT - 10} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text x={0} y={HEIGHT - 10}>
        cycle
      </text>
    </g>
  );
}
