import type { SourceSettingsDocument } from "@ratchet/protocol";

/** What a team says about its own tools, so that their words can be read: stage names and call dispositions differ by tenant. */
export interface ReadingSettings {
  /** Names of the custom argument, metadata entry, tag or field in which our decision id comes back. The first one found counts. */
  readonly decisionKeys: readonly string[];
  /** Deal or opportunity stages (their ids where the tool sends ids) that mean won. */
  readonly wonStages: readonly string[];
  readonly lostStages: readonly string[];
  /** Stages of pipelines that were described, as the tool sends them: what facts call them, and their pipeline. */
  readonly stages: ReadonlyMap<string, { readonly pipeline: string; readonly name: string }>;
  /** From the tool's call disposition (its id where the tool sends ids), in lower case, to a call type of the taxonomy. */
  readonly callDispositions: ReadonlyMap<string, string>;
  /** ISO 4217, for amounts that come without a currency; null keeps it unsaid. */
  readonly currency: string | null;
}

/** What holds in a fresh HubSpot or Salesforce, and in most others. */
export const DEFAULT_SETTINGS: ReadingSettings = {
  decisionKeys: ["decision_id", "decisionId", "ratchet_decision_id", "ratchet_decision_id__c", "Decision_Id__c"],
  wonStages: ["closedwon", "Closed Won"],
  lostStages: ["closedlost", "Closed Lost"],
  stages: new Map(),
  callDispositions: new Map([
    // HubSpot's own dispositions have the same ids in every portal.
    ["f240bbac-87c9-4f6e-bf70-924b57d47db7", "call_connected"],
    ["9d9162e7-6cf3-4944-bf63-4dff82258764", "call_busy"],
    ["a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "call_connected"],
    ["b2cf5968-551e-4856-9783-52b3da59a7d0", "call_voicemail"],
    ["73a0d17f-1163-4015-bdd5-ec830791da20", "call_no_answer"],
    ["17b47fee-58de-441e-a44c-c6300d46f273", "call_wrong_number"],
    ["connected", "call_connected"],
    ["busy", "call_busy"],
    ["no answer", "call_no_answer"],
    ["left voicemail", "call_voicemail"],
    ["voicemail", "call_voicemail"],
    ["wrong number", "call_wrong_number"],
  ]),
  currency: null,
};

/** What the team said, over what holds in a fresh tool: a stage or disposition that it does not name keeps its meaning. */
export function readingSettings(document: SourceSettingsDocument): ReadingSettings {
  const { currency, decision_fields = [], call_dispositions = {}, pipelines = [] } = document;
  const described = new Set(pipelines.flatMap(({ stages }) => Object.keys(stages)));
  const kept = (stages: readonly string[]): readonly string[] => stages.filter((stage) => !described.has(stage));
  return {
    decisionKeys: [...decision_fields, ...DEFAULT_SETTINGS.decisionKeys],
    wonStages: [...pipelines.flatMap(({ won = [] }) => won), ...kept(DEFAULT_SETTINGS.wonStages)],
    lostStages: [...pipelines.flatMap(({ lost = [] }) => lost), ...kept(DEFAULT_SETTINGS.lostStages)],
    stages: new Map(
      pipelines.flatMap(({ name, stages }) =>
        Object.entries(stages).map(([stage, called]) => [stage, { pipeline: name, name: called }] as const),
      ),
    ),
    callDispositions: new Map([
      ...DEFAULT_SETTINGS.callDispositions,
      ...Object.entries(call_dispositions).map(([told, type]) => [told.toLowerCase(), type] as const),
    ]),
    currency: currency ?? DEFAULT_SETTINGS.currency,
  };
}

/** A stage of an opportunity as facts name it, and its pipeline: as the tool sends them where nobody described them. */
export function opportunityStage(
  stage: string,
  { stages }: ReadingSettings,
  pipeline: string,
): { readonly pipeline: string; readonly to: string } {
  const known = stages.get(stage);
  return known === undefined ? { pipeline, to: stage } : { pipeline: known.pipeline, to: known.name };
}

/** The call type for a tool's disposition; `call_logged` where the team has not said what it means. */
export function callType(disposition: string | null, { callDispositions }: ReadingSettings): string {
  return (disposition === null ? undefined : callDispositions.get(disposition.trim().toLowerCase())) ?? "call_logged";
}

/** Whether a stage ends a deal, and how. */
export function closingType(
  stage: string | null,
  { wonStages, lostStages }: ReadingSettings,
): "opportunity_won" | "opportunity_lost" | null {
  if (stage === null) return null;
  if (wonStages.includes(stage)) return "opportunity_won";
  return lostStages.includes(stage) ? "opportunity_lost" : null;
}
