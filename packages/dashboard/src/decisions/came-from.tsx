import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TraceView } from "@ratchet/protocol";
import { formatCount } from "../format/numbers.ts";
import { actorName, spoken } from "../format/words.ts";
import { Ago } from "../parts/ago.tsx";
import { Digest } from "../parts/digest.tsx";
import { Disclosure } from "../parts/disclosure.tsx";
import { Panel } from "../parts/panel.tsx";
import { StatusPill } from "../parts/status-pill.tsx";
import { OutcomesTable } from "./outcomes-table.tsx";

type Change = NonNullable<TraceView["change"]>;

/** Backward: playbook, change, approvals, evidence, outcomes. */
export function CameFrom({ trace: { playbook, change } }: { readonly trace: TraceView }) {
  return (
    <Panel title="Where it came from" note="decision → playbook → change → approvals → evidence → outcomes">
      <ol className="walk">
        <Step name="Playbook">
          <Link to="/history" search={{ tab: "playbook", version: playbook.version }}>
            Version {playbook.version}
          </Link>
          {playbook.digest === null ? null : <Digest value={playbook.digest} label="playbook digest" />}
        </Step>
        {change === null ? (
          <Step name="Change">
            <span className="dim">None: this is how it was set up, or how the imported log decided.</span>
          </Step>
        ) : (
          <ChangeSteps change={change} />
        )}
      </ol>
    </Panel>
  );
}

function ChangeSteps({ change }: { readonly change: Change }) {
  const { evidence } = change;
  return (
    <>
      <Step name="Change">
        <Link to="/changes/$changeId" params={{ changeId: change.id }}>
          {change.title}
        </Link>
        <StatusPill status={change.status} />
      </Step>
      <Step name="Approvals">
        {change.approvals.length === 0 ? <span className="dim">The policy asked for none.</span> : null}
        {change.approvals.map(({ by, role, at, comment }) => (
          <span key={`${by} ${role}`}>
            <strong>{actorName(by)}</strong> as {spoken(role)}, <Ago at={at} />
            {comment === "" ? null : <span className="dim"> · “{comment}”</span>}
          </span>
        ))}
      </Step>
      {evidence === null ? null : (
        <>
          <Step name="Evidence">
            <span>{evidence.sentence}</span>
            <Digest value={evidence.digest} label="evidence digest" />
          </Step>
          <Step name="Outcomes">
            <span className="num">
              {formatCount(evidence.outcomes)} outcomes stand behind it
              {evidence.sample.length === 0 ? "." : `; here are ${evidence.sample.length} of them.`}
            </span>
            {evidence.sample.length === 0 ? null : (
              <Disclosure label="Show outcomes">
                <OutcomesTable outcomes={evidence.sample} />
              </Disclosure>
            )}
          </Step>
        </>
      )}
    </>
  );
}

/** One station of the walk. */
export function Step({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <li>
      <span className="walk-name">{name}</span>
      <div className="walk-body">{children}</div>
    </li>
  );
}
