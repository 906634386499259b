import { expect, it } from 'vitest';

import { waterfall } from './waterfall';

const hop = (name: string, at: string, seconds: number | null = null) => ({ name, at, seconds, process: null, detail: null });

it('puts the hops of a trace on one scale of time, to the microsecond', () => {
  const { bars, totalMs } = waterfall([
    hop('committed', '2026-11-21T12:00:00.004500Z'),
    hop('request', '2026-11-21T12:00:00.000250Z', 0.004),
    hop('seen', '2026-11-21T12:00:00.010250Z'),
  ]);
  expect(bars.map(({ hop: { name } }) => name)).toEqual(['request', 'committed', 'seen']);
  expect(totalMs).toBeCloseTo(10, 3);
  expect(bars[0]).toMatchObject({ startMs: 0, lengthMs: 4 });
  expect(bars[0]?.width).toBeCloseTo(40, 1);
  expect(bars[1]?.startMs).toBeCloseTo(4.25, 3);
  expect(bars[2]?.sincePreviousMs).toBeCloseTo(5.75, 3);
});

it('has nothing to draw for nothing', () => {
  expect(waterfall([]).bars).toEqual([]);
});
