import type { ReactNode } from 'react';
import { classNames } from './class-names';

export type Column<Row> = { key: string; label: ReactNode; render: (row: Row) => ReactNode; width?: number | string; align?: 'left' | 'right'; className?: string };
type Props<Row> = { label: string; columns: readonly Column<Row>[]; rows: readonly Row[]; rowKey: (row: Row) => string; empty?: ReactNode };

/** A plain list of rows, for lists of one screen or two. */
export function DataTable<Row>({ label, columns, rows, rowKey, empty }: Props<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty;
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full min-w-190 table-fixed border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" style={{ width: column.width }} className={classNames('h-8 border-b border-line px-2 text-2xs font-medium whitespace-nowrap text-faint first:pl-5 last:pr-5', column.align === 'right' && 'text-right')}>{column.label}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="hover:bg-hover">
              {columns.map((column) => (
                <td key={column.key} className={classNames('h-9 border-b border-line px-2 text-xs first:pl-5 last:pr-5', column.align === 'right' ? 'num text-right' : 'truncate', column.className)}>{column.render(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
