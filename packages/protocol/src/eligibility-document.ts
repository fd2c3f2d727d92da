import { z } from "zod";
import { durationMs, durationSchema } from "./duration.ts";

const id = z.string().min(1).max(200);
const field = z.string().min(1).max(200);
const channel = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/u, "must be a lower-case word, such as email")
  .refine((word) => word !== "all", "name one channel; all stands for every one elsewhere");
const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, 'must be a time of day such as "08:30", in quotes');
const clockEnd = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/u, 'must be a time of day up to "24:00", in quotes');
const positive = durationSchema.refine((text) => durationMs(text) > 0, "must be longer than nothing");

/** In the order of the week. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const weekdays = z.array(z.enum(WEEKDAYS)).min(1).describe("Every day where absent.").exactOptional();

const windowSchema = z.strictObject({
  from: clockTime,
  to: clockEnd.describe("Not included. Earlier than from: runs over midnight."),
  weekdays,
});
const windows = z.union([windowSchema, z.array(windowSchema).min(1).max(20)]);

const effectSchema = z.union([
  z.literal("nothing").describe("Never refused."),
  z.literal("other").describe("Contacts nobody and gives nobody work: only the team's rules are asked."),
  z.strictObject({
    contact: channel.describe("The channel on which it reaches a person."),
    after: durationSchema.describe("How long after the decision it goes out; at once where absent.").exactOptional(),
    at: clockTime
      .describe("It goes out when clocks where the recipient is show this next (after that long).")
      .exactOptional(),
    weekdays: weekdays.describe("With at: only on these days."),
    timed_by: id
      .describe("The lever that decides when it goes out; its decision is asked about hours.")
      .exactOptional(),
    counted_by: id
      .describe("The lever whose decision is the same contact; that one is counted and capped.")
      .exactOptional(),
  }),
  z.strictObject({ assign: id.describe("The queue that gets the work.") }),
]);

const capSchema = z.strictObject({
  id,
  channel: channel.describe("Contacts on this channel; all of them together where absent.").exactOptional(),
  per: z.enum(["person", "account"]),
  max: z.int().min(1),
  window: positive.describe("Rolling: counted back from each decision."),
});

const queueSchema = z.strictObject({
  id,
  members: z
    .array(id)
    .max(1000)
    .describe("Owners whose accounts belong here, beside the queue's own name.")
    .exactOptional(),
  zone: z.string().min(1).describe("An IANA time zone, such as Europe/Berlin."),
  hours: windows.describe("Working hours; always where absent.").exactOptional(),
  capacity: z
    .strictObject({
      max: z.int().min(1),
      window: positive,
      counts: z.enum(["assigned", "open"]).describe("open: until it was worked.").exactOptional(),
    })
    .exactOptional(),
});

const ruleSchema = z.strictObject({
  id,
  levers: z.array(id).min(1).describe("All where absent.").exactOptional(),
  actions: z.array(id).min(1).describe("All that do something where absent.").exactOptional(),
  when: z
    .string()
    .min(1)
    .max(2000)
    .describe(
      "A condition in CEL over context, action and channel; where it does not hold, or cannot be checked, the action is not eligible.",
    ),
  because: z.string().max(200).describe("Why not, for people.").exactOptional(),
});

/** What is asked before anything may be chosen. Whatever cannot be checked is not eligible. */
export const eligibilityShape = z.strictObject({
  place: z
    .strictObject({ zone: field.exactOptional(), region: field.exactOptional() })
    .describe("Context keys that hold the recipient's IANA zone and ISO country; time_zone and country where absent.")
    .exactOptional(),
  effects: z
    .record(z.string(), z.record(z.string(), effectSchema))
    .describe("By lever, what each of its actions does. An action that is not here is never eligible."),
  consent: z
    .strictObject({ required: z.array(z.union([channel, z.literal("all")])).min(1) })
    .describe("Channels on which nobody is contacted without recorded consent. Opt-outs bind everywhere in any case.")
    .exactOptional(),
  contact_hours: z
    .record(z.string(), windows)
    .describe("By channel, or all: hours where the recipient is. 08:00 to 21:00 where absent.")
    .exactOptional(),
  send_windows: z.record(z.string(), windows).describe("By lever: narrower hours.").exactOptional(),
  caps: z.array(capSchema).max(50).exactOptional(),
  open_opportunity: z
    .strictObject({ field, levers: z.array(id).min(1) })
    .describe("These levers keep away where the context key is true, or not given.")
    .exactOptional(),
  owner: z
    .strictObject({ field })
    .describe("The context key that names the account's owner: work goes to the owner's queue only.")
    .exactOptional(),
  queues: z.array(queueSchema).max(200).exactOptional(),
  rules: z.array(ruleSchema).max(100).exactOptional(),
});
export type EligibilityDocument = z.infer<typeof eligibilityShape>;
/** What an action does, as a document says it. */
export type EffectDocument = z.infer<typeof effectSchema>;
/** One window, or several. */
export type WindowsDocument = z.infer<typeof windows>;

/** Minutes since midnight of a time of day that the schema accepted, 0 … 1440. */
export function minuteOf(time: string): number {
  const [hours = "", minutes = ""] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
