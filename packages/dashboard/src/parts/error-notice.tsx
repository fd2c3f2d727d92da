import { Button } from "@mantine/core";
import { explainError } from "../api/explain-error.ts";
import { capital } from "../format/words.ts";
import { Notice } from "./notice.tsx";

interface ErrorNoticeProps {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** What happened, what to do, and all faults of the input where there were any. */
export function ErrorNotice({ error, retry }: ErrorNoticeProps) {
  const { title, detail, code, faults } = explainError(error);
  return (
    <Notice tone="bad" title={capital(title)}>
      <p>{capital(detail)}</p>
      {faults.length === 0 ? null : (
        <ul>
          {faults.map((fault) => (
            <li key={`${fault.path} ${fault.message}`}>
              <span className="mono">{fault.path}</span> {fault.message}
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        {retry === undefined ? null : (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        <span className="mono">{code}</span>
      </div>
    </Notice>
  );
}
