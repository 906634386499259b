import { describe, expect, it } from 'vitest';

import type { TraceHop } from './contract';
import { waterfall } from './waterfall';

const hop = (topic: string, made: string | null, published: string | null): TraceHop => ({
  topic,
  type: null,
  event_id: null,
  trace_id: null,
  made_at: made,
  published_at: published,
  partition: null,
  offset: null,
  readers: [],
  note: null,
});
const at = (milliseconds: string) => `2026-11-21T12:00:00.${milliseconds}Z`;

describe('the waterfall of a trace', () => {
  it('puts its hops on one scale of time, to the microsecond', () => {
    const { bars, totalMs } = waterfall([
      hop('order.updated', at('005250'), at('010250')),
      hop('inventory', at('000250'), at('004250')),
    ]);
    expect(bars.map(({ hop: { topic } }) => topic)).toEqual(['inventory', 'order.updated']);
    expect(totalMs).toBeCloseTo(10, 3);
    expect(bars[0]).toMatchObject({ startMs: 0, left: 0 });
    expect(bars[0]?.lengthMs).toBeCloseTo(4, 3);
    expect(bars[0]?.width).toBeCloseTo(40, 1);
    expect(bars[1]?.startMs).toBeCloseTo(5, 3);
  });

  it('shows what still waits in the outbox without an end', () => {
    expect(waterfall([hop('inventory', at('000000'), null)]).bars[0]?.lengthMs).toBeUndefined();
  });

  it('does not run backwards where the clocks differ by a millisecond', () => {
    expect(waterfall([hop('inventory', at('000900'), at('000000'))]).bars[0]?.lengthMs).toBe(0);
  });

  it('has nothing to draw for nothing', () => {
    expect(waterfall([]).bars).toEqual([]);
  });
});
