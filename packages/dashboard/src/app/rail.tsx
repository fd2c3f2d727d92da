import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { statusQuery, todayQuery } from "../api/queries.ts";
import {
  ChangesIcon,
  DecisionsIcon,
  HistoryIcon,
  ImportIcon,
  KeyboardIcon,
  MoonIcon,
  ResultsIcon,
  SunIcon,
  TodayIcon,
} from "../parts/icons.tsx";
import { SignedIn } from "../sign-in/signed-in.tsx";
import { Logo } from "./logo.tsx";

/** Where one can go; a number stands only where a person is waited for. */
export function Rail({ onHelp }: { readonly onHelp: () => void }) {
  const today = useQuery(todayQuery);
  const waiting = today.data?.waiting.length ?? 0;
  return (
    <div className="rail">
      <header className="rail-head">
        <Link to="/" className="brand" aria-label="Ratchet: Today">
          <Logo />
          <span>Ratchet</span>
        </Link>
      </header>
      <nav className="rail-nav" aria-label="Screens">
        <RailLink to="/" icon={<TodayIcon />} label="Today" />
        <RailLink to="/changes" icon={<ChangesIcon />} label="Changes" count={waiting} />
        <RailLink to="/decisions" icon={<DecisionsIcon />} label="Decisions" />
        <RailLink to="/results" icon={<ResultsIcon />} label="Results" />
        <RailLink to="/history" icon={<HistoryIcon />} label="History" />
        <RailLink to="/import" icon={<ImportIcon />} label="Import" />
      </nav>
      <RailFoot onHelp={onHelp} />
    </div>
  );
}

interface RailLinkProps {
  readonly to: "/" | "/changes" | "/decisions" | "/results" | "/history" | "/import";
  readonly icon: ReactNode;
  readonly label: string;
  readonly count?: number;
}

function RailLink({ to, icon, label, count = 0 }: RailLinkProps) {
  return (
    <Link to={to} className="rail-link" activeOptions={{ exact: to === "/", includeSearch: false }}>
      {icon}
      <span className="rail-label">{label}</span>
      {count === 0 ? null : (
        <span className="rail-count" aria-label={`${count} waiting for a person`}>
          {count}
        </span>
      )}
    </Link>
  );
}

function RailFoot({ onHelp }: { readonly onHelp: () => void }) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <div className="rail-foot">
      <ServerState />
      <SignedIn />
      <div className="rail-tools">
        <Tooltip label={`Use ${other} colours`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Use ${other} colours`}
            onClick={() => setColorScheme(other)}
          >
            {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Keyboard (?)">
          <ActionIcon
            variant="subtle"
            color="gray"
            className="rail-keys"
            aria-label="Keyboard shortcuts"
            onClick={onHelp}
          >
            <KeyboardIcon />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

/** One line on whether the server is well; what is wrong stands on Today. */
function ServerState() {
  const { data, isError } = useQuery(statusQuery);
  if (isError)
    return (
      <span className="rail-state" data-tone="bad">
        Server not reached
      </span>
    );
  if (data === undefined) return <span className="rail-state" />;
  const red = data.checks.filter((check) => check.state === "red").length;
  return (
    <span
      className="rail-state"
      data-tone={red === 0 ? "good" : "bad"}
      title={`Ratchet ${data.version} on ${data.stores.state} and ${data.stores.facts}`}
    >
      {red === 0 ? "All checks pass" : `${red} of ${data.checks.length} checks fail`}
    </span>
  );
}
