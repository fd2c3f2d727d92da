import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { PlaybookView } from "@ratchet/protocol";
import { playbookQuery, todayQuery } from "../api/queries.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { capital, listed, segmentName, spoken } from "../format/words.ts";
import { Digest } from "../parts/digest.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Panel } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";
import { QueryView } from "../parts/query-view.tsx";

/** One version of the playbook; without one, that in force. */
export function Playbook({ version }: { readonly version: number | undefined }) {
  const { data: today } = useQuery(todayQuery);
  const query = useQuery({ ...playbookQuery(version), enabled: today !== undefined && today.state !== "empty" });
  if (today?.state === "empty") return <NoPlaybook />;
  return (
    <QueryView query={query}>
      {(playbook) => (
        <div className="playbook">
          <Versions playbook={playbook} />
          <div className="stack playbook-body">
            <Standing playbook={playbook} />
            {playbook.levers.map((lever) => (
              <Lever key={lever.name} lever={lever} />
            ))}
          </div>
        </div>
      )}
    </QueryView>
  );
}

function NoPlaybook() {
  return (
    <section className="panel">
      <EmptyState title="No playbook yet">
        <p>
          The first one is made when the workspace is created: <Link to="/">choose how to start</Link>.
        </p>
      </EmptyState>
    </section>
  );
}

function Versions({ playbook }: { readonly playbook: PlaybookView }) {
  const first = Math.min(1, playbook.version);
  const versions = Array.from({ length: playbook.latest - first + 1 }, (_, i) => playbook.latest - i);
  return (
    <nav className="versions" aria-label="Playbook versions">
      {versions.map((version) => (
        <Link
          key={version}
          to="/history"
          search={{ tab: "playbook", version }}
          className="version"
          aria-current={version === playbook.version ? "page" : undefined}
          data-row-link
        >
          v{version}
          {version === playbook.latest ? <span className="small"> in force</span> : null}
        </Link>
      ))}
    </nav>
  );
}

function Standing({ playbook }: { readonly playbook: PlaybookView }) {
  return (
    <Panel
      title={`Playbook v${playbook.version}`}
      note={playbook.in_force ? <Pill tone="good">In force</Pill> : "no longer in force"}
    >
      <dl className="facts">
        <dt>Made by</dt>
        <dd>
          {playbook.change_id === null ? (
            "the workspace's creation"
          ) : (
            <Link to="/changes/$changeId" params={{ changeId: playbook.change_id }}>
              change {playbook.change_id}
            </Link>
          )}
        </dd>
        <dt>Content address</dt>
        <dd>
          <Digest value={playbook.digest} label="playbook digest" />
        </dd>
      </dl>
    </Panel>
  );
}

type LeverView = PlaybookView["levers"][number];

function Lever({ lever }: { readonly lever: LeverView }) {
  const levels = lever.segment_by.map(({ field }) => spoken(field));
  return (
    <Panel
      title={`${capital(spoken(lever.name))} lever`}
      note={`${summaryOf(lever)}${levels.length === 0 ? "" : ` · by ${listed(levels)}`}${lever.shadow ? " · shadow mode" : ""}`}
    >
      <div className="segments-grid">
        {Object.keys(lever.segments).map((segment) => (
          <div key={segment} className="stack-tight">
            <h3>{segmentName(segment)}</h3>
            <SegmentValue lever={lever} segment={segment} />
          </div>
        ))}
      </div>
      <p className="small dim lever-note">A segment that is not listed takes what its parent has.</p>
    </Panel>
  );
}

function summaryOf(lever: LeverView): string {
  switch (lever.kind) {
    case "choice":
      return `baseline ${lever.baseline}`;
    case "weights":
      return `bands ${lever.bands.map(({ name, at_least }) => `${name} from ${at_least}`).join(", ")}`;
    case "threshold":
      return `${lever.above} from a ${lever.score} of the threshold on, else ${lever.below}`;
  }
}

function SegmentValue({ lever, segment }: { readonly lever: LeverView; readonly segment: string }) {
  switch (lever.kind) {
    case "choice":
      return (
        <ul className="plain-list lever-actions">
          {lever.actions.map((action) => (
            <li key={action} className="lever-action">
              <span>{action}</span>
              <ShareBar
                share={lever.segments[segment]?.[action] ?? 0}
                label={`${action} for ${segmentName(segment)}`}
              />
            </li>
          ))}
        </ul>
      );
    case "weights": {
      const value = lever.segments[segment];
      return <Numbers numbers={value === undefined ? {} : { intercept: value.intercept, ...value.weights }} />;
    }
    case "threshold":
      return <Numbers numbers={lever.segments[segment] ?? {}} />;
  }
}

function Numbers({ numbers }: { readonly numbers: Readonly<Record<string, number>> }) {
  return (
    <dl className="facts">
      {Object.entries(numbers).map(([name, x]) => (
        <Fragment key={name}>
          <dt>{spoken(name)}</dt>
          <dd>{x}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
