import { readFile } from "node:fs/promises";
import type { MatchingView } from "@ratchet/protocol";
import type { Command } from "commander";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { count, counted, print, printJson, table } from "../print.ts";

/** `ratchet matching`: which accounts leads belong to. */
export function addMatching(program: Command): void {
  const matching = program.command("matching").description("which accounts leads belong to, and which are not clear");
  withWorkspace(matching.command("show", { isDefault: true }))
    .description("how many leads were matched by what, and those that wait for a person")
    .action(async (options: WorkspaceOptions) =>
      shown(await onWorkspace(options, (ratchet) => ratchet.crm.matching()), options),
    );
  withWorkspace(matching.command("set"))
    .description("a team's rules for leads that name no account; every lead is matched again")
    .argument("<file>", "the rules, YAML")
    .addHelpText("after", "\nExample:\n  ratchet matching set examples/matching.yaml")
    .action(async (path: string, options: WorkspaceOptions) => {
      const rules = await readFile(path, "utf8");
      shown(await onWorkspace(options, (ratchet) => ratchet.crm.setMatching({ rules })), options);
    });
}

function shown(view: MatchingView, { json }: WorkspaceOptions): void {
  if (json === true) return printJson(view);
  print(`${counted(view.leads, "lead")}, ${counted(view.rules, "rule")}`);
  if (view.by.length > 0)
    print(
      table(
        ["matched by", "leads"],
        view.by.map(({ by, leads }) => [by, count(leads)]),
      ),
    );
  for (const { source, lead, candidates } of view.ambiguous)
    print(`not clear: ${source} ${lead} may be of ${candidates.join(" or ")}`);
  if (view.ambiguous.length > 0) print("Name the account in the CRM, or add a rule that decides.");
}
