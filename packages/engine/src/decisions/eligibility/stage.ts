import type { ActionId } from "../../ids.ts";
import type { ConsentRecord } from "../../signals/consent.ts";
import type { Instant } from "../../time.ts";
import type { EligibilityQuestion } from "../funnel.ts";
import type { StatedEffect } from "./rules.ts";
import type { Recipient, Standing } from "./standing.ts";
import type { Whereabouts } from "./windows.ts";

/** One candidate as the stages see it. */
export interface Candidate {
  readonly action: ActionId;
  /** null: nobody has stated what it does. */
  readonly effect: Exclude<StatedEffect, { readonly kind: "nothing" }> | null;
  /** When it happens: of a contact the moment at which it goes out. null: there is no such moment. */
  readonly at: Instant | null;
}

/** Everything that a stage may look at. */
export interface Asked {
  readonly question: EligibilityQuestion;
  readonly standing: Standing;
  readonly recipient: Recipient;
  /** Every word on whether the recipient may be contacted; null: it cannot be told now. */
  readonly consents: readonly ConsentRecord[] | null;
  /** Where the recipient's clock is; null: nobody knows. */
  readonly place: Whereabouts | null;
  /** Whether anybody has stated what the actions of this lever do. */
  readonly stated: boolean;
}

/** One rule: why an action may not be chosen, in words that name nobody; null lets it pass. */
export interface Stage {
  readonly rule: string;
  readonly refuses: (candidate: Candidate, asked: Asked) => string | null;
}
