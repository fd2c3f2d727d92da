import {
  personRef,
  matchAccount,
  recordState,
  type AccountMatch,
  type Context,
  type MatchingRule,
  type PeopleRow,
  type RecordKey,
  type RecordVersion,
  type StateStore,
  type Surrogates,
} from "@ratchet/engine";
import { matchingDocumentSchema, type MatchingDocument, type MatchingView } from "@ratchet/protocol";
import { faultText, parseYaml } from "../documents/load-yaml.ts";
import { ProblemError } from "../http/problem-error.ts";

/** Which account a lead belongs to. Kept with the lead, with what said so; where it is not clear, the lead is listed for a person. */
export interface AccountMatching {
  /** The versions of one object, the latest with its match. Only leads and contacts have one. */
  readonly matched: (versions: readonly RecordVersion[]) => Promise<readonly RecordVersion[]>;
  /** Takes rules in and matches every lead again. @throws ProblemError `matching.invalid` with every fault at its line and column. */
  readonly setRules: (yaml: string) => Promise<void>;
  readonly view: () => Promise<MatchingView>;
}

const SETTING = "matching_rules";
/** "yes" while leads are matched by rules that were set. */
const UNFINISHED = "matching_unfinished";
/** Leads read at once. */
const PAGE = 100;
/** Unclear leads listed; a rule usually settles many. */
const LISTED_MAX = 200;

interface Parts {
  readonly state: StateStore;
  readonly surrogates: Surrogates;
}

export async function openAccountMatching(parts: Parts): Promise<AccountMatching> {
  const { state } = parts;
  const kept = await state.setting(SETTING);
  // Our own bytes, checked before they were stored.
  const stored: MatchingDocument["rules"] = kept === null ? [] : JSON.parse(kept);
  let rules: readonly MatchingRule[] = stored;
  const matched = async (versions: readonly RecordVersion[]): Promise<readonly RecordVersion[]> => {
    const last = versions.at(-1);
    if (last === undefined || (last.kind !== "lead" && last.kind !== "contact")) return versions;
    const match = await matchOf(parts, versions, rules);
    if (match.kind === "matched" && match.by.startsWith("rule:"))
      await state.learn([tieOf(parts, last, match.account)]);
    const fields = { ...last.fields, ...fieldsOf(match) };
    const isSame = JSON.stringify(fields) === JSON.stringify(last.fields);
    return isSame ? versions : [...versions.slice(0, -1), { ...last, fields }];
  };
  const matchAll = async (): Promise<void> => {
    await eachLead(state, async (versions) => state.putRecordVersions(await matched(versions), []));
    await state.putSetting(UNFINISHED, "");
  };
  // The server stopped while it matched every lead by new rules.
  if ((await state.setting(UNFINISHED)) === "yes") await matchAll();
  return {
    matched,
    setRules: async (yaml) => {
      rules = rulesIn(yaml);
      await state.putSetting(UNFINISHED, "yes");
      await state.putSetting(SETTING, JSON.stringify(rules));
      await matchAll();
    },
    view: async () => {
      const by = new Map<string, number>();
      const ambiguous: MatchingView["ambiguous"][number][] = [];
      let leads = 0;
      await eachLead(state, (versions) => {
        const [first] = versions;
        const { fields } = recordState(versions);
        const said = String(fields["matched_by"] ?? "none");
        const candidates = fields["match_candidates"] ?? null;
        leads += 1;
        by.set(candidates === null ? said : "ambiguous", (by.get(candidates === null ? said : "ambiguous") ?? 0) + 1);
        if (first !== undefined && candidates !== null && ambiguous.length < LISTED_MAX)
          ambiguous.push({
            source: first.source,
            lead: first.object,
            candidates: String(candidates).split("\n"),
            by: said,
          });
      });
      const counts = [...by].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([one, n]) => ({ by: one, leads: n }));
      return { rules: rules.length, leads, by: counts, ambiguous };
    },
  };
}

/** Shows every lead to `visit`, page by page. */
async function eachLead(
  state: StateStore,
  visit: (versions: readonly RecordVersion[]) => Promise<void> | void,
): Promise<void> {
  let after: RecordKey | undefined;
  for (;;) {
    const keys = await state.recordKeys({ kind: "lead", limit: PAGE, ...(after === undefined ? {} : { after }) });
    const versions = await state.recordVersions(keys);
    for (const { source, object } of keys)
      await visit(versions.filter((one) => one.source === source && one.object === object));
    after = keys.at(-1);
    if (keys.length < PAGE) return;
  }
}

async function matchOf(
  { state, surrogates }: Parts,
  versions: readonly RecordVersion[],
  rules: readonly MatchingRule[],
): Promise<AccountMatch> {
  const { fields } = recordState(versions);
  const accountId = fields["account_id"];
  const domain = fields["domain"];
  const ref = typeof domain === "string" ? surrogates.account({ domain }) : null;
  const linked = ref === null ? [] : (await state.peopleRows([ref])).filter(({ relation }) => relation === "same_as");
  const ids = linked.length === 0 ? [] : await state.peopleRows(linked.map(({ value }) => value));
  return matchAccount(
    {
      accountId: typeof accountId === "string" ? accountId : null,
      accountsOfDomain: ids.flatMap(({ relation, value }) => (relation === "account_id" ? [value] : [])),
      fields,
    },
    rules,
  );
}

/** What is kept of a match; what an earlier one said and this one does not is emptied. */
function fieldsOf(match: AccountMatch): Context {
  return {
    matched_account: match.kind === "matched" ? match.account : null,
    matched_by: match.kind === "none" ? null : match.by,
    match_candidates: match.kind === "ambiguous" ? match.candidates.join("\n") : null,
  };
}

/** The tie of a person to an account by a rule, for the people table. */
function tieOf({ surrogates }: Parts, { object, updatedAt }: RecordVersion, accountId: string): PeopleRow {
  const account = surrogates.account({ accountId });
  if (account === null) throw new Error("a rule's account is not blank");
  return { ref: personRef(object), relation: "account_by_rule", value: account, firstAt: updatedAt };
}

function rulesIn(yaml: string): readonly MatchingRule[] {
  const parsed = parseYaml(yaml, { file: "matching", schema: matchingDocumentSchema });
  if (parsed.kind === "ok") return parsed.value.rules;
  throw new ProblemError(
    "matching.invalid",
    `the rules do not fit: ${parsed.error.map(faultText).join("; ")}`,
    parsed.error.map(({ line, column, message }) => ({ path: `${line}:${column}`, message })),
  );
}
