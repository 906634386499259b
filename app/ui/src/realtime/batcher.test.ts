import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Batcher } from './batcher';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('passes the first item on at once, and what follows in bursts', () => {
  const batches: number[][] = [];
  const batcher = new Batcher<number>((batch) => batches.push(batch), 100);
  batcher.add(1);
  batcher.add(2);
  vi.advanceTimersByTime(0);
  expect(batches).toEqual([[1, 2]]);
  batcher.add(3);
  vi.advanceTimersByTime(50);
  batcher.add(4);
  expect(batches).toEqual([[1, 2]]);
  vi.advanceTimersByTime(50);
  expect(batches).toEqual([[1, 2], [3, 4]]);
});

it('is as quick as ever after a pause', () => {
  const batches: number[][] = [];
  const batcher = new Batcher<number>((batch) => batches.push(batch), 100);
  batcher.add(1);
  vi.advanceTimersByTime(1000);
  batcher.add(2);
  vi.advanceTimersByTime(0);
  expect(batches).toEqual([[1], [2]]);
});
