import { Link } from "@tanstack/react-router";
import { PageHeader } from "../parts/page-header.tsx";

/** A path that no screen has. */
export function NotFound() {
  return (
    <div className="page">
      <PageHeader
        title="There is no such page"
        below={<p className="dim">The address may be mistyped or out of date.</p>}
      />
      <p>
        <Link to="/">Go to Today</Link>
      </p>
    </div>
  );
}
