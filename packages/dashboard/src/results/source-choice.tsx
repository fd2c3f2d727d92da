import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { importsQuery, todayQuery } from "../api/queries.ts";

/** Ratchet's own decisions: what the server reads when no source is asked for. */
const OWN = "";

/** Whose decisions are read: Ratchet's own, or an imported log. Nothing where there is no choice. */
export function SourceChoice({ source }: { readonly source: string }) {
  const navigate = useNavigate();
  const { data: today } = useQuery(todayQuery);
  const { data: imported } = useQuery(importsQuery);
  const sources = new Set(imported?.imports.flatMap(({ report }) => (report === null ? [] : [report.source])) ?? []);
  const choices = [
    ...(today?.state === "running" ? [{ value: OWN, label: "Ratchet's own decisions" }] : []),
    ...[...sources].map((one) => ({ value: one, label: one.replace(/^import:/u, "Import: ") })),
  ];
  if (choices.length < 2) return null;
  return (
    <Select
      size="xs"
      aria-label="Whose decisions"
      data={choices}
      value={sources.has(source) ? source : OWN}
      onChange={(next) =>
        void navigate({ to: "/results", search: next === null || next === OWN ? {} : { source: next } })
      }
      allowDeselect={false}
    />
  );
}
