import type { StateStore } from "@ratchet/engine";

/** The setting that says what the workspace was set up from. */
const KEY = "workspace:source";
export const SAMPLE_SOURCE = "sample";

/** `sample`, or the `import:<name>` that the workspace was set up from; null where it was set up otherwise. */
export function workspaceSource(state: StateStore): Promise<string | null> {
  return state.setting(KEY);
}

export function putWorkspaceSource(state: StateStore, source: string): Promise<void> {
  return state.putSetting(KEY, source);
}
