// A list of things as a table that scrolls sideways where the window is narrow. antd's own measures the scroll bar with an inline
// style, which the console's policy refuses.
import type { ReactNode } from "react";

export interface Column<Row> {
  title: string;
  width?: number;
  className?: string;
  render: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  open?: (row: Row) => void; // a click anywhere in the row; the keyboard has the link in it
}

export function DataTable<Row>({ caption, columns, rows, keyOf, open }: DataTableProps<Row>) {
  return (
    <div className="wide">
      <table className="plain-table data-table">
        <caption className="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, width, className }) => (
              <th key={title} scope="col" className={className} style={{ width }}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className={open && "opens"}
              onClick={open && ((event) => (event.target as Element).closest("a, button") || open(row))}
            >
              {columns.map(({ title, className, render }) => (
                <td key={title} className={className} data-title={title}>
                  {render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
