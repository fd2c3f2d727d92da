import type { DailyWindow, PlaceFields } from "./windows.ts";

/**
 * What an action does to the world, as far as rules care: `nothing` is never refused · `contact` reaches a person on a channel, at once or
 * at `when` · `assign` gives work to a queue or a rep · `other` is only asked the team's own rules.
 */
export type StatedEffect =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "contact";
      readonly channel: string;
      readonly when: SendTime;
      /** Whether it uses caps up, and is held to them: not where another lever's decision is the same contact. Absent: it does. */
      readonly counted?: boolean;
    }
  | { readonly kind: "assign"; readonly queue: string }
  | { readonly kind: "other" };

/**
 * When a contact goes out: so long after the decision, in ms · at the next time, at least so long after it, that clocks where the recipient
 * is show `minuteOfDay` on one of the weekdays · when another lever says so, whose decision is then asked about hours in its place.
 */
export type SendTime =
  | { readonly kind: "delay"; readonly ms: number }
  | {
      readonly kind: "local";
      readonly minuteOfDay: number;
      readonly weekdays: readonly number[];
      /** Absent: 0. */
      readonly afterMs?: number;
    }
  | { readonly kind: "elsewhere" };

/** At once. */
export const NOW: SendTime = { kind: "delay", ms: 0 };

/** At most `max` contacts of one recipient in a rolling window. */
export interface FrequencyCap {
  /** Names it in the funnel: `email-weekly`. */
  readonly id: string;
  /** null: contacts on every channel count together. */
  readonly channel: string | null;
  /** `account`: everybody there counts together; where the account is not known, the unit is it. */
  readonly per: "person" | "account";
  readonly max: number;
  readonly windowMs: number;
}

/** Who takes assigned work, and how much of it when. */
export interface Queue {
  readonly id: string;
  /** Owners whose accounts belong here: reps, or the queue's own name. */
  readonly members: readonly string[];
  /** Where its clocks are; checked when the rules were read. */
  readonly zone: string;
  /** Working hours; empty: always. */
  readonly hours: readonly DailyWindow[];
  /** At most `max` in a rolling window: of all assignments, or of those that nobody has worked yet. null: no limit. */
  readonly capacity: { readonly max: number; readonly windowMs: number; readonly counts: "assigned" | "open" } | null;
}

/** A rule of the team's own: its actions stay only where the condition holds. */
export interface TeamRule {
  /** Names it in the funnel. */
  readonly id: string;
  /** Levers that it is for; null: all. */
  readonly levers: readonly string[] | null;
  /** Actions that it is about; null: all that do something. */
  readonly actions: readonly string[] | null;
  /** In the Common Expression Language; `parseCondition` says what it may hold. */
  readonly condition: string;
  /** Why not, for people; where absent the condition itself is shown. */
  readonly because: string | null;
}

/**
 * Everything that is asked before an action may be chosen: plain data, and part of the policy, so that nothing learned can widen it.
 */
export interface EligibilityRules {
  readonly place: PlaceFields;
  /** By lever, then by action. An action that is not here does something unknown: it is never eligible. */
  readonly effects: Readonly<Record<string, Readonly<Record<string, StatedEffect>>>>;
  /** By channel: on what ground it may be used. `required`: nobody is contacted of whom no ground is recorded. */
  readonly consentRequired: readonly string[];
  /** Hours in which contacts may go out, by channel; `all` for the rest; {@link POLITE_HOURS} where neither says. */
  readonly contactHours: Readonly<Record<string, readonly DailyWindow[]>>;
  /** Narrower windows of single levers, such as weekday mornings. */
  readonly sendWindows: Readonly<Record<string, readonly DailyWindow[]>>;
  readonly caps: readonly FrequencyCap[];
  /** A context key that says whether an opportunity is open, and the levers that keep away then. null: not asked. */
  readonly openOpportunity: { readonly field: string; readonly levers: readonly string[] } | null;
  /** A context key that names the account's owner: its work goes to the owner's queue. null: not asked. */
  readonly ownerField: string | null;
  readonly queues: readonly Queue[];
  readonly teamRules: readonly TeamRule[];
}

/** The rules of a team that has stated what its actions do, and nothing else: contact in polite hours, by consent where there is any. */
export const STARTING_RULES: EligibilityRules = {
  place: { zone: "time_zone", region: "country" },
  effects: {},
  consentRequired: [],
  contactHours: {},
  sendWindows: {},
  caps: [],
  openOpportunity: null,
  ownerField: null,
  queues: [],
  teamRules: [],
};
