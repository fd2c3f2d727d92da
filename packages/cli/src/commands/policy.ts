import type { Command } from "commander";
import { faultText, loadYaml, policySchema } from "@ratchet/server";
import { CommandError } from "../exit-code.ts";
import { print, printJson } from "../print.ts";

const EXAMPLES = `
Examples:
  ratchet policy check policy.yaml
  ratchet policy check policy.yaml --json`;

/** `ratchet policy check`. */
export function addPolicy(program: Command): void {
  program
    .command("policy")
    .description("the governance document")
    .command("check")
    .description("every fault of a policy, with its line and column")
    .argument("<file>", "the policy, YAML")
    .option("--json", "print the faults as JSON")
    .addHelpText("after", EXAMPLES)
    .action(checkPolicy);
}

async function checkPolicy(path: string, { json }: { readonly json?: boolean }): Promise<void> {
  const loaded = await loadYaml(path, policySchema);
  const faults = loaded.kind === "ok" ? [] : loaded.error;
  if (json === true) printJson({ file: path, faults });
  if (loaded.kind === "ok") {
    const { metadata, levers, guardrails } = loaded.value;
    if (json !== true)
      print(
        `${path}: policy "${metadata.id}" v${metadata.version} is sound (${levers.length} levers, ${guardrails.length} guardrails)`,
      );
    return;
  }
  const number = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  throw new CommandError([...(json === true ? [] : faults.map(faultText)), `${path} has ${number}`].join("\n"));
}
