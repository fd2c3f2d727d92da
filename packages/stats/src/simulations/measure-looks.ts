import { BOUNDARY_METHODS, boundaryLooks } from "./boundary-looks.ts";
import { BOUNDED_METHODS, boundedMeanLooks, RATE_METHOD, rateLooks } from "./bounded-mean-looks.ts";
import { alarmShareBy, everAlarmed, type FirstAlarms } from "./first-alarms.ts";
import { groupSequentialError } from "./group-sequential-error.ts";
import { ASYMPTOTIC_METHODS, asymptoticLooks, LINEAR_METHOD, linearModelLooks } from "./mean-looks.ts";
import type { ByLook, Measured } from "./measured.ts";
import type { MissCounts } from "./miss-count.ts";
import { OFF_POLICY_METHODS, offPolicyLooks } from "./off-policy-looks.ts";
import { EXACT_METHOD, exactDifferenceLooks, RATE_SEQUENCE_METHODS, rateSequenceLooks } from "./rate-sequence-looks.ts";
import { PEEKING, peeking, SEQUENTIAL } from "./peeking.ts";
import { rareOutcomes } from "./rare-outcomes.ts";
import { CONCENTRATIONS, sampleRatioLooks } from "./sample-ratio-looks.ts";

const LOOKS = 10_000;
const LOOKS_SHOWN = Array.from({ length: 61 }, (_, i) => Math.round(10 ** (1 + i / 20)));

interface Watched {
  readonly name: string;
  readonly setting: string;
  readonly seed: number;
  readonly methods: readonly string[];
  readonly watch: (seed: number) => FirstAlarms;
}

const PEEKED: Watched = {
  name: "peeking",
  setting: "A/A, rate 10 %, a unit an arm and look",
  seed: 201,
  methods: [PEEKING, ...SEQUENTIAL],
  watch: (seed) => peeking({ seed, runs: 1000, looks: LOOKS, rate: 0.1 }),
};
const BOUNDED: Watched = {
  name: "bounded-mean-looks",
  setting: "outcomes U³ in [0, 1]",
  seed: 221,
  methods: BOUNDED_METHODS,
  watch: (seed) => boundedMeanLooks({ seed, runs: 1000, looks: LOOKS }),
};
const OTHERS: readonly Watched[] = [
  {
    name: "mean-looks",
    setting: "exponential outcomes, from the 1,000th unit on",
    seed: 231,
    methods: ASYMPTOTIC_METHODS,
    watch: (seed) => asymptoticLooks({ seed, runs: 1000, looks: LOOKS, burnIn: 1000 }),
  },
  {
    name: "mean-looks",
    setting: "exponential outcomes, from the 100th unit on",
    seed: 231,
    methods: ASYMPTOTIC_METHODS,
    watch: (seed) => asymptoticLooks({ seed, runs: 1000, looks: LOOKS, burnIn: 100 }),
  },
  {
    name: "mean-looks",
    setting: "normal outcomes, from the second unit on",
    seed: 232,
    methods: [LINEAR_METHOD],
    watch: (seed) => linearModelLooks({ seed, runs: 1000, looks: LOOKS }),
  },
  {
    name: "bounded-mean-looks",
    setting: "rate 1 %",
    seed: 222,
    methods: [RATE_METHOD],
    watch: (seed) => rateLooks({ seed, runs: 1000, looks: LOOKS, rate: 0.01 }),
  },
  {
    name: "rate-sequence-looks",
    setting: "rates 4 % and 6 %, from 25 conversions on",
    seed: 281,
    methods: RATE_SEQUENCE_METHODS,
    watch: (seed) => rateSequenceLooks({ seed, runs: 1000, looks: LOOKS }),
  },
  {
    name: "rate-sequence-looks",
    setting: "rates 4 % and 6 %, 200 batches of ten an arm",
    seed: 282,
    methods: [EXACT_METHOD],
    watch: (seed) => exactDifferenceLooks({ seed, runs: 60, looks: 200 }),
  },
  {
    name: "boundary-looks",
    setting: "standard normal steps",
    seed: 211,
    methods: BOUNDARY_METHODS,
    watch: (seed) => boundaryLooks({ seed, runs: 2000, looks: LOOKS }),
  },
  {
    name: "off-policy-looks",
    setting: "weights up to 4",
    seed: 241,
    methods: OFF_POLICY_METHODS,
    watch: (seed) => offPolicyLooks({ seed, runs: 400, looks: LOOKS }),
  },
];

/** False alarms over 10,000 looks: one table of all methods, and the curves of the picture. */
export function measureLooks(): { readonly table: readonly Measured[]; readonly curves: readonly ByLook[] } {
  const watched = [PEEKED, BOUNDED, ...OTHERS].map((given) => ({ ...given, alarms: given.watch(given.seed) }));
  const curves = watched
    .slice(0, 2)
    .map(({ setting, methods, seed, alarms }) => curvesOf(alarms, { title: setting, methods, seed }));
  return {
    table: watched.map(({ name, setting, seed, alarms }) => ({
      simulation: name,
      setting,
      seed,
      promised: 0.05,
      counts: everAlarmed(alarms),
    })),
    curves,
  };
}

function curvesOf(
  alarms: FirstAlarms,
  { title, methods, seed }: { readonly title: string; readonly methods: readonly string[]; readonly seed: number },
): ByLook {
  return {
    title,
    lookName: "looks so far",
    looks: LOOKS_SHOWN,
    methods: methods.map((method) => ({
      method,
      alarmed: LOOKS_SHOWN.map((look) => alarmShareBy(alarms, method, look)),
    })),
    runs: alarms.runs,
    seed,
  };
}

/** The table of rare outcomes: base rate → false alarms of every method in 2,000 A/A runs of 200 looks. */
export function measureRareOutcomes(): readonly {
  readonly rate: number;
  readonly seed: number;
  readonly counts: MissCounts;
}[] {
  return [0.002, 0.01, 0.05, 0.3].map((rate) => ({
    rate,
    seed: 251,
    counts: rareOutcomes({ seed: 251, runs: 2000, rate }),
  }));
}

/** Error of group-sequential designs over their looks. */
export function measureGroupSequential(): readonly Measured[] {
  return ([1, 2] as const).map((sides) => ({
    simulation: "group-sequential-error",
    seed: 261,
    setting: `five looks, ${sides === 1 ? "one side" : "two sides"}`,
    promised: 0.05,
    counts: groupSequentialError({ seed: 261, runs: 100_000, sides }),
  }));
}

/** Sample ratio mismatch: false alarms of an even split, and when a split of 52 to 48 is found. */
export function measureSampleRatio(): {
  readonly even: Measured;
  readonly medians: readonly { readonly concentration: number; readonly units: number | null }[];
  readonly curves: ByLook;
} {
  const even = sampleRatioLooks({ seed: 271, runs: 10_000, units: 20_000, share: 0.5 });
  const uneven = sampleRatioLooks({ seed: 272, runs: 2000, units: 60_000, share: 0.52 });
  const looks = Array.from({ length: 100 }, (_, i) => 300 * (i + 1));
  return {
    even: {
      simulation: "sample-ratio-looks",
      seed: 271,
      setting: "even split, 20,000 units",
      promised: 0.001,
      counts: everAlarmed(even),
    },
    medians: CONCENTRATIONS.map((concentration) => {
      const found = (uneven.looks[String(concentration)] ?? []).toSorted((a, b) => a - b);
      return { concentration, units: found[Math.ceil(uneven.runs / 2) - 1] ?? null };
    }),
    curves: {
      title: "Runs that have found a split of 52 to 48",
      lookName: "units so far",
      looks,
      methods: CONCENTRATIONS.map((concentration) => ({
        method: `concentration ${concentration.toLocaleString("en")}`,
        alarmed: looks.map((look) => alarmShareBy(uneven, String(concentration), look)),
      })),
      runs: uneven.runs,
      seed: 272,
    },
  };
}
