import { VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

/** One column. `lead` names the row, `wide` takes a card's whole width; both matter only on narrow screens. */
export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "right";
  readonly role?: "lead" | "wide";
  readonly width?: string;
  /** Stands under the column, such as the axis of a plot. */
  readonly foot?: ReactNode;
}

interface DataTableProps<Row> {
  /** What the table shows, for those who cannot see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly isMarked?: (row: Row) => boolean;
}

/** A table that turns into cards on a narrow screen; roles are explicit because `display: block` would take them away. */
export function DataTable<Row>({ caption, columns, rows, rowKey, isMarked }: DataTableProps<Row>) {
  return (
    <table className="table" role="table">
      <VisuallyHidden component="caption">{caption}</VisuallyHidden>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ header, align, width }) => (
            <th key={header} role="columnheader" scope="col" data-align={align} style={{ width }}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" data-marked={isMarked?.(row) === true ? true : undefined}>
            {columns.map(({ header, cell, align, role }) => (
              <td
                key={header}
                role="cell"
                data-label={header}
                data-align={align}
                data-lead={role === "lead" ? true : undefined}
                data-wide={role === "wide" ? true : undefined}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {columns.some(({ foot }) => foot !== undefined) ? (
        <tfoot aria-hidden>
          <tr>
            {columns.map(({ header, foot }) => (
              <td key={header}>{foot}</td>
            ))}
          </tr>
        </tfoot>
      ) : null}
    </table>
  );
}
