/** For tests: a company whose facts are counted as they come, hour by hour, with whatever goes wrong in it. */
import { gammaDraw, mersenneRng, type Rng } from "@ratchet/stats";
import { metricId } from "../ids.ts";
import type { MetricDefinition } from "../outcomes/metric.ts";
import { DAY_MS, instant, type Instant } from "../time.ts";
import type { ArrivalCount, CohortCount, DataProfile, SignalCount } from "./data-profile.ts";
import type { DataQuestion } from "./data-question.ts";
import { dayOf } from "./day-counts.ts";

export const HOUR_MS = 3_600_000;
/** A Monday. */
export const BEGINNING = instant(Date.UTC(2026, 0, 5));
const WINDOW_DAYS = 126;

/** What one type of signal of a source is like, and what of it is told. */
interface Stream {
  readonly source: string;
  readonly type: string;
  /** Expected signals at an hour of a day (0 is Monday). */
  readonly rate: (weekday: number, hour: number) => number;
  /** Values of the property `to`, with their shares. */
  readonly stages?: Readonly<Record<string, number>>;
  readonly machineShare?: number;
  /** What is left of it on a holiday. */
  readonly onHolidays: number;
}

/** One hour of one stream, as it came out. */
export interface Hour {
  readonly source: string;
  readonly type: string;
  readonly at: Instant;
  readonly n: number;
  readonly judged: number;
  readonly machine: number;
  readonly late: number;
  readonly ahead: number;
  readonly duplicates: number;
  readonly strangers: number;
  readonly values: Readonly<Record<string, number>>;
}

/** One day's decisions. */
export interface DecisionDay {
  readonly day: Instant;
  readonly n: number;
  readonly withoutPersona: number;
  readonly holdout: number;
  /** Of those without a persona. */
  readonly holdoutWithout: number;
}

/** What is done to an hour, or a day, before it is counted: nothing, where all is well. */
export interface Trouble {
  readonly hour?: (hour: Hour) => Hour;
  readonly day?: (day: DecisionDay) => DecisionDay;
}

const office = (weekday: number, hour: number): number => (weekday < 5 && hour >= 8 && hour < 18 ? 1 : 0);
const awake = (weekday: number, hour: number): number => (hour >= 6 && hour < 22 ? (weekday < 5 ? 1 : 0.4) : 0);

const STREAMS: readonly Stream[] = [
  {
    source: "crm",
    type: "stage_changed",
    onHolidays: 0.02,
    rate: (d, h) => 4 * office(d, h),
    stages: { qualified: 0.4, demo: 0.3, proposal: 0.2, closedwon: 0.1 },
  },
  { source: "crm", type: "meeting_held", onHolidays: 0.02, rate: (d, h) => 1.2 * office(d, h) },
  { source: "crm", type: "opportunity_won", onHolidays: 0.02, rate: (d, h) => 0.4 * office(d, h) },
  { source: "mail", type: "delivered", onHolidays: 0.4, rate: (d, h) => 12 * awake(d, h) },
  { source: "mail", type: "opened", onHolidays: 0.4, rate: (d, h) => 5 * awake(d, h), machineShare: 0.4 },
  { source: "mail", type: "clicked", onHolidays: 0.4, rate: (d, h) => 1.5 * awake(d, h), machineShare: 0.1 },
  { source: "mail", type: "replied", onHolidays: 0.4, rate: (d, h) => 0.5 * awake(d, h) },
  { source: "warehouse", type: "signed_up", onHolidays: 1, rate: (_, h) => (h === 2 ? 40 : 0) },
];

/** Office days on which hardly anybody works, counted from the beginning. */
export const HOLIDAYS: readonly number[] = [88, 91, 116, 129, 140, 354, 355];

const METRICS: readonly MetricDefinition[] = ["meeting_held", "opportunity_won", "replied"].map((signal) => ({
  id: metricId(signal),
  kind: "conversion",
  signal,
  windowMs: 14 * DAY_MS,
  direction: "increase",
  minimumEffect: 0.01,
}));

/** Everything that happens in `days` days: rates of a day vary by a sixth besides chance, and grow by a third in a year. */
export class Company {
  readonly #hours: Hour[][] = [];
  readonly #days: DecisionDay[] = [];
  /** Of days that are over, counted once. */
  readonly #counted: DayOfSignals[][] = [];
  readonly #arrivals: ArrivalCount[][] = [];

  constructor(days: number, seed: number, trouble: Trouble = {}) {
    const rng = mersenneRng(seed);
    const moods = gammaDraw(rng, { shape: 36, rate: 36 });
    for (let d = 0; d < days; d++) {
      const mood = moods() * (1 + d / 1000);
      const hours: Hour[] = [];
      for (let h = 0; h < 24; h++) {
        const at = instant(BEGINNING + d * DAY_MS + h * HOUR_MS);
        for (const stream of STREAMS) {
          const quiet = HOLIDAYS.includes(d) ? stream.onHolidays : 1;
          const rate = stream.rate(d % 7, h) * (stream.source === "warehouse" ? 1 : mood * quiet);
          const hour = hourOf(rng, stream, { at, n: poisson(rng, rate) });
          const told = trouble.hour?.(hour) ?? hour;
          if (told.n > 0) hours.push(told);
        }
      }
      this.#hours.push(hours);
      this.#counted.push(countDay(hours));
      this.#arrivals.push(countArrivals(hours));
      const n = poisson(rng, 100 * mood);
      const [withoutPersona, holdout] = [binomial(rng, n, 0.03), binomial(rng, n, 0.1)];
      const holdoutWithout = binomial(rng, withoutPersona, holdout / Math.max(1, n));
      const day = { day: instant(BEGINNING + d * DAY_MS), n, withoutPersona, holdout, holdoutWithout };
      this.#days.push(trouble.day?.(day) ?? day);
    }
  }

  /** What data health is asked `hours` after the beginning. */
  questionAt(hours: number, told: Partial<DataQuestion> = {}): DataQuestion {
    const now = instant(BEGINNING + hours * HOUR_MS);
    const from = instant(dayOf(now) - WINDOW_DAYS * DAY_MS);
    return {
      now,
      from,
      profile: this.#profile(Math.floor(hours / 24), now),
      fields: ["persona"],
      segmentFields: ["persona"],
      metrics: METRICS,
      living: ["crm", "mail", "warehouse"],
      holdoutShare: 0.1,
      metricsInForce: [{ policyVersion: 1, since: BEGINNING, metrics: METRICS }],
      clocks: [],
      identities: null,
      labels: [],
      troubled: [],
      ...told,
    };
  }

  #profile(today: number, to: Instant): DataProfile {
    const first = Math.max(0, today - WINDOW_DAYS);
    const begun = (this.#hours[today] ?? []).filter(({ at }) => at < to);
    const days = [...this.#counted.slice(first, today).flat(), ...countDay(begun)];
    const arrivals = [...this.#arrivals.slice(first, today).flat(), ...countArrivals(begun)];
    const made = this.#days.slice(first, today);
    return {
      sources: ["crm", "mail", "warehouse"].flatMap((source) => {
        const own = arrivals.filter((arrival) => arrival.source === source);
        const last = own.at(-1);
        return last === undefined
          ? []
          : [{ source, n: own.reduce((all, { n }) => all + n, 0), lastReceivedAt: last.hour }];
      }),
      arrivals,
      signals: days,
      fields: made.map(({ day, n, withoutPersona }) => ({
        of: "decisions",
        source: "engine",
        kind: "email",
        field: "persona",
        day,
        n,
        missing: withoutPersona,
      })),
      categories: days.flatMap(({ source, type, day, values }) =>
        Object.entries(values).map(([value, n]) => ({ source, type, property: "to", value, day, n })),
      ),
      faults: days.flatMap(({ source, type, day, duplicates, strangers }): DataProfile["faults"] => [
        ...(duplicates === 0
          ? []
          : [{ kind: "duplicate" as const, source, type, day, n: duplicates, examples: ["m-1"] }]),
        ...(strangers === 0 ? [] : [{ kind: "stranger" as const, source, type, day, n: strangers, examples: ["m-2"] }]),
      ]),
      cohorts: countCohorts(this.#days.slice(0, today)),
    };
  }
}

/** One day of one stream. */
interface DayOfSignals extends SignalCount {
  readonly duplicates: number;
  readonly strangers: number;
  readonly values: Readonly<Record<string, number>>;
}

function countDay(hours: readonly Hour[]): DayOfSignals[] {
  const found = new Map<string, Hour[]>();
  for (const hour of hours)
    found.set(`${hour.source} ${hour.type}`, [...(found.get(`${hour.source} ${hour.type}`) ?? []), hour]);
  return [...found.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const sum = (of: (hour: Hour) => number): number => own.reduce((all, hour) => all + of(hour), 0);
    const values = [...new Set(own.flatMap((hour) => Object.keys(hour.values)))];
    return {
      source: first.source,
      type: first.type,
      day: dayOf(first.at),
      n: sum(({ n }) => n),
      judged: sum(({ judged }) => judged),
      machine: sum(({ machine }) => machine),
      late: sum(({ late }) => late),
      ahead: sum(({ ahead }) => ahead),
      duplicates: sum(({ duplicates }) => duplicates),
      strangers: sum(({ strangers }) => strangers),
      values: Object.fromEntries(values.map((value) => [value, sum((hour) => hour.values[value] ?? 0)])),
    };
  });
}

function countCohorts(days: readonly DecisionDay[]): readonly CohortCount[] {
  const weekOf = ({ day }: DecisionDay): number => day - (day % (7 * DAY_MS));
  return [...new Set(days.map(weekOf))].flatMap((week) => {
    const own = days.filter((day) => weekOf(day) === week);
    const sum = (of: (day: DecisionDay) => number): number => own.reduce((all, day) => all + of(day), 0);
    const dealt = { point: "email", changeId: null, rolloutShare: 0, week: instant(week) };
    return [
      {
        ...dealt,
        cohort: "control",
        units: sum(({ n, holdout }) => n - holdout),
        missing: [sum((day) => day.withoutPersona - day.holdoutWithout)],
      },
      {
        ...dealt,
        cohort: "holdout",
        units: sum(({ holdout }) => holdout),
        missing: [sum((day) => day.holdoutWithout)],
      },
    ];
  });
}

function countArrivals(hours: readonly Hour[]): ArrivalCount[] {
  const found = new Map<string, ArrivalCount>();
  for (const { source, at, n } of hours) {
    const known = found.get(`${source} ${at}`)?.n ?? 0;
    found.set(`${source} ${at}`, { source, hour: at, n: known + n });
  }
  return [...found.values()];
}

function hourOf(rng: Rng, stream: Stream, { at, n }: { readonly at: Instant; readonly n: number }): Hour {
  const { source, type, stages = {}, machineShare } = stream;
  const values: Record<string, number> = {};
  let left = n;
  let share = 1;
  for (const [value, own] of Object.entries(stages)) {
    const taken = binomial(rng, left, Math.min(1, own / share));
    if (taken > 0) values[value] = taken;
    left -= taken;
    share -= own;
  }
  return {
    source,
    type,
    at,
    n,
    judged: machineShare === undefined ? 0 : n,
    machine: machineShare === undefined ? 0 : binomial(rng, n, machineShare),
    late: binomial(rng, n, 0.03),
    ahead: 0,
    duplicates: binomial(rng, n, 0.002),
    strangers: METRICS.some(({ signal }) => signal === type) ? binomial(rng, n, 0.05) : 0,
    values,
  };
}

function poisson(rng: Rng, mean: number): number {
  let [k, sum] = [0, -Math.log(1 - rng.next())];
  while (sum < mean) {
    k += 1;
    sum -= Math.log(1 - rng.next());
  }
  return k;
}

function binomial(rng: Rng, n: number, p: number): number {
  let k = 0;
  for (let i = 0; i < n; i++) if (rng.next() < p) k += 1;
  return k;
}
