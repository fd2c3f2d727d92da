// Line charts as SVG text: readable on light and dark pages, without scripts, with a title and a description for those who cannot see them.

const PALETTE = [
  { light: "#0b62a4", dark: "#6cb6ff" },
  { light: "#b3480b", dark: "#f0a35e" },
  { light: "#1b7a3d", dark: "#5fd38d" },
  { light: "#8a2d9c", dark: "#d79bf0" },
  { light: "#7a5c00", dark: "#e3c04b" },
  { light: "#a3124a", dark: "#ff8fb3" },
  { light: "#00707a", dark: "#54cfd9" },
];
const DASHES = ["", "6 3", "2 3", "9 3 2 3", "", "6 3", "2 3"];
const PANEL = { width: 430, plotHeight: 250, left: 52, right: 30, top: 44, legendLine: 18 };

/**
 * @typedef {{ name: string, values: readonly (number | null)[], emphasis?: boolean }} Series
 * @typedef {{ title: string, xName: string, yName: string, xs: readonly number[], logX: boolean, yTicks: readonly number[], series: readonly Series[], target?: number, band?: number, xTicks: readonly number[], legend?: boolean }} Panel
 */

/** Panels side by side. @param {{ title: string, description: string, panels: readonly Panel[] }} chart @returns {string} */
export function lineChart({ title, description, panels }) {
  const rows = Math.max(...panels.map(({ series }) => series.length));
  const height = PANEL.top + PANEL.plotHeight + 56 + rows * PANEL.legendLine + 8;
  const width = panels.length * PANEL.width;
  const drawn = panels.map((panel, i) => `<g transform="translate(${i * PANEL.width} 0)">${drawPanel(panel)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escapeText(title)}</title><desc id="d">${escapeText(description)}</desc>`,
    style(),
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function style() {
  const colours = (tone) => PALETTE.map((c, i) => `.s${i}{stroke:${c[tone]}}`).join("");
  return `<style>
text{font:12px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600;font-size:13px}.page{fill:#fff}
.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#59636e;stroke-width:1}.target{stroke:#1f2328;stroke-width:1.2}.band{fill:#1f2328;opacity:.1}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.strong{stroke-width:2.8}${colours("light")}
@media (prefers-color-scheme: dark){text{fill:#e6edf3}.page{fill:#0d1117}.grid{stroke:#30363d}.axis{stroke:#9198a1}.target{stroke:#e6edf3}.band{fill:#e6edf3;opacity:.16}${colours("dark")}}
</style>`;
}

/** @param {Panel} panel */
function drawPanel(panel) {
  const { left, right, top, width, plotHeight } = PANEL;
  const [bottom, end] = [top + plotHeight, width - right];
  const scale = panel.logX ? Math.log : (v) => v;
  const [x0, x1] = [scale(panel.xs[0]), scale(panel.xs.at(-1))];
  const x = (v) => left + ((scale(v) - x0) / (x1 - x0)) * (end - left);
  const [y0, y1] = [panel.yTicks[0], panel.yTicks.at(-1)];
  const y = (v) => bottom - ((v - y0) / (y1 - y0)) * plotHeight;
  const inside = (v) => Math.min(y1, Math.max(y0, v));
  const parts = [`<text class="head" x="${left}" y="18">${escapeText(panel.title)}</text>`];
  parts.push(`<text x="${left}" y="35">${escapeText(panel.yName)}</text>`);
  for (const tick of panel.yTicks) {
    parts.push(`<line class="grid" x1="${left}" x2="${end}" y1="${num(y(tick))}" y2="${num(y(tick))}"/>`);
    parts.push(`<text x="${left - 6}" y="${num(y(tick) + 4)}" text-anchor="end">${percent(tick)}</text>`);
  }
  for (const tick of panel.xTicks) {
    parts.push(`<line class="axis" x1="${num(x(tick))}" x2="${num(x(tick))}" y1="${bottom}" y2="${bottom + 5}"/>`);
    parts.push(`<text x="${num(x(tick))}" y="${bottom + 18}" text-anchor="middle">${tick.toLocaleString("en")}</text>`);
  }
  parts.push(`<text x="${(left + end) / 2}" y="${bottom + 36}" text-anchor="middle">${escapeText(panel.xName)}</text>`);
  if (panel.target !== undefined) {
    const half = panel.band ?? 0;
    const [high, low] = [y(inside(panel.target + half)), y(inside(panel.target - half))];
    parts.push(`<rect class="band" x="${left}" y="${num(high)}" width="${end - left}" height="${num(low - high)}"/>`);
    parts.push(
      `<line class="target" x1="${left}" x2="${end}" y1="${num(y(panel.target))}" y2="${num(y(panel.target))}"/>`,
    );
  }
  panel.series.forEach(({ values, emphasis }, i) => {
    const look = `class="line s${i % PALETTE.length}${emphasis ? " strong" : ""}"${dash(i)}`;
    parts.push(`<path ${look} d="${path(values, { xs: panel.xs, x, y, y0, y1 })}"/>`);
  });
  return [...parts, ...(panel.legend === false ? [] : legend(panel.series, bottom + 56))].join("\n");
}

/** @param {readonly Series[]} series @param {number} top */
function legend(series, top) {
  return series.flatMap(({ name, emphasis }, i) => {
    const y = top + i * PANEL.legendLine;
    const look = `class="line s${i % PALETTE.length}${emphasis ? " strong" : ""}"${dash(i)}`;
    return [
      `<path ${look} d="M${PANEL.left} ${y}h30"/>`,
      `<text x="${PANEL.left + 38}" y="${y + 4}">${escapeText(name)}</text>`,
    ];
  });
}

/** A gap in the values, or one beyond the frame, is a gap in the line; it is cut where it leaves the frame. */
function path(values, { xs, x, y, y0, y1 }) {
  let [d, before] = ["", null];
  values.forEach((value, i) => {
    const here = value === null || value === undefined ? null : { at: xs[i], value };
    const shown = here !== null && value >= y0 && value <= y1;
    const shownBefore = before !== null && before.value >= y0 && before.value <= y1;
    if (here !== null && before !== null && shown !== shownBefore) {
      const edge = (shown ? before : here).value < y0 ? y0 : y1;
      const share = (edge - before.value) / (here.value - before.value);
      const across = x(before.at) + share * (x(here.at) - x(before.at));
      d += `${shown ? "M" : "L"}${num(across)} ${num(y(edge))}`;
      if (shown) d += `L${num(x(here.at))} ${num(y(value))}`;
    } else if (shown) d += `${shownBefore ? "L" : "M"}${num(x(here.at))} ${num(y(value))}`;
    before = here;
  });
  return d;
}

function dash(i) {
  const pattern = DASHES[i % DASHES.length];
  return pattern === "" ? "" : ` stroke-dasharray="${pattern}"`;
}

function num(v) {
  return String(Math.round(v * 10) / 10);
}

function percent(v) {
  return `${Math.round(v * 1000) / 10} %`;
}

function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
