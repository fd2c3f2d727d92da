import type { ChangeStatusWord, VerdictWord } from "@ratchet/protocol";

/** What a pill's colour and glyph say. Colour is never the only cue: each tone is always beside a word. */
export type Tone = "good" | "bad" | "watch" | "info" | "neutral";

interface Wording {
  readonly word: string;
  readonly tone: Tone;
  readonly glyph: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
}

export const VERDICTS: Readonly<Record<VerdictWord, Wording>> = {
  better: { word: "Better", tone: "good", glyph: "▲", meaning: "The whole interval is on the good side of zero." },
  worse: { word: "Worse", tone: "bad", glyph: "▼", meaning: "The whole interval is on the bad side of zero." },
  "no meaningful difference": {
    word: "No meaningful difference",
    tone: "neutral",
    glyph: "=",
    meaning: "The interval lies within the smallest difference that would be worth a change.",
  },
  "too early": {
    word: "Too early",
    tone: "info",
    glyph: "◔",
    meaning: "The interval still holds both a gain and a loss. More outcomes will narrow it.",
  },
  "cannot tell": {
    word: "Cannot tell",
    tone: "neutral",
    glyph: "?",
    meaning: "These data cannot answer the question, however many more of them come.",
  },
  "cannot trust yet": {
    word: "Cannot trust yet",
    tone: "watch",
    glyph: "!",
    meaning: "A data check failed, so no number below may be believed until it is fixed.",
  },
};

/** Whether the interval itself says it all; any other verdict needs its reason. */
export function isTold(verdict: VerdictWord): boolean {
  return verdict === "better" || verdict === "worse";
}

export const STATUSES: Readonly<Record<ChangeStatusWord, Omit<Wording, "glyph">>> = {
  draft: { word: "Draft", tone: "neutral", meaning: "Being written; nothing is asked of anybody yet." },
  evidence: { word: "Gathering evidence", tone: "neutral", meaning: "Its effect is being estimated from past data." },
  policy_check: { word: "Policy check", tone: "neutral", meaning: "Being held against the policy's rules." },
  pending: { word: "Waiting for approval", tone: "watch", meaning: "Nothing happens until the people named approve." },
  approved: { word: "Approved", tone: "info", meaning: "Starts on a small share at the next cycle." },
  canary: { word: "Canary", tone: "info", meaning: "Live on the first, smallest share of units." },
  ramping: { word: "Ramping", tone: "info", meaning: "Live on a growing share of units." },
  holding: { word: "Holding", tone: "watch", meaning: "Stopped growing; a person should look." },
  promoted: { word: "Promoted", tone: "good", meaning: "Proved itself and is now the playbook." },
  rolling_back: { word: "Rolling back", tone: "bad", meaning: "Being taken back." },
  rolled_back: { word: "Rolled back", tone: "bad", meaning: "Taken back; the playbook before it applies again." },
  rejected: { word: "Rejected", tone: "neutral", meaning: "A person said no." },
  expired: { word: "Expired", tone: "neutral", meaning: "Nobody decided in time." },
  superseded: { word: "Superseded", tone: "neutral", meaning: "A later change took its place." },
};

/** Changes that give some units something new right now, and can be taken back. */
export function isRunning(status: ChangeStatusWord): boolean {
  return status === "canary" || status === "ramping" || status === "holding";
}

/** `meeting_held` as a person writes it. */
export function spoken(id: string): string {
  return id.replaceAll(/[_-]+/gu, " ").trim();
}

/** With a capital first letter, unless the first word is an id: those stay as they are spelt. */
export function capital(text: string): string {
  return /^[a-z]+(?:[\s,;]|:\s|$)/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** A whole sentence: with a capital, unless it begins with an id, and with its full stop. */
export function sentence(text: string): string {
  return capital(/[.!?…]$/u.test(text) ? text : `${text}.`);
}

/** A person or machine as the screens call it: "person:dana" is Dana's id, not a name to read. */
export function actorName(actor: string): string {
  return actor.replace(/^person:/u, "");
}

/** Several names as one phrase: "a, b and c". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return "";
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "1 row", "2 rows". */
export function counted(n: number, singular: string, plural = `${singular}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? singular : plural}`;
}

/** `all`, or `all/region=EU/persona=CFO`, made readable. */
export function segmentName(segment: string): string {
  const levels = segment.split("/").filter((level) => level !== "all" && level !== "");
  return levels.length === 0 ? "All units" : levels.map(levelName).join(" › ");
}

/** The field is a name and is spoken; the value stays as the data spell it. */
function levelName(level: string): string {
  const at = level.indexOf("=");
  return at === -1 ? level : `${spoken(level.slice(0, at))}: ${level.slice(at + 1)}`;
}
