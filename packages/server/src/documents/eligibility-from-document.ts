import {
  neverTrue,
  parseCondition,
  STARTING_RULES,
  type DailyWindow,
  type EligibilityRules,
  type SendTime,
} from "@ratchet/engine";
import {
  durationMs,
  minuteOf,
  WEEKDAYS,
  type EffectDocument,
  type EligibilityDocument,
  type WindowsDocument,
} from "@ratchet/protocol";

type Effect = EligibilityRules["effects"][string][string];
type Weekdays = readonly (typeof WEEKDAYS)[number][];

/** The rules of a checked document. */
export function eligibilityFromDocument(document: EligibilityDocument): EligibilityRules {
  const { place, effects, consent, caps = [], open_opportunity: open, owner, queues = [], rules = [] } = document;
  return {
    place: { ...STARTING_RULES.place, ...place },
    effects: mapped(effects, (actions) => mapped(actions, effectFrom)),
    consentRequired: consent?.required ?? [],
    contactHours: mapped(document.contact_hours ?? {}, windowsFrom),
    sendWindows: mapped(document.send_windows ?? {}, windowsFrom),
    caps: caps.map(({ id, channel = null, per, max, window }) => ({
      id,
      channel,
      per,
      max,
      windowMs: durationMs(window),
    })),
    openOpportunity: open ?? null,
    ownerField: owner?.field ?? null,
    queues: queues.map(({ id, members = [], zone, hours, capacity }) => ({
      id,
      members,
      zone,
      hours: hours === undefined ? [] : windowsFrom(hours),
      capacity:
        capacity === undefined
          ? null
          : { max: capacity.max, windowMs: durationMs(capacity.window), counts: capacity.counts ?? "assigned" },
    })),
    teamRules: rules.map(({ id, levers = null, actions = null, when, because = null }) => ({
      id,
      levers,
      actions,
      condition: when,
      because,
    })),
  };
}

/** What is wrong with the conditions of a document's rules, each at its place: they do not read, or can never hold. */
export function conditionFaults({ rules = [] }: EligibilityDocument): readonly {
  readonly path: readonly (string | number)[];
  readonly message: string;
}[] {
  return rules.flatMap(({ when }, i) => {
    const path = ["rules", i, "when"];
    const parsed = parseCondition(when);
    if (parsed.kind === "err") return [{ path, message: parsed.error }];
    const against = neverTrue(when);
    return against === null
      ? []
      : [{ path, message: `it can never hold: ${against} contradicts what stands before it` }];
  });
}

function effectFrom(effect: EffectDocument): Effect {
  if (effect === "nothing" || effect === "other") return { kind: effect };
  if ("assign" in effect) return { kind: "assign", queue: effect.assign };
  const { contact: channel, counted_by: counter } = effect;
  const contact = { kind: "contact", channel, when: sendTimeFrom(effect) } as const;
  return counter === undefined ? contact : { ...contact, counted: false };
}

type ContactDocument = Extract<EffectDocument, { readonly contact: string }>;

function sendTimeFrom({ after = "0s", at, weekdays, timed_by: timer }: ContactDocument): SendTime {
  if (timer !== undefined) return { kind: "elsewhere" };
  if (at === undefined) return { kind: "delay", ms: durationMs(after) };
  const local = { kind: "local", minuteOfDay: minuteOf(at), weekdays: weekdayNumbers(weekdays) } as const;
  return durationMs(after) === 0 ? local : { ...local, afterMs: durationMs(after) };
}

function windowsFrom(windows: WindowsDocument): readonly DailyWindow[] {
  return (Array.isArray(windows) ? windows : [windows]).map(({ from, to, weekdays }) => ({
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to),
    weekdays: weekdayNumbers(weekdays),
  }));
}

/** ISO weekdays; all of them where none is named. */
function weekdayNumbers(named: Weekdays = WEEKDAYS): readonly number[] {
  return WEEKDAYS.flatMap((day, i) => (named.includes(day) ? [i + 1] : []));
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
