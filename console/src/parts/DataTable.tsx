// A list of things as a table that scrolls sideways where the window is narrow. antd's own measures the scroll bar with an inline
// style, which the console's policy refuses. J and K walk through the rows of a list that opens, Enter opens the row, X chooses it.
import { CaretDownFilled, CaretUpFilled } from "@ant-design/icons";
import { Checkbox } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useKeys } from "@/lib/useKeys";

export interface Column<Row> {
  title: string;
  width?: number;
  className?: string;
  sort?: { on: boolean; direction: "ascending" | "descending"; by: () => void };
  render: (row: Row) => ReactNode;
}

// Rows that are chosen to do something with all of them.
export interface Selection<Row> {
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
  allLabel: string;
  label: (row: Row) => string;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  open?: (row: Row) => void; // a click anywhere in the row; the keyboard has the link in it, and J, K and Enter
  begin?: string; // the row that the keys begin at: where one came back from
  selection?: Selection<Row>;
  resting?: boolean; // something stands before the list: the keys are not its own
}

function Head<Row>({ column: { title, width, className, sort } }: { column: Column<Row> }) {
  if (!sort)
    return (
      <th scope="col" className={className} style={{ width }}>
        {title}
      </th>
    );
  return (
    <th scope="col" className={className} style={{ width }} aria-sort={sort.on ? sort.direction : undefined}>
      <button type="button" className={sort.on ? "sorts on" : "sorts"} onClick={sort.by}>
        {title}
        {sort.direction === "ascending" ? <CaretUpFilled aria-hidden /> : <CaretDownFilled aria-hidden />}
      </button>
    </th>
  );
}

export function DataTable<Row>({ caption, columns, rows, keyOf, open, begin = "", selection, resting = false }: DataTableProps<Row>) {
  const [current, setCurrent] = useState(begin);
  const here = useRef<HTMLTableRowElement>(null);
  const at = rows.findIndex((row) => keyOf(row) === current);
  const move = (by: number) => {
    const next = rows[at < 0 ? 0 : at + by];
    if (next) setCurrent(keyOf(next));
  };
  const toggle = (key: string) => {
    const chosen = new Set(selection!.chosen);
    if (!chosen.delete(key)) chosen.add(key);
    selection!.choose(chosen);
  };
  useKeys(
    {
      next: () => move(1),
      previous: () => move(-1),
      ...(open && at >= 0 && { confirm: () => open(rows[at]) }),
      ...(selection && at >= 0 && { select: () => toggle(current) }),
    },
    open !== undefined && !resting,
  );
  useEffect(() => {
    here.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const all = rows.length > 0 && rows.every((row) => selection?.chosen.has(keyOf(row)));
  return (
    <div className="wide">
      <table className="plain-table data-table">
        <caption className="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className="choose">
                <Checkbox
                  aria-label={selection.allLabel}
                  checked={all}
                  indeterminate={!all && selection.chosen.size > 0}
                  onChange={(event) => selection.choose(new Set(event.target.checked ? rows.map(keyOf) : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.title} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            const chosen = selection?.chosen.has(key);
            return (
              <tr
                key={key}
                ref={key === current ? here : undefined}
                className={[open && "opens", key === current && "here", chosen && "chosen"].filter(Boolean).join(" ") || undefined}
                onClick={open && ((event) => (event.target as Element).closest("a, button, input, label, .choose") || open(row))}
              >
                {selection && (
                  <td className="choose">
                    <Checkbox aria-label={selection.label(row)} checked={chosen} onChange={() => toggle(key)} />
                  </td>
                )}
                {columns.map(({ title, className, render }) => (
                  <td key={title} className={className} data-title={title}>
                    {render(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
