import { isTroubled, type DataQuestion } from "./data-question.ts";
import { closedDays, type DayShare } from "./day-counts.ts";
import { ORPHANS, readRule } from "./fault-checks.ts";
import { fine, finding, metricsCounting, noData, percent, type DataReading, type Looked } from "./reading.ts";
import { shareShift } from "./share-shift.ts";

/** Of one day of one share: with a hundred of them looked at every day, one false alarm in some 27,000 years. */
const ALPHA = 1e-9;

/** A share that should not rise, and what it means when it does. */
interface Watched {
  readonly looked: Looked;
  readonly days: readonly DayShare[];
  readonly types: ReadonlySet<string>;
  readonly riseMin: number;
  /** Of what the share is, and what is said of it: `of crm's opens were made by machines`. */
  readonly said: string;
  readonly effect: string;
  readonly fix: string;
}

/** Opens and clicks that a machine made, by source and type. */
export function checkMachineShare(question: DataQuestion): readonly DataReading[] {
  const { signals } = question.profile;
  const kinds = signals.filter(({ judged }) => judged > 0).map(({ source, type }) => `${source}\0${type}`);
  return [...new Set(kinds)].map((named) => {
    const [source = "", type = ""] = named.split("\0");
    return readShare(question, {
      looked: {
        check: "machine-share",
        key: `machine-share ${source} ${type}`,
        source,
        subject: `${type} from ${source}`,
      },
      days: signals
        .filter((count) => count.source === source && count.type === type)
        .map(({ day, judged, machine }) => ({ day, n: judged, k: machine })),
      types: new Set([type]),
      riseMin: 0.2,
      said: `of the signals "${type}" from ${source} were made by machines`,
      effect: "interest is seen where nobody looked; metrics leave out what is likelier a machine than a person",
      fix: "A new security gateway among the recipients, or a crawler that found a link. Look at the addresses behind the examples, and measure by replies or meetings, which no machine makes",
    });
  });
}

/** Signals that arrive more than a day after they happened, by source. */
export function checkLateArrivals(question: DataQuestion): readonly DataReading[] {
  return question.living.map((source) => {
    const own = question.profile.signals.filter((count) => count.source === source);
    return readShare(question, {
      looked: { check: "late-arrivals", key: `late-arrivals ${source}`, source, subject: source },
      days: own.map(({ day, n, late }) => ({ day, n, k: late })),
      types: new Set(own.map(({ type }) => type)),
      riseMin: 0.15,
      said: `of ${source}'s signals came more than a day after they happened`,
      effect: "the latest outcomes are not all in, and what is measured now will still change",
      fix: "A queue that is held up, a job that was set to run less often, or a history that is being sent again. Where it is to stay so, lengthen the outcome windows by as much",
    });
  });
}

/** Outcomes that lead to no decision: those that name one which is not there, and those of units that nothing was decided for. */
export function checkOrphans(question: DataQuestion): readonly DataReading[] {
  const { profile, metrics } = question;
  const outcomes = new Set(metrics.map(({ signal }) => signal));
  return profile.sources.flatMap(({ source }) => {
    const heard = profile.signals.filter((count) => count.source === source && outcomes.has(count.type));
    const named = readRule(question, ORPHANS, source);
    if (heard.length === 0) return [named];
    const strangers = profile.faults.filter((fault) => fault.source === source && fault.kind === "stranger");
    return [
      named,
      readShare(question, {
        looked: { check: "orphan-outcomes", key: `strangers ${source}`, source, subject: `outcomes from ${source}` },
        days: [
          ...heard.map(({ day, n }) => ({ day, n, k: 0 })),
          ...strangers.map(({ day, n }) => ({ day, n: 0, k: n })),
        ],
        types: outcomes,
        riseMin: 0.2,
        said: `of the outcomes from ${source} are of units that nothing was decided for`,
        effect: "they count for no decision, so everything looks less effective than it is",
        fix: "Decisions and outcomes name their units differently: an account here, a contact there, or another system's ids. Use one id for both, or send the decision_id along",
      }),
    ];
  });
}

function readShare(question: DataQuestion, watched: Watched): DataReading {
  const { metrics, now } = question;
  const { looked, said } = watched;
  const shift = shareShift(closedDays(watched.days, now), isTroubled(question, looked));
  if (shift === null) return noData(looked, `too few signals, or for too few days, to know what is usual`);
  if (shift.now - shift.before < watched.riseMin || shift.pValue >= ALPHA)
    return fine(looked, `${percent(shift.now)} ${said}, ${percent(shift.before)} before`);
  return finding(looked, {
    severity: "warning",
    sentence: `${percent(shift.now)} ${said}, ${percent(shift.before)} before; ${watched.effect}`,
    metrics: metricsCounting(metrics, watched.types),
    from: shift.from,
    figures: { before: shift.before, now: shift.now, n: shift.n, pValue: shift.pValue },
    examples: [],
    fix: watched.fix,
  });
}
