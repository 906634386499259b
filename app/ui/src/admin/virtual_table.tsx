import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode, RefObject } from 'react';
import { memo, useCallback, useEffect, useRef } from 'react';

import classes from './virtual_table.module.css';

export type Column<Row> = {
  key: string;
  header: string;
  // As in grid-template-columns.
  width: string;
  render: (row: Row) => ReactNode;
  align?: 'end';
  // Left out where the table is narrow; says so in a media query of the table's own.
  hideWhenNarrow?: boolean;
};

type Props<Row> = {
  label: string;
  columns: ReadonlyArray<Column<Row>>;
  rows: readonly Row[];
  // The same function each time: with another one the place of every row is found anew.
  rowKey: (row: Row) => string;
  rowHeight: number;
  scroller: RefObject<HTMLDivElement | null>;
  onScrolled?: (top: number) => void;
  onEnd?: () => void;
  footer?: ReactNode;
};

// A table of which only the rows in view exist, however many there are. The number of rows and the
// place of each are told to those who cannot see them.
export function VirtualTable<Row>({ label, columns, rows, rowKey, rowHeight, scroller, onScrolled, onEnd, footer }: Props<Row>) {
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    [rows, rowKey],
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  }, [onEnd]);
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 15) end.current?.();
  }, [last, rows.length]);
  const template = { '--columns': columns.map(({ width }) => width).join(' '), '--narrow-columns': columns.filter((column) => !column.hideWhenNarrow).map(({ width }) => width).join(' ') } as React.CSSProperties;

  return (
    <div className={classes.frame} style={template}>
      {/* Scrollable by keyboard: it can have the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label={`${label}, scrollable`} onScroll={(event) => onScrolled?.(event.currentTarget.scrollTop)}>
        <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
          <div role="rowgroup" className={classes.head}>
            <div role="row" aria-rowindex={1} className={classes.row}>
              {columns.map((column) => (
                <span key={column.key} role="columnheader" data-align={column.align} data-narrow={column.hideWhenNarrow ? 'hide' : undefined}>
                  {column.header}
                </span>
              ))}
            </div>
          </div>
          <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <div
                  key={item.key}
                  role="row"
                  aria-rowindex={item.index + 2}
                  className={`${classes.row} ${classes.body}`}
                  style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  data-testid="row"
                >
                  <Cells row={row} columns={columns as ReadonlyArray<Column<unknown>>} />
                </div>
              );
            })}
          </div>
        </div>
        {footer}
      </div>
    </div>
  );
}

// A row that moves because others came is not drawn again.
const Cells = memo(function Cells({ row, columns }: { row: unknown; columns: ReadonlyArray<Column<unknown>> }) {
  return columns.map((column) => (
    <span key={column.key} role="cell" data-align={column.align} data-narrow={column.hideWhenNarrow ? 'hide' : undefined}>
      {column.render(row)}
    </span>
  ));
});
