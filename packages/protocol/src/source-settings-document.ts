import { z } from "zod";

/** Version of the format that says what one team's words mean. */
const SOURCE_SETTINGS_API_VERSION = "ratchet.source-settings/v1";

const word = z.string().trim().min(1).max(200);
/** What a call can come to, in the words of the taxonomy. */
const callTypeSchema = z.enum([
  "call_connected",
  "call_no_answer",
  "call_voicemail",
  "call_busy",
  "call_wrong_number",
  "call_logged",
]);

const pipelineSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,63}$/u, "must be a lower-case word, such as new-business")
    .describe("What the pipeline is called in facts and metrics."),
  stages: z
    .record(word, word)
    .describe("The tool's stage (its id where the tool sends ids, as HubSpot does) to the stage's name in facts."),
  won: z.array(word).max(50).describe("Stages, as the tool sends them, that mean won.").exactOptional(),
  lost: z.array(word).max(50).describe("Stages, as the tool sends them, that mean lost.").exactOptional(),
});

const settingsShape = z.strictObject({
  api_version: z.literal(SOURCE_SETTINGS_API_VERSION),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/u, "must be an ISO 4217 code, such as EUR")
    .describe("Of amounts that come without one.")
    .exactOptional(),
  decision_fields: z
    .array(word)
    .min(1)
    .max(20)
    .describe("Fields in which decision ids come back, beside decision_id and the like.")
    .exactOptional(),
  call_dispositions: z
    .record(word, callTypeSchema)
    .describe("The tool's disposition (its id where the tool sends ids), in any case, to what it means.")
    .exactOptional(),
  pipelines: z.array(pipelineSchema).max(100).exactOptional(),
});

/** What one team's words mean in one of its tools: dispositions, stages, the currency that goes without saying. */
export const sourceSettingsDocumentSchema = settingsShape.superRefine((settings, context) => {
  const stages = new Map<string, string>();
  const names = new Set<string>();
  for (const [i, { name, stages: own, won = [], lost = [] }] of (settings.pipelines ?? []).entries()) {
    const blame = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path: ["pipelines", i, ...path], message });
    if (names.has(name)) blame(["name"], `pipeline "${name}" is defined twice`);
    names.add(name);
    for (const stage of Object.keys(own)) {
      const other = stages.get(stage);
      if (other !== undefined)
        blame(["stages", stage], `stage "${stage}" is one of pipeline "${other}" already: a change could be of either`);
      stages.set(stage, name);
    }
    for (const [list, ends] of [["won", won] as const, ["lost", lost] as const])
      for (const [j, stage] of ends.entries())
        if (!Object.hasOwn(own, stage))
          blame([list, j], `"${stage}" is not among this pipeline's stages; add it there`);
    for (const [j, stage] of lost.entries())
      if (won.includes(stage)) blame(["lost", j], `"${stage}" cannot mean both won and lost`);
  }
});
export type SourceSettingsDocument = z.infer<typeof sourceSettingsDocumentSchema>;
