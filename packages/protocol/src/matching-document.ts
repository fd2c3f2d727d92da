import { z } from "zod";

/** Version of the format that says which account a lead belongs to. */
const MATCHING_API_VERSION = "ratchet.matching/v1";

const pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => /[^*\s]/u.test(text), "matches everything; name at least one letter")
  .describe("A text in any case; * stands for any letters, also none.");

const ruleSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/u, "must be a lower-case word, such as acme-group"),
  when: z
    .strictObject({
      company: pattern.exactOptional(),
      domain: pattern.exactOptional(),
      country: pattern.exactOptional(),
      region: pattern.exactOptional(),
      industry: pattern.exactOptional(),
      lead_source: pattern.exactOptional(),
    })
    .refine((when) => Object.keys(when).length > 0, "say which leads: name at least one field")
    .describe("Fields of the lead that must all fit. `domain` is that of its e-mail address where it names none."),
  account: z.string().trim().min(1).max(200).describe("The account's id in the source of the lead."),
});

/** A team's rules for leads that name no account and whose domain names none either. */
export const matchingDocumentSchema = z
  .strictObject({ api_version: z.literal(MATCHING_API_VERSION), rules: z.array(ruleSchema).max(5000) })
  .superRefine(({ rules }, context) => {
    const ids = new Set<string>();
    const conditions = new Map<string, { readonly id: string; readonly account: string }>();
    for (const [i, { id, when, account }] of rules.entries()) {
      const blame = (path: string, message: string): void =>
        context.addIssue({ code: "custom", path: ["rules", i, path], message });
      if (ids.has(id)) blame("id", `rule "${id}" is defined twice`);
      ids.add(id);
      const condition = Object.entries(when)
        .map((entry) => JSON.stringify(entry).toLowerCase())
        .toSorted()
        .join();
      const other = conditions.get(condition);
      if (other !== undefined && other.account !== account)
        blame("when", `rule "${other.id}" says the same and names another account: such a lead never has one`);
      conditions.set(condition, { id, account });
    }
  });
export type MatchingDocument = z.infer<typeof matchingDocumentSchema>;
