import { Title } from '@mantine/core';
import type { PointerEvent } from 'react';
import { useId, useState } from 'react';

import { roundMaximum } from '../lib/scale';
import classes from './plot.module.css';

// What is not known is left out of an area.
export type Series = { name: string; tone: 'good' | 'bad'; values: ReadonlyArray<number | undefined> };

type Props = {
  title: string;
  // What stands under each value, such as 14:05.
  labels: readonly string[];
  // Stacked upon each other as bars, or one as an area.
  series: readonly Series[];
  kind: 'bars' | 'area';
  format: (value: number) => string;
  formatExactly?: (value: number) => string;
  // A sentence for those who cannot see it.
  summary: string;
};

const kSteps = 4;
// So many times below it at most, beside the last one.
const kTimes = 5;
// Units of the drawing; it is stretched to the room there is.
const kWidth = 600;
const kHeight = 200;

// Thirty values in a row, drawn in the size of a stylesheet: a plotting library would weigh as much as all
// the rest of the area.
export function Plot({ title, labels, series, kind, format, formatExactly = format, summary }: Props) {
  const id = useId();
  const [pointed, setPointed] = useState<number>();
  const totals = labels.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const top = roundMaximum(Math.max(...totals, 0), kSteps);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * labels.length);
    setPointed(Math.min(Math.max(index, 0), labels.length - 1));
  };
  return (
    <section className={`surface ${classes.plot}`} aria-labelledby={id}>
      <div className={classes.head}>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {series.length > 1 && (
          <span className={classes.legend}>
            {series.map(({ name, tone }) => (
              <span key={name}>
                <i data-tone={tone} />
                {name}
              </span>
            ))}
          </span>
        )}
      </div>
      <div className={classes.body}>
        <div className={classes.axis} aria-hidden>
          {Array.from({ length: kSteps + 1 }, (_, step) => (
            <span key={step}>{format((top / kSteps) * (kSteps - step))}</span>
          ))}
        </div>
        <div className={classes.canvas}>
          <div className={classes.grid} aria-hidden>
            {Array.from({ length: kSteps + 1 }, (_, step) => (
              <i key={step} />
            ))}
          </div>
          <svg
            role="img"
            aria-label={summary}
            viewBox={`0 0 ${kWidth} ${kHeight}`}
            preserveAspectRatio="none"
            onPointerMove={point}
            onPointerLeave={() => setPointed(undefined)}
          >
            {kind === 'bars' ? <Bars series={series} count={labels.length} top={top} pointed={pointed} /> : <Area values={series[0]?.values ?? []} top={top} />}
          </svg>
          {pointed !== undefined && (
            <Tooltip labels={labels} series={series} index={pointed} format={formatExactly} withLine={kind === 'area'} />
          )}
        </div>
        <div className={classes.times} aria-hidden>
          {labels.map((label, index) => (index % Math.ceil(labels.length / kTimes) === 0 || index === labels.length - 1 ? <span key={label} style={{ left: `${((index + 0.5) / labels.length) * 100}%` }} data-last={index === labels.length - 1 || undefined}>{label}</span> : null))}
        </div>
      </div>
    </section>
  );
}

function Bars({ series, count, top, pointed }: { series: readonly Series[]; count: number; top: number; pointed: number | undefined }) {
  const step = kWidth / count;
  return Array.from({ length: count }, (_, index) => {
    let below = 0;
    return (
      <g key={index} opacity={pointed === undefined || pointed === index ? 1 : 0.45}>
        {series.map(({ name, tone, values }) => {
          const height = ((values[index] ?? 0) / top) * kHeight;
          const y = kHeight - below - height;
          below += height;
          return height > 0 && <rect key={name} className={classes.mark} data-tone={tone} x={index * step + step * 0.16} y={y} width={step * 0.68} height={height} />;
        })}
      </g>
    );
  });
}

function Area({ values, top }: { values: ReadonlyArray<number | undefined>; top: number }) {
  const step = kWidth / Math.max(1, values.length);
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, x: (index + 0.5) * step }]));
  const points = known.map(({ value, x }) => `${x.toFixed(1)},${(kHeight - (Math.max(0, value) / top) * kHeight).toFixed(1)}`);
  const from = known[0]?.x ?? 0;
  const to = known.at(-1)?.x ?? 0;
  return (
    <>
      <polygon className={classes.area} points={`${from},${kHeight} ${points.join(' ')} ${to},${kHeight}`} />
      <polyline className={classes.line} points={points.join(' ')} />
    </>
  );
}

type TooltipProps = { labels: readonly string[]; series: readonly Series[]; index: number; format: (value: number) => string; withLine: boolean };

function Tooltip({ labels, series, index, format, withLine }: TooltipProps) {
  const place = ((index + 0.5) / labels.length) * 100;
  return (
    <div className={classes.pointed} style={{ left: `${place}%` }} data-side={place > 65 ? 'left' : 'right'} data-line={withLine || undefined}>
      <div className={classes.tooltip}>
        <strong>{labels[index]}</strong>
        {series.map(({ name, tone, values }) => (
          <span key={name}>
            <i data-tone={tone} />
            {name}
            <b>{valueText(values[index], format)}</b>
          </span>
        ))}
      </div>
    </div>
  );
}

function valueText(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? 'not known' : format(value);
}
