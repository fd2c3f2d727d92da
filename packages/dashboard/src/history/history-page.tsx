import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { PageHeader } from "../parts/page-header.tsx";
import { Ledger } from "./ledger.tsx";
import { Playbook } from "./playbook.tsx";
import "../changes/changes.css";
import "./history.css";

/** Who or what changed this, when, and why? */
export function HistoryPage() {
  const { tab = "ledger", version } = useSearch({ from: "/history" });
  const navigate = useNavigate();
  const choose = (next: string | null): void =>
    void navigate({ to: "/history", search: { tab: next === "playbook" ? "playbook" : "ledger" } });
  return (
    <div className="page">
      <PageHeader
        title="History"
        below={<p className="dim">Who or what changed this, when, and why. Nothing here is ever edited.</p>}
      />
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="ledger">Ledger</Tabs.Tab>
          <Tabs.Tab value="playbook">Playbook versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="ledger" pt="lg">
          <Ledger />
        </Tabs.Panel>
        <Tabs.Panel value="playbook" pt="lg">
          <Playbook version={version} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
