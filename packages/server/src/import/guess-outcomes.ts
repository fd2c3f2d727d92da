import type { MappingOutcome } from "@ratchet/protocol";
import type { ColumnProfile } from "./column-profile.ts";

/** Words in the names of columns that say what came of a decision, best objective first. */
const CONVERSION_WORDS = [
  "won",
  "win",
  "purchase",
  "purchased",
  "bought",
  "order",
  "ordered",
  "conversion",
  "converted",
  "convert",
  "qualified",
  "sql",
  "meeting",
  "booked",
  "demo",
  "reply",
  "replied",
  "response",
  "responded",
  "signup",
  "subscribed",
  "renewed",
  "retention",
  "retained",
  "success",
  "visit",
  "visited",
  "outcome",
  "result",
  "clicked",
  "click",
  "opened",
  "open",
];
const VALUE_WORDS = ["revenue", "spend", "spent", "amount", "value", "sales", "arr", "mrr", "gmv", "profit", "margin"];
const STAGE_WORDS = ["stage", "status", "state", "outcome", "result"];
const WON = /^(?:closed[ _-]?)?won$/iu;
const LOST = /^(?:closed[ _-]?)?lost$|^(?:disqualified|rejected|cancell?ed)$/iu;
/** Stages of a pipeline; more values than this are no stages. */
const STAGES_MAX = 20;
/** Smallest effect worth a change, as a share of what is seen today. */
const MINIMUM_EFFECT_SHARE = 0.1;
/** Puts an outcome behind every conversion that was seen, before amounts. */
const UNSEEN_RANK = 40;
const VALUE_RANK = 90;

/** Outcomes that the columns seem to hold, best objective first. */
export function guessOutcomes(columns: readonly ColumnProfile[]): readonly MappingOutcome[] {
  const found = columns.flatMap((column) => {
    const guess = stageOutcome(column) ?? conversionOutcome(column) ?? valueOutcome(column);
    return guess === null ? [] : [guess];
  });
  const unnamed =
    found.length > 0
      ? found
      : columns
          .filter((column) => column.isTruth)
          .slice(-1)
          .map((column) => ranked(column, "conversion", 99));
  return [...unnamed].sort((a, b) => a.rank - b.rank).map(({ outcome }) => outcome);
}

interface Ranked {
  readonly rank: number;
  readonly outcome: MappingOutcome;
}

function stageOutcome(column: ColumnProfile): Ranked | null {
  const won = column.values.filter((value) => WON.test(value));
  if (won.length === 0 || column.values.length > STAGES_MAX || !column.words.some((word) => STAGE_WORDS.includes(word)))
    return null;
  const pending = column.values.filter((value) => !WON.test(value) && !LOST.test(value));
  const { outcome } = ranked({ ...column, words: ["won"], mean: 0.2 }, "conversion", 0);
  return { rank: 0, outcome: { ...outcome, positive: won, ...(pending.length === 0 ? {} : { pending }) } };
}

function conversionOutcome(column: ColumnProfile): Ranked | null {
  const rank = CONVERSION_WORDS.findIndex((word) => column.words.includes(word));
  if (!column.isTruth || rank === -1) return null;
  // What has not happened once in these rows is too rare to be learned from first.
  return ranked(column, "conversion", 1 + rank + (column.mean === 0 ? UNSEEN_RANK : 0));
}

function valueOutcome(column: ColumnProfile): Ranked | null {
  const rank = VALUE_WORDS.findIndex((word) => column.words.includes(word));
  // Amounts are rare: a column that is called spend and holds nothing but 0 in the first rows is an amount, not a yes or no.
  const isAmount = column.isNumber && (!column.isTruth || column.mean === 0);
  return isAmount && rank !== -1 ? ranked(column, "value", VALUE_RANK + rank) : null;
}

function ranked(column: ColumnProfile, kind: MappingOutcome["kind"], rank: number): Ranked {
  const id = column.words
    .join("_")
    .replace(/^[^a-z]+/u, "")
    .slice(0, 64);
  const seen = Math.abs(column.mean ?? 0);
  const smallest = kind === "conversion" ? 0.001 : 0.01;
  const minimum = Math.max(smallest, Number((seen * MINIMUM_EFFECT_SHARE).toPrecision(1)));
  return {
    rank,
    outcome: {
      id: id === "" ? "outcome" : id,
      kind,
      column: column.name,
      direction: "increase",
      minimum_effect: minimum,
    },
  };
}
