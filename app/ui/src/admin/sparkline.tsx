import classes from './sparkline.module.css';

const kWidth = 96;
const kHeight = 34;

// The shape of a series, without figures; decoration beside the figure itself.
export function Sparkline({ values }: { values: readonly number[] }) {
  const highest = Math.max(...values, 1);
  const step = kWidth / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(kHeight - 2 - (Math.max(0, value) / highest) * (kHeight - 4)).toFixed(1)}`);
  return (
    <svg className={classes.line} viewBox={`0 0 ${kWidth} ${kHeight}`} width={kWidth} height={kHeight} aria-hidden>
      <polygon points={`0,${kHeight} ${points.join(' ')} ${kWidth},${kHeight}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}
