import {
  changeOf,
  type AccessEvent,
  describeVerdict,
  isoOf,
  type ChangeEvent,
  type LedgerBody,
  type LedgerEntry,
  type LedgerVerdict,
} from "@ratchet/engine";
import type { LedgerEntryView, LedgerView } from "@ratchet/protocol";
import { percent } from "./numbers-in-words.ts";

export function ledgerView(entries: readonly LedgerEntry[], verdict: LedgerVerdict): LedgerView {
  return {
    entries: entries.map(ledgerEntryView),
    verification:
      verdict.kind === "whole"
        ? { kind: "whole", seq: verdict.head.seq, hash: verdict.head.hash }
        : { kind: "broken", seq: verdict.seq, message: verdict.message },
  };
}

function ledgerEntryView(entry: LedgerEntry): LedgerEntryView {
  return {
    seq: entry.seq,
    at: isoOf(entry.at),
    actor: entry.actor,
    kind: entry.body.kind,
    change_id: changeOf(entry.body),
    sentence: entrySentence(entry),
    body: shownBody(entry.body),
    previous: entry.previous,
    hash: entry.hash,
  };
}

/** The body without the salt: who knows it can compute, and aim for, a cohort. */
function shownBody(body: LedgerBody): Record<string, unknown> {
  return body.kind === "workspace.created" ? { kind: body.kind, salt: "(secret)" } : { ...body };
}

/** What an entry records, in words. */
export function entrySentence({ actor, body }: Pick<LedgerEntry, "actor" | "body">): string {
  if ("changeId" in body) return changeSentence(actor, body);
  switch (body.kind) {
    case "workspace.created":
      return `${actor} set the workspace up`;
    case "policy.adopted":
      return `Policy v${body.version} came into force`;
    case "playbook.published":
      return `Playbook v${body.version} came into force`;
    case "evidence.recorded":
      return `The evidence of cycle ${body.cycle} was recorded`;
    case "cycle.completed":
      return `Cycle ${body.cycle} ended: ${body.summary}`;
    case "incident.opened":
      return `Incident ${body.incidentId} opened (${body.severity}): ${body.sentence}`;
    case "incident.escalated":
      return `Incident ${body.incidentId} became ${body.severity}: ${body.sentence}`;
    case "incident.resolved":
      return `Incident ${body.incidentId} ${body.how === "explained" ? `was explained by ${body.by}` : "is over"}: ${body.reason}`;
    case "suppression.lifted":
      return `${actor} lifted ${body.records} suppressions of one person as mistaken (${body.lifting}): ${body.reason}`;
    case "person.erased":
      return `${actor} had a person erased (erasure ${body.erasure})`;
    case "key.created":
    case "key.rotated":
    case "key.revoked":
    case "user.created":
    case "user.roles_set":
    case "user.password_set":
    case "user.removed":
      return accessSentence(actor, body);
  }
}

function accessSentence(actor: string, body: AccessEvent): string {
  switch (body.kind) {
    case "key.created":
      return `${actor} made ${body.isAgent ? "an agent's" : "a"} ${body.mode} key ${body.keyId} for ${body.scopes.join(", ")}`;
    case "key.rotated":
      return `${actor} gave key ${body.keyId} a new secret; ${body.overlapMs === 0 ? "the former one ended at once" : `the former one works ${Math.round(body.overlapMs / 60_000)} minutes longer`}`;
    case "key.revoked":
      return `${actor} revoked key ${body.keyId}`;
    case "user.created":
      return `${actor} made ${body.user} a user: ${body.roles.join(", ")}`;
    case "user.roles_set":
      return `${actor} set the roles of ${body.user}: ${body.roles.join(", ")}`;
    case "user.password_set":
      return `${actor} set the password of ${body.user}`;
    case "user.removed":
      return `${actor} removed the user ${body.user}`;
  }
}

function inSolo({ isSolo }: { readonly isSolo?: true }): string {
  return isSolo === true ? " in solo mode, where nobody signs in" : "";
}

function changeSentence(actor: string, body: ChangeEvent): string {
  switch (body.kind) {
    case "change.drafted":
      return `${actor} drafted it: ${body.change.rationale}`;
    case "change.evidenced":
      return "Its evidence was recorded";
    case "change.reviewed":
      return `Policy v${body.policyVersion}: ${describeVerdict(body.verdict)}`;
    case "change.approval_given":
      return `${body.by} approved as ${body.role}${inSolo(body)}${body.comment === "" ? "" : `: ${body.comment}`}`;
    case "change.approved":
      return "It has every approval that it needs";
    case "change.rejected":
      return `${body.by} rejected it${inSolo(body)}: ${body.reason}`;
    case "change.expired":
      return `It expired: ${body.reason}`;
    case "change.started":
      return `Its canary began with ${percent(body.share)} of the units`;
    case "change.advanced":
      return `It went on to ${percent(body.share)} of the units`;
    case "change.held":
      return `It was held: ${body.reason}`;
    case "change.resumed":
      return `It went on with ${percent(body.share)} of the units`;
    case "change.promoted":
      return `It was promoted: playbook v${body.playbookVersion}`;
    case "change.rollback_started":
      return `It is being rolled back: ${body.reason}`;
    case "change.rolled_back":
      return "It was rolled back; nobody gets it any more";
  }
}
