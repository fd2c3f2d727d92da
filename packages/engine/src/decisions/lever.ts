import type { ActionId } from "../ids.ts";
import type { SegmentLevel } from "./segment.ts";

/** Probability of each action in one segment. Every action of the lever is named; they sum to 1 within 1e-9. */
export type ActionProbabilities = Readonly<Record<string, number>>;

/** What every lever has, whatever its kind. */
interface LeverBasics {
  /** `prioritisation`, `timing`, `content`, `routing`, `handoff`, or one that a team declares. */
  readonly name: string;
  /** The decision point it answers at. */
  readonly point: string;
  readonly segmentBy: readonly SegmentLevel[];
  /** How long a unit keeps one decision at this point. 0: each request is a decision of its own. */
  readonly decisionWindowMs: number;
  /** The engine decides and records, and tells the caller to do its own thing: nothing is learned from it. Absent: false. */
  readonly shadow?: boolean;
}

/** A lever of kind `choice`: which of a few approved actions a unit gets. */
export interface ChoiceLever extends LeverBasics {
  readonly kind: "choice";
  readonly actions: readonly ActionId[];
  /** What the holdout gets, and what everything falls back to. */
  readonly baseline: ActionId;
  /** Own values by segment; a segment without one inherits its nearest ancestor's. `all` is always present. */
  readonly segments: Readonly<Record<string, ActionProbabilities>>;
}

/**
 * How one value of the context becomes a number x of the linear score. `missing` is the x of a context that does not say, or says something
 * of another type: it is stated, never guessed.
 */
export type Feature =
  /** x = (value − centre) ÷ scale, kept within ±1,000 scales. */
  | {
      readonly kind: "numeric";
      readonly name: string;
      readonly field: string;
      readonly centre: number;
      /** > 0. */
      readonly scale: number;
      readonly missing: number;
    }
  /** x = 1 for true, 0 for false. */
  | { readonly kind: "flag"; readonly name: string; readonly field: string; readonly missing: number }
  /** x = 1 where the value is one of these, else 0. */
  | {
      readonly kind: "category";
      readonly name: string;
      readonly field: string;
      readonly values: readonly string[];
      readonly missing: number;
    };

/** The parameters of a `weights` lever in one segment: score = intercept + Σ weight · x, added in the order of the features. */
export interface WeightsValue {
  readonly intercept: number;
  /** By feature name; each feature is named. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A point of the calibration curve: at this score, the outcome had this probability. */
export interface Knot {
  readonly score: number;
  readonly probability: number;
}

/** A band of calibrated scores: from `atLeast` up to the next better band. */
export interface Band {
  /** `A`, `B`, `C`: the action of a decision of this lever. */
  readonly name: ActionId;
  readonly atLeast: number;
}

/** A lever of kind `weights`: a linear score over named features, calibrated to a probability and cut into bands. It draws nothing. */
export interface WeightsLever extends LeverBasics {
  readonly kind: "weights";
  readonly features: readonly Feature[];
  /** At least two; scores rise, probabilities never fall. Straight lines between them, flat beyond the ends. */
  readonly calibration: readonly Knot[];
  /** Best first, `atLeast` falling; the last begins at 0. */
  readonly bands: readonly Band[];
  /** What the holdout is scored with, and what everything falls back to. */
  readonly baseline: WeightsValue;
  readonly segments: Readonly<Record<string, WeightsValue>>;
}

/** The parameters of a `threshold` lever in one segment. */
export interface ThresholdValue {
  readonly threshold: number;
  /** Half the width of the band around the threshold inside which the action is drawn; 0 draws nothing. */
  readonly band: number;
  /** Probability of `above` inside the band [threshold − band, threshold + band). */
  readonly chance: number;
}

/** Where a threshold lever reads its score: the calibrated score of a `weights` lever in force, or a number of the context. */
export type ScoreSource =
  { readonly kind: "lever"; readonly lever: string } | { readonly kind: "field"; readonly field: string };

/**
 * A lever of kind `threshold`: `above` from threshold + band on, `below` under threshold − band, drawn in between. A score that is not
 * there, or is no number, gets `below` for certain: nobody is handed over on no evidence.
 */
export interface ThresholdLever extends LeverBasics {
  readonly kind: "threshold";
  readonly score: ScoreSource;
  readonly above: ActionId;
  readonly below: ActionId;
  readonly baseline: ThresholdValue;
  readonly segments: Readonly<Record<string, ThresholdValue>>;
}

/** One thing that the engine may tune. Three kinds of parameter cover the five levers; a team may declare more of the same kinds. */
export type Lever = ChoiceLever | WeightsLever | ThresholdLever;

/** The actions that a lever can give, in a fixed order. */
export function actionsOf(lever: Lever): readonly ActionId[] {
  switch (lever.kind) {
    case "choice":
      return lever.actions;
    case "weights":
      return lever.bands.map(({ name }) => name);
    case "threshold":
      return [lever.above, lever.below];
  }
}
