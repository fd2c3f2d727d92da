import type { Context } from "../../context.ts";

/** One rule of a team: leads whose fields all fit belong to the account. */
export interface MatchingRule {
  readonly id: string;
  /** Field to pattern: a text in any case, in which * stands for any letters, also none. */
  readonly when: Readonly<Record<string, string | undefined>>;
  readonly account: string;
}

/** What is known of a lead, as far as it says to which account it belongs. */
export interface LeadToMatch {
  readonly accountId: string | null;
  /** Accounts of its source that have the company's domain of its address; none for an address that anybody can have. */
  readonly accountsOfDomain: readonly string[];
  readonly fields: Context;
}

/** Which account a lead belongs to, and what said so: `account_id`, `domain`, or `rule:ID`. */
export type AccountMatch =
  | { readonly kind: "matched"; readonly account: string; readonly by: string }
  /** Several accounts, with nothing to choose between them: for a person, never guessed. */
  | { readonly kind: "ambiguous"; readonly candidates: readonly string[]; readonly by: string }
  | { readonly kind: "none" };

/** The account that the lead names, else the only one of its domain, else the only one that the rules name. */
export function matchAccount(lead: LeadToMatch, rules: readonly MatchingRule[]): AccountMatch {
  if (lead.accountId !== null) return { kind: "matched", account: lead.accountId, by: "account_id" };
  const byDomain = only(lead.accountsOfDomain, "domain");
  // A team's rule may decide between the accounts of one domain: that is what it is for.
  if (byDomain.kind === "matched") return byDomain;
  const fitting = rules.filter((rule) => fits(rule, lead.fields));
  const byRule = only(
    fitting.map(({ account }) => account),
    `rule:${fitting[0]?.id ?? ""}`,
  );
  return byRule.kind === "none" ? byDomain : byRule;
}

function only(accounts: readonly string[], by: string): AccountMatch {
  const [first, ...others] = [...new Set(accounts)].toSorted();
  if (first === undefined) return { kind: "none" };
  return others.length === 0
    ? { kind: "matched", account: first, by }
    : { kind: "ambiguous", candidates: [first, ...others], by: by.startsWith("rule:") ? "rules" : by };
}

function fits({ when }: MatchingRule, fields: Context): boolean {
  return Object.entries(when).every(([field, pattern]) => {
    const value = fields[field];
    return pattern === undefined || (value !== undefined && value !== null && globFits(pattern, String(value)));
  });
}

/** Linear in the text for each part of the pattern: no pattern of a team can stall the server. */
function globFits(pattern: string, value: string): boolean {
  const parts = pattern.trim().toLowerCase().split("*");
  const text = value.trim().toLowerCase();
  const [head = ""] = parts;
  if (parts.length === 1) return text === head;
  const tail = parts.at(-1) ?? "";
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  let from = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > text.length - tail.length) return false;
    from = found + part.length;
  }
  return true;
}
