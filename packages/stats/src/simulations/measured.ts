import type { MissCounts } from "./miss-count.ts";

/** One simulation that was run, with all that is needed to run it again. */
export interface Measured {
  readonly simulation: string;
  readonly seed: number;
  readonly setting: string;
  /** Share of misses or false alarms that each method promises at most. */
  readonly promised: number;
  readonly counts: MissCounts;
}

/** Coverage by method along a growing size. */
export interface BySize {
  readonly title: string;
  readonly sizeName: string;
  readonly sizes: readonly number[];
  readonly methods: readonly { readonly method: string; readonly covered: readonly (number | null)[] }[];
  readonly runs: number;
  readonly seed: number;
}

/** Share of runs that alarmed by each look, by method. */
export interface ByLook {
  readonly title: string;
  readonly lookName: string;
  readonly looks: readonly number[];
  readonly methods: readonly { readonly method: string; readonly alarmed: readonly number[] }[];
  readonly runs: number;
  readonly seed: number;
}

/** Discoveries at the level q, by method: mean share of false ones, and mean share of the true effects found. */
export interface MeasuredDiscoveries {
  readonly setting: string;
  readonly seed: number;
  readonly runs: number;
  readonly methods: readonly { readonly method: string; readonly falseShare: number; readonly foundShare: number }[];
}
