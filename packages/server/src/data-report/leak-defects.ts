import type { DataDefect } from "@ratchet/protocol";
import { columnStrength, type ColumnStrength } from "./column-strength.ts";
import type { LeakSample } from "./leak-sample.ts";
import { count, examples, percent } from "./phrases.ts";

const ROWS_MIN = 200;
const OUTCOMES_MIN = 30;
/** A column that alone ranks outcomes so well was hardly known before them. */
const AUC_CRITICAL = 0.9;
const AUC_SUSPECT = 0.8;
/** Enough where the name, too, speaks of something that is written later. */
const AUC_NAMED = 0.6;
/** How much the rate differs between rows where the cell is filled and where it is blank, in points of a share. */
const PRESENCE_GAP = 0.2;
const SETTLED_SHARE = 0.3;
/** Columns blank in exactly the same rows as a suspect are written by the same hand. */
const SAME_BLANKS = 0.999;
/** Words in the names of columns that hold the latest state, or somebody's judgement, rather than what was known then. */
const LATER_WORDS =
  /\b(?:last|latest|final|current|recent|notable|tags?|quality|status|stage|result|outcome|reason|disposition|duration|closed?|won|lost|score|grade|rating|index|notes?|comments?|remarks?|feedback|modified|updated)\b/u;

interface Suspect extends ColumnStrength {
  readonly name: string;
  readonly reasons: readonly string[];
  readonly severity: DataDefect["severity"];
}

/** Columns that were probably written once the outcome was known, or nearly: a model would learn from them what it is to predict. */
export function leakDefects({ labels, cells }: LeakSample): readonly DataDefect[] {
  const happened = labels.filter(Boolean).length;
  if (labels.length < ROWS_MIN || happened < OUTCOMES_MIN || labels.length - happened < OUTCOMES_MIN) return [];
  const strengths = [...cells].flatMap(([name, column]) => {
    const strength = columnStrength(column, labels);
    return strength === null ? [] : [{ name, ...strength }];
  });
  const suspects = strengths.flatMap((strength) => suspectOf(strength) ?? []);
  const others = strengths.filter(({ name }) => !suspects.some((suspect) => suspect.name === name));
  const followers = others.flatMap((strength) => followerOf(strength, suspects, cells) ?? []);
  return [...suspects, ...followers].map((suspect) => defectOf(suspect, labels.length));
}

function suspectOf(strength: ColumnStrength & { readonly name: string }): Suspect | null {
  const { name, auc, rates, settledShare, filledShare } = strength;
  const gap = rates === null ? 0 : rates.filled - rates.blank;
  const named = LATER_WORDS.test(wordsOf(name));
  const reasons = [
    ...(auc >= AUC_SUSPECT ? [`alone it ranks outcomes with an AUC of ${auc.toFixed(2)}`] : []),
    ...(rates !== null && Math.abs(gap) >= PRESENCE_GAP
      ? [
          `it is filled in ${percent(filledShare)} of the rows, and those have the outcome in ${percent(rates.filled)}, the blank ones in ${percent(rates.blank)}`,
        ]
      : []),
    ...(settledShare >= SETTLED_SHARE
      ? [`its cells all but settle the outcome in ${percent(settledShare)} of the rows`]
      : []),
    ...(named && auc >= AUC_NAMED
      ? [
          `its name speaks of something written or overwritten later, and it goes with the outcome (AUC ${auc.toFixed(2)})`,
        ]
      : []),
  ];
  if (reasons.length === 0) return null;
  // A cell that is often filled where things went well may also be a question that only the keen answer.
  if (reasons.length === 1 && auc < AUC_SUSPECT && !named) return { ...strength, reasons, severity: "info" };
  const strong = auc >= AUC_CRITICAL || (auc >= AUC_SUSPECT - 0.01 && reasons.length >= 2);
  return { ...strength, reasons, severity: strong ? "critical" : "warning" };
}

/** A column that is blank in the very rows in which a suspect is. */
function followerOf(
  strength: ColumnStrength & { readonly name: string },
  suspects: readonly Suspect[],
  cells: LeakSample["cells"],
): Suspect | null {
  const own = cells.get(strength.name) ?? [];
  const blanks = own.filter((cell) => cell === "").length;
  if (blanks < own.length / 20 || blanks > own.length * 0.95) return null;
  const leader = suspects.find(({ name, severity }) => {
    if (severity === "info") return false;
    const other = cells.get(name) ?? [];
    return own.filter((cell, i) => (cell === "") === (other[i] === "")).length >= SAME_BLANKS * own.length;
  });
  if (leader === undefined) return null;
  const reasons = [`it is blank in the same rows as ${leader.name}, so the same hand fills both`];
  return { ...strength, reasons, severity: "warning" };
}

function defectOf({ name, severity, reasons, settling, filledShare }: Suspect, rows: number): DataDefect {
  return {
    code: "column.written_after_outcome",
    severity,
    columns: [name],
    affected: Math.round(filledShare * rows),
    sentence: `${name} ${severity === "info" ? "may have been" : "was probably"} written after the outcome was known, or close to it: ${reasons.join("; ")}.`,
    examples: examples(
      settling.map(({ cell, rows: n, rate }) => `"${cell}": outcome in ${percent(rate)} of ${count(n)} rows`),
    ),
    fix: "Ask who writes it and when. Unless it stood there when the decision was made, keep it out of context and segments.",
  };
}

/** `LastActivity` and `last_activity` are two words each. */
function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, " ");
}
