import type { MissCounts } from "./miss-count.ts";

/** For each method the look at which every run that ever alarmed did so first; runs without are not listed. */
export interface FirstAlarms {
  readonly runs: number;
  readonly looks: Readonly<Record<string, readonly number[]>>;
}

/** Raises a method's alarm at a look; only a run's first counts. */
export type Raise = (method: string, look: number) => void;

/** Watches many runs: each is told how to raise an alarm, and takes its looks itself. */
export function watch(runs: number, methods: readonly string[], once: (raise: Raise) => void): FirstAlarms {
  const looks = new Map<string, number[]>(methods.map((method) => [method, []]));
  for (let run = 0; run < runs; run++) {
    const raised = new Set<string>();
    once((method, look) => {
      if (raised.has(method)) return;
      raised.add(method);
      const seen = looks.get(method);
      if (seen === undefined) throw new Error(`"${method}" is not among the methods watched`);
      seen.push(look);
    });
  }
  return { runs, looks: Object.fromEntries(looks) };
}

/** Runs that alarmed at any look, as misses. */
export function everAlarmed({ runs, looks }: FirstAlarms): MissCounts {
  return Object.fromEntries(
    Object.entries(looks).map(([method, seen]) => [method, { runs, missed: seen.length, refused: 0 }]),
  );
}

/** Share of runs that had alarmed by a look. */
export function alarmShareBy({ runs, looks }: FirstAlarms, method: string, look: number): number {
  return (looks[method] ?? []).filter((first) => first <= look).length / runs;
}
