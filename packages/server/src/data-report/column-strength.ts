/** How much a column alone tells about the outcome. */
export interface ColumnStrength {
  /** Area under the ROC curve of the outcome's rate by cell, learnt on one half of the rows and tried on the other, both ways. */
  readonly auc: number;
  readonly filledShare: number;
  /** Rate of the outcome where the cell is filled, and where it is blank; null where there are too few of either. */
  readonly rates: { readonly filled: number; readonly blank: number } | null;
  /** Share of rows whose cell all but settles the outcome. */
  readonly settledShare: number;
  /** The cells that do, commonest first. */
  readonly settling: readonly { readonly cell: string; readonly rows: number; readonly rate: number }[];
}

const BINS = 20;
/** Different numbers above which a column is cut into twenty equal parts. */
const NUMBERS_MAX = 40;
const ROWS_PER_CELL_MIN = 30;
/** A cell with a rate beyond these settles it. */
const RATE_HIGH = 0.9;
const RATE_LOW = 0.05;
/** Where the outcome is rarer than this, or commoner than its complement, nearly every cell does. */
const BASE_RATE_MIN = 0.1;

/** @returns null for a column whose cells are nearly all different: an id tells nothing that lasts. */
export function columnStrength(cells: readonly string[], labels: readonly boolean[]): ColumnStrength | null {
  const levels = levelsOf(cells);
  const counts = tableOf(levels, labels, () => true);
  if (counts.size < 2 || counts.size > cells.length / 10) return null;
  const { n: rows, k: outcomes } = totalOf(counts);
  const isCommon = outcomes / rows >= BASE_RATE_MIN && outcomes / rows <= 1 - BASE_RATE_MIN;
  const settling = [...(isCommon ? counts : [])]
    .filter(([, { n, k }]) => n >= ROWS_PER_CELL_MIN && (k / n >= RATE_HIGH || k / n <= RATE_LOW))
    .map(([cell, { n, k }]) => ({ cell, rows: n, rate: k / n }))
    .sort((a, b) => b.rows - a.rows);
  const filled = cells.filter((cell) => cell !== "").length;
  return {
    auc: (foldAuc(levels, labels, 0) + foldAuc(levels, labels, 1)) / 2,
    filledShare: filled / cells.length,
    rates: ratesOf(cells, labels),
    settledShare: settling.reduce((sum, { rows }) => sum + rows, 0) / cells.length,
    settling,
  };
}

/** Cells as they are, numbers in twenty parts of equal size where there are many. */
function levelsOf(cells: readonly string[]): readonly string[] {
  const filled = cells.filter((cell) => cell !== "");
  const numbers = filled.map(Number);
  if (filled.length === 0 || numbers.some((x) => !Number.isFinite(x)) || new Set(numbers).size <= NUMBERS_MAX)
    return cells;
  const ascending = [...numbers].sort((a, b) => a - b);
  const cuts = Array.from(
    { length: BINS - 1 },
    (_, i) => ascending[Math.floor(((i + 1) * ascending.length) / BINS)] ?? 0,
  );
  return cells.map((cell) =>
    cell === "" ? "" : `part ${cuts.filter((cut) => cut <= Number(cell)).length + 1} of ${BINS}`,
  );
}

interface Count {
  n: number;
  k: number;
}

function tableOf(
  levels: readonly string[],
  labels: readonly boolean[],
  wanted: (i: number) => boolean,
): ReadonlyMap<string, Count> {
  const table = new Map<string, Count>();
  for (const [i, level] of levels.entries()) {
    if (!wanted(i)) continue;
    const count = table.get(level) ?? { n: 0, k: 0 };
    count.n += 1;
    if (labels[i] === true) count.k += 1;
    table.set(level, count);
  }
  return table;
}

/** Rates from every other row rank the rest; ties count half (Mann and Whitney 1947). 0.5 where one outcome is missing. */
function foldAuc(levels: readonly string[], labels: readonly boolean[], fold: 0 | 1): number {
  const learnt = tableOf(levels, labels, (i) => i % 2 !== fold);
  const tried = tableOf(levels, labels, (i) => i % 2 === fold);
  const base = totalOf(learnt);
  const overall = base.n === 0 ? 0 : base.k / base.n;
  const ranked = [...tried]
    .map(([level, { n, k }]) => {
      const { n: m, k: wins } = learnt.get(level) ?? { n: 0, k: 0 };
      return { n, k, score: (wins + overall) / (m + 1) };
    })
    .sort((a, b) => a.score - b.score);
  const all = totalOf(tried);
  let below = 0;
  let won = 0;
  for (let i = 0; i < ranked.length;) {
    const tied: Count = { n: 0, k: 0 };
    const score = ranked[i]?.score;
    for (; i < ranked.length && ranked[i]?.score === score; i += 1) {
      tied.n += ranked[i]?.n ?? 0;
      tied.k += ranked[i]?.k ?? 0;
    }
    won += tied.k * (below + (tied.n - tied.k) / 2);
    below += tied.n - tied.k;
  }
  const pairs = all.k * (all.n - all.k);
  return pairs === 0 ? 0.5 : won / pairs;
}

function totalOf(table: ReadonlyMap<string, Count>): Count {
  return [...table.values()].reduce((sum, { n, k }) => ({ n: sum.n + n, k: sum.k + k }), { n: 0, k: 0 });
}

function ratesOf(cells: readonly string[], labels: readonly boolean[]): ColumnStrength["rates"] {
  const presence = tableOf(
    cells.map((cell) => (cell === "" ? "blank" : "filled")),
    labels,
    () => true,
  );
  const [filled, blank] = [presence.get("filled"), presence.get("blank")];
  const few = Math.max(ROWS_PER_CELL_MIN, cells.length / 20);
  if (filled === undefined || blank === undefined || filled.n < few || blank.n < few) return null;
  return { filled: filled.k / filled.n, blank: blank.k / blank.n };
}
