import { policyDocumentSchema } from "@ratchet/protocol";
import { conditionFaults } from "./eligibility-from-document.ts";

/** The protocol's policy, and what takes an expression language to see: conditions that do not read, or can never hold. */
export const policySchema = policyDocumentSchema.superRefine(({ eligibility }, refinement) => {
  if (eligibility === undefined) return;
  for (const { path, message } of conditionFaults(eligibility))
    refinement.addIssue({ code: "custom", path: ["eligibility", ...path], message });
});
