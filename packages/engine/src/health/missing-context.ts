import { isTroubled, type DataQuestion } from "./data-question.ts";
import { closedDays, type DayShare } from "./day-counts.ts";
import type { FieldCount } from "./data-profile.ts";
import { fine, finding, metricsCounting, noData, percent, type DataReading, type Looked } from "./reading.ts";
import { shareShift, type ShareShift } from "./share-shift.ts";

/** Of one day of one field of one kind of fact: with a thousand of them looked at every day, one false alarm in 27,000 years. */
const ALPHA = 1e-10;
/** A field that was missing from more than this is not one that is being told. */
const TOLD_BEFORE = 0.5;
const RISE_MIN = 0.2;
/** More than half of the decisions are made for the wrong segment. */
const CRITICAL_MISSING = 0.5;

/** Whether a field that used to be told is still told: one reading for each source and field of decisions, and of signals. */
export function checkMissingContext(question: DataQuestion): readonly DataReading[] {
  const { fields } = question.profile;
  const sources = [...new Set(fields.map(({ of, source }) => `${of} ${source}`))];
  return sources.flatMap((named) => {
    const own = fields.filter(({ of, source }) => `${of} ${source}` === named);
    return question.fields.map((field) =>
      readField(
        question,
        own.filter((count) => count.field === field),
        field,
      ),
    );
  });
}

interface Lost {
  readonly kind: string;
  readonly shift: ShareShift;
}

function readField(question: DataQuestion, counts: readonly FieldCount[], field: string): DataReading {
  const { of = "signals", source = "" } = counts[0] ?? {};
  const looked: Looked = {
    check: "missing-context",
    key: `missing-context ${of} ${source} ${field}`,
    source,
    subject: `${field} in ${of} of ${source}`,
  };
  const kinds = [...new Set(counts.map(({ kind }) => kind))];
  const shifts = kinds.flatMap((kind): readonly Lost[] => {
    const days: readonly DayShare[] = counts
      .filter((count) => count.kind === kind)
      .map(({ day, n, missing }) => ({ day, n, k: missing }));
    const shift = shareShift(closedDays(days, question.now), isTroubled(question, looked));
    return shift === null ? [] : [{ kind, shift }];
  });
  if (shifts.length === 0)
    return noData(looked, `too few ${of} of ${source}, or for too few days, to know how often ${field} is told`);
  const [worst] = shifts
    .filter(({ shift }) => shift.before <= TOLD_BEFORE && shift.now - shift.before >= RISE_MIN && shift.pValue < ALPHA)
    .toSorted((a, b) => b.shift.now * b.shift.n - a.shift.now * a.shift.n);
  return worst === undefined
    ? usual(question, looked, { shifts, cutsSegments: of === "decisions" && question.segmentFields.includes(field) })
    : lost(question, looked, { field, worst, of });
}

/** A field that hardly anybody tells cannot be lost: that is no good news either. */
function usual(
  { from }: DataQuestion,
  looked: Looked,
  { shifts, cutsSegments }: { readonly shifts: readonly Lost[]; readonly cutsSegments: boolean },
): DataReading {
  const units = shifts.reduce((sum, { shift }) => sum + shift.n, 0);
  const missing = shifts.reduce((sum, { shift }) => sum + shift.n * shift.now, 0);
  const sentence = `${looked.subject} is missing from ${percent(missing / units)}, as usual`;
  if (missing / units <= TOLD_BEFORE) return fine(looked, sentence);
  if (!cutsSegments) return noData(looked, `${sentence}: nothing can be told apart by it`);
  return finding(looked, {
    severity: "info",
    sentence: `${sentence}, and segments are cut by it: most decisions fall in "(none)"`,
    metrics: [],
    from,
    figures: { missing: missing / units, n: units },
    examples: [],
    fix: "Send it with each request for a decision, or let the playbook cut segments by what is known",
  });
}

function lost(
  { metrics, segmentFields }: DataQuestion,
  looked: Looked,
  { field, worst, of }: { readonly field: string; readonly worst: Lost; readonly of: FieldCount["of"] },
): DataReading {
  const { kind, shift } = worst;
  const cutsSegments = of === "decisions" && segmentFields.includes(field);
  return finding(looked, {
    severity: cutsSegments && shift.now >= CRITICAL_MISSING ? "critical" : "warning",
    sentence: `${field} is missing from ${percent(shift.now)} of ${looked.source ?? ""}'s ${of} (${kind}), it was ${percent(shift.before)}; ${
      cutsSegments
        ? `decisions fall in the segment "(none)" in place of their own`
        : `they cannot be told apart by ${field}`
    }`,
    metrics: of === "decisions" ? (cutsSegments ? "all" : []) : metricsCounting(metrics, new Set([kind])),
    from: shift.from,
    figures: { before: shift.before, now: shift.now, n: shift.n, pValue: shift.pValue },
    examples: [],
    fix: `Look at what was changed in ${looked.source ?? "the source"} on that day: a renamed or removed field, a mapping that no longer finds it. It must arrive as "${field}"`,
  });
}
