import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useId } from 'react';

import classes from './ops.module.css';

// A part of a page with its heading; `actions` stand at its end.
export function Panel({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={`surface ${classes.panel}`} aria-labelledby={id}>
      <div className={classes.panelHead}>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {actions}
      </div>
      {children}
    </section>
  );
}

export type Cell<Row> = { header: string; end?: boolean; render: (row: Row) => ReactNode };

type TableProps<Row> = { label: string; cells: ReadonlyArray<Cell<Row>>; rows: readonly Row[]; rowKey: (row: Row) => string };

export function Table<Row>({ label, cells, rows, rowKey }: TableProps<Row>) {
  return (
    // Scrollable by keyboard: it can have the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {cells.map(({ header, end }) => (
              <th key={header} scope="col" data-end={end || undefined}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-testid="row">
              {cells.map(({ header, end, render }) => (
                <td key={header} data-end={end || undefined}>
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

type Tone = 'good' | 'busy' | 'warn' | 'bad';

export function State({ tone, children }: { tone: Tone | undefined; children: ReactNode }) {
  return (
    <span className={classes.state} data-tone={tone}>
      {children}
    </span>
  );
}
