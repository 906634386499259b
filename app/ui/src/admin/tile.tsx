import { Skeleton } from '@mantine/core';
import { Link } from 'react-router';

import { Sparkline } from './sparkline';
import classes from './tile.module.css';

type Props = {
  label: string;
  value: string;
  note: string;
  trend?: readonly number[];
  tone?: 'bad' | 'warn';
  isLoading?: boolean;
  to?: string;
};

// One figure, large, with what it is made of and where it is heading.
export function Tile({ label, value, note, trend, tone, isLoading = false, to }: Props) {
  const content = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.line}>
        {isLoading ? <Skeleton h={36} w={96} /> : <span className={classes.value}>{value}</span>}
        {trend && !isLoading && <Sparkline values={trend} />}
      </span>
      <span className={classes.note}>{isLoading ? '\u00a0' : note}</span>
    </>
  );
  return to ? (
    <Link to={to} className={`surface ${classes.tile}`} data-tone={tone} data-testid="tile">
      {content}
    </Link>
  ) : (
    <div className={`surface ${classes.tile}`} data-tone={tone} data-testid="tile">
      {content}
    </div>
  );
}
