import {
  minuteOf,
  WEEKDAYS,
  type EffectDocument,
  type EligibilityDocument,
  type WindowsDocument,
} from "./eligibility-document.ts";

interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A lever as the policy names it, with the actions it allows, where it has any. */
export interface LintedLever {
  readonly id: string;
  readonly actions: readonly string[];
}

const WEEK_MINUTES = 7 * 1440;
const POLITE: WindowsDocument = { from: "08:00", to: "21:00" };

/** What single keys cannot say: names that lead nowhere, zones that there are not, and what could never come true. */
export function lintEligibility(document: EligibilityDocument, levers: readonly LintedLever[]): readonly Finding[] {
  return [
    ...lintEffects(document, levers),
    ...lintHours(document, levers),
    ...lintNames(document, levers),
    ...lintQueues(document),
  ];
}

function lintEffects(
  { effects, queues = [] }: EligibilityDocument,
  levers: readonly LintedLever[],
): readonly Finding[] {
  const found: Finding[] = [];
  for (const [lever, actions] of Object.entries(effects)) {
    const path = ["effects", lever];
    const known = levers.find(({ id }) => id === lever);
    if (known === undefined) {
      found.push({ path, message: `there is no lever "${lever}"; it is one of ${named(levers.map(({ id }) => id))}` });
      continue;
    }
    for (const action of known.actions)
      if (!Object.hasOwn(actions, action))
        found.push({ path, message: `it is not said what "${action}" does, so it would never be eligible` });
    for (const [action, effect] of Object.entries(actions)) {
      if (known.actions.length > 0 && !known.actions.includes(action))
        found.push({ path: [...path, action], message: `"${action}" is not an allowed action of lever "${lever}"` });
      if (typeof effect === "object" && "assign" in effect && !queues.some(({ id }) => id === effect.assign))
        found.push({ path: [...path, action, "assign"], message: `there is no queue "${effect.assign}" under queues` });
      if (typeof effect === "object" && "contact" in effect)
        found.push(
          ...lintTiming(effect, [...path, action]),
          ...lintElsewhere(effect, lever, { effects, at: [...path, action] }),
        );
    }
  }
  return found;
}

function lintTiming(effect: ContactDocument, path: Finding["path"]): readonly Finding[] {
  if (effect.timed_by !== undefined && (effect.at !== undefined || effect.after !== undefined))
    return [{ path: [...path, "timed_by"], message: "another lever says when it goes out: leave after and at away" }];
  return effect.weekdays !== undefined && effect.at === undefined
    ? [{ path: [...path, "weekdays"], message: "weekdays belong to a time of day: add at" }]
    : [];
}

/** A lever that times or counts another's contacts must itself contact somebody, and not leave it to the next. */
function lintElsewhere(
  effect: ContactDocument,
  lever: string,
  { effects, at }: { readonly effects: EligibilityDocument["effects"]; readonly at: Finding["path"] },
): readonly Finding[] {
  return (["timed_by", "counted_by"] as const).flatMap((key) => {
    const other = effect[key];
    if (other === undefined) return [];
    const others = other === lever ? undefined : own(effects, other);
    const does = Object.values(others ?? {}).some(
      (one) => typeof one === "object" && "contact" in one && one.contact === effect.contact && one[key] === undefined,
    );
    const message = `no other lever "${other}" contacts anybody on "${effect.contact}" itself`;
    return does ? [] : [{ path: [...at, key], message }];
  });
}

type ContactDocument = Extract<EffectDocument, { readonly contact: string }>;

/** Windows that hold no time, and contacts that no time is left for. */
function lintHours(document: EligibilityDocument, levers: readonly LintedLever[]): readonly Finding[] {
  const { contact_hours: hours = {}, send_windows: windows = {}, effects } = document;
  const found: Finding[] = [
    ...Object.entries(hours).flatMap(([channel, list]) => emptyWindows(list, ["contact_hours", channel])),
    ...Object.entries(windows).flatMap(([lever, list]) => emptyWindows(list, ["send_windows", lever])),
  ];
  for (const lever of Object.keys(windows))
    if (!levers.some(({ id }) => id === lever))
      found.push({ path: ["send_windows", lever], message: `there is no lever "${lever}"` });
  const used = channelsIn(effects);
  for (const channel of Object.keys(hours))
    if (channel !== "all" && !used.has(channel))
      found.push({ path: ["contact_hours", channel], message: `no action contacts anybody on "${channel}"` });
  for (const [lever, actions] of Object.entries(effects))
    for (const [action, effect] of Object.entries(actions)) {
      if (typeof effect !== "object" || !("contact" in effect) || effect.timed_by !== undefined) continue;
      const lists = [own(hours, effect.contact) ?? own(hours, "all") ?? POLITE, own(windows, lever)];
      if (!someMinute([...lists, timeOf(effect)]))
        found.push({
          path: ["effects", lever, action],
          message: `it could never go out: contact hours${own(windows, lever) === undefined ? "" : ", send windows"}${effect.at === undefined ? "" : " and its time of day"} have no minute in common`,
        });
    }
  return found;
}

/** The minute at which a contact with a time of day goes out, as a window. */
function timeOf({ at, weekdays }: ContactDocument): WindowsDocument | undefined {
  if (at === undefined) return undefined;
  const next = minuteOf(at) + 1;
  const to = `${String(Math.floor(next / 60)).padStart(2, "0")}:${String(next % 60).padStart(2, "0")}`;
  return { from: at, to, ...(weekdays === undefined ? {} : { weekdays }) };
}

function emptyWindows(list: WindowsDocument, path: Finding["path"]): readonly Finding[] {
  return listed(list).flatMap(({ from, to }, i) =>
    minuteOf(from) === minuteOf(to)
      ? [{ path: Array.isArray(list) ? [...path, i] : path, message: `from ${from} to ${to} is no time at all` }]
      : [],
  );
}

/** Whether some minute of the week lies in all of the lists. */
function someMinute(lists: readonly (WindowsDocument | undefined)[]): boolean {
  let open: Uint8Array | null = null;
  for (const list of lists) {
    if (list === undefined) continue;
    const minutes = minutesOf(list);
    open = open === null ? minutes : open.map((one, i) => one & (minutes[i] ?? 0));
  }
  return open === null || open.includes(1);
}

function minutesOf(list: WindowsDocument): Uint8Array {
  const minutes = new Uint8Array(WEEK_MINUTES);
  for (const { from, to, weekdays = WEEKDAYS } of listed(list)) {
    const [begins, ends] = [minuteOf(from), minuteOf(to)];
    const length = ends > begins ? ends - begins : ends + 1440 - begins;
    for (const day of weekdays) {
      const start = WEEKDAYS.indexOf(day) * 1440 + begins;
      for (let i = 0; i < length; i += 1) minutes[(start + i) % WEEK_MINUTES] = 1;
    }
  }
  return minutes;
}

function lintNames(document: EligibilityDocument, levers: readonly LintedLever[]): readonly Finding[] {
  const { caps = [], rules = [], queues = [], open_opportunity: open, consent, effects } = document;
  const found: Finding[] = [];
  const ids = levers.map(({ id }) => id);
  for (const [key, list] of [
    ["caps", caps],
    ["rules", rules],
    ["queues", queues],
  ] as const)
    list.forEach(({ id }, i) => {
      if (list.findIndex((other) => other.id === id) !== i)
        found.push({ path: [key, i, "id"], message: `"${id}" is there twice` });
    });
  const used = channelsIn(effects);
  caps.forEach(({ channel }, i) => {
    if (channel !== undefined && !used.has(channel))
      found.push({
        path: ["caps", i, "channel"],
        message: `it caps nothing: no action contacts anybody on "${channel}"`,
      });
  });
  consent?.required.forEach((channel, i) => {
    if (channel !== "all" && !used.has(channel))
      found.push({ path: ["consent", "required", i], message: `no action contacts anybody on "${channel}"` });
  });
  open?.levers.forEach((lever, i) => {
    if (!ids.includes(lever))
      found.push({ path: ["open_opportunity", "levers", i], message: `there is no lever "${lever}"` });
  });
  rules.forEach((rule, i) => {
    rule.levers?.forEach((lever, n) => {
      if (!ids.includes(lever))
        found.push({ path: ["rules", i, "levers", n], message: `there is no lever "${lever}"` });
    });
    const about = levers.filter(({ id }) => rule.levers === undefined || rule.levers.includes(id));
    rule.actions?.forEach((action, n) => {
      if (!about.some(({ id, actions }) => actions.includes(action) || Object.hasOwn(own(effects, id) ?? {}, action)))
        found.push({ path: ["rules", i, "actions", n], message: `no lever that it is for has the action "${action}"` });
    });
  });
  return found;
}

function lintQueues({ queues = [] }: EligibilityDocument): readonly Finding[] {
  return queues.flatMap(({ zone, hours }, i) => [
    ...(isTimeZone(zone)
      ? []
      : [{ path: ["queues", i, "zone"], message: `there is no time zone "${zone}"; write one such as Europe/Berlin` }]),
    ...(hours === undefined ? [] : emptyWindows(hours, ["queues", i, "hours"])),
  ]);
}

function isTimeZone(zone: string): boolean {
  try {
    // Offsets such as +02:00 are accepted by newer runtimes, and know no summer time.
    return /^[A-Za-z]/u.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

function channelsIn(effects: EligibilityDocument["effects"]): ReadonlySet<string> {
  const all = Object.values(effects).flatMap((actions) => Object.values(actions));
  return new Set(all.flatMap((effect) => (typeof effect === "object" && "contact" in effect ? [effect.contact] : [])));
}

function listed(list: WindowsDocument): readonly Exclude<WindowsDocument, readonly unknown[]>[] {
  return Array.isArray(list) ? list : [list];
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function named(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
