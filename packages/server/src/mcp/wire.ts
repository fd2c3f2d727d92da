import { z } from "zod";

/** What several tools take or give. */

/** A name or id as its owner spells it; what no id may hold is refused here. */
export const nameSchema = z
  .string()
  .max(200)
  // oxlint-disable-next-line no-control-regex -- control characters in a name are exactly what is refused here
  .regex(/^(?=.*\S)[^\u0000-\u001f\u007f]*$/u, "must not be blank or hold control characters");

export const leadIdSchema = nameSchema.describe(
  "Your own id of the lead or account, or an e-mail address. Addresses become surrogates and are never given back.",
);

export const decisionIdSchema = nameSchema.describe("As get_decision or next_leads gave it: dec_…");

export const contextSchema = z
  .record(z.string().min(1).max(200), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]))
  .describe(
    "What is known of the lead now, such as region, employees, time_zone. What identifies a person is dropped.",
  );

/** A word of a closed list or an action's name: nothing that could be read as an order. */
export const wordSchema = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,99}$/u, "must be a short word, such as call or case_study");

export const channelSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/u, "must be a lower-case word, such as email or phone");
