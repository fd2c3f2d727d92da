import { Link } from "@tanstack/react-router";
import type { HealthView, TodayView } from "@ratchet/protocol";
import { LiftOverCycles } from "../charts/lift-over-cycles.tsx";
import { formatCount, formatEnds, formatEstimate, formatShare, unitOf, type MetricKind } from "../format/numbers.ts";
import { isTold, sentence, spoken } from "../format/words.ts";
import { Disclosure } from "../parts/disclosure.tsx";
import { EmptyState } from "../parts/empty-state.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { VerdictPill } from "../parts/verdict-pill.tsx";
import { CyclesTable } from "./cycles-table.tsx";

type HeadlineLift = NonNullable<TodayView["headline_lift"]>;

interface LiftProps {
  readonly today: TodayView;
  readonly redChecks: readonly HealthView[];
}

/** The one number, how sure it is, and how it came about. */
export function Lift({ today, redChecks }: LiftProps) {
  const { objective, headline_lift: lift, lift_over_cycles: cycles } = today;
  if (objective === null || lift === null) return <NoLift sentence={today.next_cycle?.sentence ?? null} />;
  return (
    <Panel title={`Lift in ${spoken(objective.metric)}`} note="whole programme against its holdout">
      {redChecks.length === 0 ? null : (
        <Notice tone="watch" title="Cannot trust these numbers yet">
          <p>{redChecks.map((check) => check.sentence).join(" ")}</p>
        </Notice>
      )}
      <div className="lift">
        <Headline lift={lift} kind={objective.kind} />
        <div className="lift-chart">
          {cycles.length === 0 ? (
            <EmptyState title="No cycle has closed yet">{today.next_cycle?.sentence}</EmptyState>
          ) : (
            <>
              <LiftOverCycles cycles={cycles} kind={objective.kind} />
              <Disclosure label="Show as a table">
                <CyclesTable cycles={cycles} kind={objective.kind} />
              </Disclosure>
            </>
          )}
        </div>
      </div>
    </Panel>
  );
}

function Headline({ lift, kind }: { readonly lift: HeadlineLift; readonly kind: MetricKind }) {
  return (
    <div className="headline">
      <div>
        <VerdictPill verdict={lift.verdict} size="lg" />
      </div>
      <p className="headline-number num">
        {formatEstimate(lift, kind)} <span className="headline-unit">{unitOf(kind)}</span>
      </p>
      <p className="num">
        <strong>{formatShare(lift.confidence)}</strong> sure that it is between{" "}
        <strong className="nowrap">{formatEnds(lift, kind).replace(" to ", " and ")}</strong>, however often you look.
      </p>
      {isTold(lift.verdict) ? null : <p>{sentence(lift.sentence)}</p>}
      <dl className="facts small">
        <dt>Relative</dt>
        <dd className="num">
          {lift.lift_relative === null
            ? "the holdout has no outcome to compare with"
            : `${lift.lift_relative >= 0 ? "+" : ""}${formatShare(lift.lift_relative, 0)} on the holdout`}
        </dd>
        <dt>Programme</dt>
        <dd className="num">{formatCount(lift.n_program)} units</dd>
        <dt>Holdout</dt>
        <dd className="num">{formatCount(lift.n_holdout)} units</dd>
      </dl>
      <p className="small">
        <Link to="/results">See each action and segment</Link>
      </p>
    </div>
  );
}

function NoLift({ sentence }: { readonly sentence: string | null }) {
  return (
    <Panel title="Lift" note="whole programme against its holdout">
      <EmptyState title="No lift to show yet">
        <p>
          {sentence ?? "Lift appears once a cycle has closed with units in the programme and in the holdout."} What your
          data already tell is in <Link to="/results">Results</Link>.
        </p>
      </EmptyState>
    </Panel>
  );
}
