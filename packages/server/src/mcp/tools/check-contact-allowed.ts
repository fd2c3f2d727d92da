import { isoOf } from "@ratchet/engine";
import { ROUTES } from "@ratchet/protocol";
import { z } from "zod";
import { checkContact, type ContactCheck } from "../../people/contact-check.ts";
import { agentTool } from "../agent-tool.ts";
import { channelSchema, contextSchema, leadIdSchema, nameSchema } from "../wire.ts";

const output = z.object({
  allowed: z.boolean(),
  channel: z.string(),
  rule: z.string().nullable().describe("The rule that says no, such as suppression.unsubscribed or cap:email-weekly."),
  why: z.string().nullable(),
  not_before: z.string().nullable().describe("When it may go out at the earliest; null: at once."),
  checked: z
    .enum(["all_rules", "opt_outs_only"])
    .describe("opt_outs_only: the policy states of no action that it uses this channel."),
});

/** Whether a lead may be contacted, by opt-outs as `GET /v1/people/allowed`, and by the rules that deciding asks. */
export const checkContactAllowed = agentTool({
  name: "check_contact_allowed",
  title: "May this lead be contacted?",
  description:
    "Whether a contact would be let through now: opt-outs, consent, quiet hours, frequency caps and the team's rules. Tell what you know of the lead (time_zone, country, owner …): what cannot be checked is not allowed.",
  access: ROUTES.contactAllowed.access,
  does: "reads",
  input: z.strictObject({
    lead_id: leadIdSchema,
    channel: channelSchema,
    context: contextSchema.exactOptional(),
    person: nameSchema.describe("Whom it would reach, where lead_id is an account.").exactOptional(),
    account: nameSchema.describe("The account of the lead, where lead_id is a person.").exactOptional(),
  }),
  output,
  run: async ({ context }, { lead_id, channel, context: told = {}, person, account }) => {
    const check = await checkContact(context, {
      unit: lead_id,
      channel,
      context: told,
      ...(person === undefined ? {} : { person }),
      ...(account === undefined ? {} : { account }),
    });
    return { said: sentence(check), data: { channel, ...contactData(check) } };
  },
});

function contactData(check: ContactCheck): Omit<z.input<typeof output>, "channel"> {
  if (check.kind === "refused")
    return { allowed: false, rule: check.rule, why: check.why, not_before: null, checked: "all_rules" };
  return {
    allowed: true,
    rule: null,
    why: null,
    not_before: check.notBefore === null ? null : isoOf(check.notBefore),
    checked: check.asked.length === 0 ? "opt_outs_only" : "all_rules",
  };
}

function sentence(check: ContactCheck): string {
  if (check.kind === "refused") return "No. Do not contact the lead by this channel; rule and why say what forbids it.";
  if (check.asked.length === 0)
    return "No opt-out speaks against it. No action of the playbook uses this channel, so caps and hours were not asked.";
  return check.notBefore === null ? "Yes, now." : "Yes, but not before not_before.";
}
